#!/usr/bin/python3
"""Files by the command: sent and saved, through pipes, across a server that is killed, and
gone from the disk with their message."""

import hashlib
import json
import os
import signal
import subprocess
import sys

from command import DONE, PATIENCE, REFUSED, TRIES, UNREACHABLE, WRONG_USE, Commands, main

MIB = 1024 * 1024


class FilesTest(Commands):
    def make(self, name, size, seed=1):
        """A file of bytes that do not repeat."""
        path = self.path(name)
        with open(path, "wb") as file:
            for i in range((size + MIB - 1) // MIB):
                piece = hashlib.shake_128(f"{seed} {i}".encode()).digest(MIB)
                file.write(piece[:size - i * MIB])
        return path

    def digest(self, path):
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()

    def history(self, name, conversation):
        out = self.done("--as", name, "history", conversation, "--json")
        return [json.loads(line) for line in out.splitlines()]

    def test_a_file_is_sent_and_saved(self):
        self.register("bob", "alice")
        source = self.make("soup.bin", 3 * MIB + 17)
        self.done("--as", "alice", "send-file", "@bob", source, "--caption", "the recipe")
        message, = self.history("bob", "@alice")
        self.assertEqual((message["content"], message["file_name"], message["size"],
                          message["file_type"]),
                         ("the recipe", "soup.bin", 3 * MIB + 17, "application/octet-stream"))
        self.assertIn("the recipe [file soup.bin, 3.0 MiB]",
                      self.done("--as", "bob", "history", "@alice"))
        self.done("--as", "bob", "fetch", "@alice", "1", self.path("copy"))
        self.assertEqual(self.digest(self.path("copy")), self.digest(source))
        os.mkdir(self.path("folder"))
        self.done("--as", "bob", "fetch", "@alice", "1", self.path("folder"))
        self.assertEqual(self.digest(self.path("folder/soup.bin")), self.digest(source))
        self.assertEqual(os.listdir(self.path("folder")), ["soup.bin"])

    def test_where_a_file_goes(self):
        self.register("bob", "alice")
        source, mine = self.make("soup.bin", MIB + 17), self.make("mine", 10, seed=2)
        self.done("--as", "alice", "send-file", "@bob", source)
        fetch, sent, own = ("--as", "bob", "fetch", "@alice", "1"), self.digest(source), self.digest(mine)
        self.fails(WRONG_USE, "it is there already; --yes replaces it", *fetch, mine)
        self.assertEqual(self.digest(mine), own)
        os.mkdir(self.path("folder"))
        os.rename(mine, self.path("folder/soup.bin"))
        # The name is the sender's: who has asked for a folder is not asked to lose what is there.
        self.fails(WRONG_USE, "it is there already: say how it shall be called", *fetch,
                   self.path("folder"), "--yes")
        self.assertEqual(self.digest(self.path("folder/soup.bin")), own)
        self.done(*fetch, self.path("folder/soup.bin"), "--yes")
        self.assertEqual(self.digest(self.path("folder/soup.bin")), sent)
        self.assertEqual(os.listdir(self.path("folder")), ["soup.bin"])
        os.mkfifo(self.path("fifo"))
        with self.start(*fetch, self.path("fifo")) as bob:
            with open(self.path("fifo"), "rb") as fifo:
                self.assertEqual(hashlib.sha256(fifo.read()).hexdigest(), sent)
            self.assertEqual(bob.end(), (DONE, "", ""))
        self.done(*fetch, "/dev/null")
        self.fails(WRONG_USE, "cannot write /dev/full", *fetch, "/dev/full")

    def test_no_room_for_a_file(self):
        """What is there stays, and what has come is there for the next time."""
        self.register("bob", "alice")
        source, mine = self.make("soup.bin", MIB + 17), self.make("mine", 10, seed=2)
        self.done("--as", "alice", "send-file", "@bob", source)
        fetch, own = ("--as", "bob", "fetch", "@alice", "1", mine, "--yes"), self.digest(mine)
        parts = lambda: [name for name in os.listdir(self.folder.name) if name.endswith(".part")]
        with self.room(0):
            code, _, err = self.run_command(*fetch)
        self.assertEqual((code, err, parts()),
                         (WRONG_USE, f"chinwag: cannot write {mine}: File too large\n", []))
        with self.room(200_000):
            code, _, err = self.run_command(*fetch)
        part, = parts()
        self.assertEqual((code, err), (WRONG_USE, f"chinwag: cannot write {mine}: File too large\n"
                                       f"chinwag: what has come is in {self.path(part)}; the same "
                                       "command goes on with it\n"))
        self.assertEqual((self.digest(mine), os.path.getsize(self.path(part))), (own, 200_000))
        self.done(*fetch)
        self.assertEqual((self.digest(mine), parts()), (self.digest(source), []))

    def test_no_room_for_an_export(self):
        """It is not told as what could not be had, and the same command goes on."""
        self.register("bob", "alice")
        self.done("--as", "alice", "send-file", "@bob", self.make("soup.bin", MIB + 17))
        export, lines = ("--as", "bob", "export", self.path("all")), self.path("all/export.jsonl")
        with self.room(200_000):
            self.fails(WRONG_USE, "File too large", *export)
        self.assertFalse(os.path.exists(lines))
        self.assertIn("1 files and recordings", self.done(*export))
        self.assertTrue(os.path.exists(lines))
        self.assertEqual([self.digest(self.path(f"all/files/{name}"))
                          for name in os.listdir(self.path("all/files"))],
                         [self.digest(self.path("soup.bin"))])

    def test_a_link_and_a_thumbnail(self):
        self.register("bob", "alice")
        jpeg = bytes.fromhex("ffd8ffc00011080bd00fc003") + bytes(100)
        small = bytes.fromhex("ffd8ffc000110800f00140")
        for name, data in (("soup.jpg", jpeg), ("small.jpg", small), ("large", bytes(32769)),
                           ("none", b"")):
            with open(self.path(name), "wb") as file:
                file.write(data)
        picture = ["--as", "alice", "send-file", "@bob", self.path("soup.jpg")]
        self.done(*picture, "--thumbnail", self.path("small.jpg"))
        self.fails(WRONG_USE, "over 32 KiB", *picture, "--thumbnail", self.path("large"))
        self.fails(WRONG_USE, "empty", *picture, "--thumbnail", self.path("none"))
        self.fails(WRONG_USE, "No such file", *picture, "--thumbnail", self.path("other"))
        self.fails(REFUSED, "JPEG or WebP", *picture, "--thumbnail", self.make("rubbish", 10))
        message, = self.history("bob", "@alice")
        self.assertEqual((message["file_type"], message["pixels"], message["thumbnail"]),
                         ("image/jpeg", "4032x3024", len(small)))
        link = self.done("--as", "bob", "file-link", "@alice", "1").strip()
        self.assertRegex(link, r"^http://127\.[0-9.]+:[0-9]+/f/[0-9]+\?[a-z0-9=&]+$")
        got = subprocess.run(["curl", "-s", "--noproxy", "*", "-H",
                              f"Host: localhost:{self.server.port}", link],
                             capture_output=True, timeout=PATIENCE)
        self.assertEqual(got.stdout, jpeg)
        self.done("--as", "alice", "send", "@bob", "a text")
        self.fails(REFUSED, "no file", "--as", "bob", "file-link", "@alice", "2")

    def test_pipes(self):
        self.register("bob", "alice")
        data = os.urandom(200_000)
        with self.start("--as", "alice", "send-file", "@bob", "-", "--name", "a b.bin",
                        stdin=subprocess.PIPE) as sending:
            out, err = sending.process.communicate(data, timeout=PATIENCE)
            self.assertEqual((sending.process.returncode, out, err), (DONE, b"", b""))
        got = subprocess.run([os.environ["CHINWAG"], "--as", "bob", "fetch", "@alice", "1", "-"],
                             env=self.environment, capture_output=True, timeout=PATIENCE)
        self.assertEqual((got.returncode, got.stdout == data, got.stderr), (DONE, True, b""))
        self.assertEqual(self.history("bob", "@alice")[0]["file_name"], "a b.bin")

    def test_bad_ones(self):
        self.register("bob", "alice")
        small = self.make("small", 10)
        self.fails(REFUSED, "no / and no", "--as", "alice", "send-file", "@bob", small,
                   "--name", "../../x")
        self.fails(REFUSED, "direction", "--as", "alice", "send-file", "@bob", small,
                   "--name", "a\u202egpj.exe")
        self.fails(WRONG_USE, "empty", "--as", "alice", "send-file", "@bob", self.make("none", 0))
        self.fails(WRONG_USE, "no file", "--as", "alice", "send-file", "@bob", self.folder.name)
        self.done("--as", "alice", "send", "@bob", "a text")
        self.fails(REFUSED, "no file or recording", "--as", "bob", "fetch", "@alice", "1",
                   self.path("x.wav"))
        self.assertEqual(self.on_disk(), {})

    def test_the_same_content_is_on_the_disk_once(self):
        self.register("bob", "alice")
        source = self.make("soup.bin", 100_000)
        self.done("--as", "alice", "send-file", "@bob", source)
        self.done("--as", "bob", "send-file", "@alice", source)
        self.until(lambda: list(self.on_disk().values()) == [100_000])
        self.done("--as", "alice", "delete", "@bob", "1")
        self.done("--as", "alice", "fetch", "@bob", "2", self.path("copy"))
        self.assertEqual(self.digest(self.path("copy")), self.digest(source))
        self.fails(REFUSED, "", "--as", "bob", "fetch", "@alice", "1", self.path("copy 2"))
        self.done("--as", "bob", "delete", "@alice", "2")
        self.until(lambda: self.on_disk() == {})

    def test_a_server_that_is_killed(self):
        """kill -9 in the middle, again and again: what was acknowledged is there, and the
        transfer goes on from it."""
        self.register("bob", "alice")
        source = self.make("big.bin", 24 * MIB)
        with self.start("--as", "alice", "send-file", "@bob", source) as sending:
            for mib in (2, 9, 16):
                self.until(lambda: sum(self.on_disk().values()) > mib * MIB)
                self.server.kill()
                before = sum(self.on_disk().values())
                self.server.start()
                self.assertGreaterEqual(sum(self.on_disk().values()), before)
            self.assertEqual(sending.end(), (DONE, "", ""))
        self.assertEqual(list(self.on_disk().values()), [24 * MIB])
        come = lambda: sum(self.sizes(self.folder.name, lambda name: name.endswith(".part")).values())
        for i in range(TRIES):
            with self.start("--as", "bob", "fetch", "@alice", "1", self.path(f"copy {i}")) as fetching:
                self.until(lambda: come() > 5 * MIB or fetching.process.poll() is not None)
                self.server.kill()
                caught = come() > 0
                self.server.start()
                self.assertEqual(fetching.end(), (DONE, "", ""))
            self.assertEqual(self.digest(self.path(f"copy {i}")), self.digest(source))
            if caught:
                return
        self.fail("it was always over before the server was killed")

    def test_an_interrupted_command_is_continued(self):
        self.register("bob", "alice")
        for i in range(TRIES):
            source, before = self.make("big.bin", 24 * MIB, i), sum(self.on_disk().values())
            come = lambda: sum(self.on_disk().values()) - before
            with self.start("--as", "alice", "send-file", "@bob", source) as sending:
                self.until(lambda: come() > 4 * MIB)
                self.server.process.send_signal(signal.SIGSTOP)  # it gets no further meanwhile
                there = come()
                code, out, err = sending.end(signal.SIGINT)
                self.server.process.send_signal(signal.SIGCONT)
            if code != DONE and there < 24 * MIB:
                break
        self.assertLess(there, 24 * MIB)
        self.assertEqual((code, out), (UNREACHABLE, ""))
        self.assertIn("--resume ", err)
        number = err.rsplit("--resume ", 1)[1].strip()
        self.done("--as", "alice", "send-file", "@bob", source, "--resume", number)
        self.done("--as", "bob", "fetch", "@alice", str(i + 1), self.path("copy"))
        self.assertEqual(self.digest(self.path("copy")), self.digest(source))

    def test_deletion_leaves_nothing_also_across_a_kill(self):
        self.register("bob", "alice")
        for i in range(4):
            self.done("--as", "alice", "send-file", "@bob", self.make(f"file {i}", 3 * MIB, i))
        for i in range(4):
            self.done("--as", "alice", "delete", "@bob", str(i + 1))
            self.server.kill()  # before or after the bytes have gone
            self.server.start()
            self.until(lambda: len(self.on_disk()) == 3 - i)


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
