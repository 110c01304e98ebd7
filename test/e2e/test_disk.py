"""The disk fails. A failed sync: nobody knows what is on disk, so the server
ends and answers nothing; after the next start all that it had acknowledged is
there. A full disk: 1029, nothing stored, and it heals without a restart."""

import os
import shutil
import subprocess
import tempfile
import unittest
import uuid

from harness import PASSWORD, PATIENCE, Peer, Server, encode, main

UNAVAILABLE = 1029


def traced(server, calls, fault):
    """Has strace put `fault` into these system calls, each thread counting its
    own. The log holds these calls and what is written to sockets."""
    server.trace = os.path.join(server.home, "trace")
    # -D: the server stays our own child, strace stands aside.
    server.wrap = ["strace", "-D", "-f", "-qq", "-s", "4096", "-o", server.trace,
                   "-e", f"trace={calls},write,writev,sendmsg,sendto",
                   "-e", f"inject={calls}:{fault}"]


def strace_works():
    try:
        return subprocess.run(["strace", "-qq", "-o", "/dev/null", "-e", "inject=fsync:error=EIO",
                               "true"], stderr=subprocess.DEVNULL).returncode == 0
    except FileNotFoundError:
        return False


def whispered(server):
    """What a fresh view of alice's whispers to herself holds."""
    reader = Peer(server)
    reader.send("request", "login", "alice", PASSWORD, {"since": 0})
    assert reader.recv()[:3] == ["response", "login", 0]
    # Somebody else says where the end is, each time in other words.
    writer = Peer(server)
    end = f"end {uuid.uuid4()}"
    writer.send("request", "register", "writer", PASSWORD)
    assert writer.recv()[2] in (0, 513)
    writer.login("writer").ask("whisper", "alice", end)
    seen = []
    while (update := reader.recv())[3] != end:
        if update[2] == "alice":
            seen.append(update[3])
    reader.close()
    writer.close()
    return seen


@unittest.skipUnless(strace_works(), "strace may not trace here")
class Injected(unittest.TestCase):
    def setUp(self):
        # LeakSanitizer and strace both want to be the one who traces.
        options = os.environ.get("ASAN_OPTIONS", "")
        os.environ["ASAN_OPTIONS"] = options + ":detect_leaks=0"
        self.addCleanup(os.environ.__setitem__, "ASAN_OPTIONS", options)

    def prepared(self, **settings):
        """A server, stopped, that knows alice."""
        server = self.enterContext(Server(**settings))
        peer = Peer(server).register("alice")
        peer.close()
        self.assertEqual(server.stop(), 0)
        return server

    def test_failed_sync(self):
        reached = 0
        for n in (1, 2, 3, 4, 6, 10, 20, 40):
            with self.subTest(failing_from=n):
                reached += self.check_failed_sync(n)
        self.assertGreater(reached, 2, "the failure came too early to be seen by a client")

    def check_failed_sync(self, n):
        """Returns whether a client saw an answer before the failure."""
        server = self.prepared()
        traced(server, "fsync,fdatasync", f"error=EIO:when={n}+")
        server.spawn()
        line = server.process.stdout.readline().decode()
        acknowledged = []
        if line:
            server.port = int(line.rsplit(":", 1)[1])
            acknowledged = self.whisper_until_the_end(server)
        self.assertGreater(server.process.wait(PATIENCE), 0, server.log())
        # While one commit fails, the answers to the one before it may still be on
        # their way; once the failure is known, nothing is.
        with open(server.trace) as file:
            before, failure, after = file.read().partition("the disk failed")
        self.assertTrue(failure or not line)
        self.assertNotIn("response", after)
        self.assertTrue("response" in before or not acknowledged)
        server.wrap = []
        server.start()
        seen = whispered(server)
        self.assertEqual([content for content in seen if content in acknowledged], acknowledged)
        self.assertEqual(server.stop(), 0)
        return bool(acknowledged)

    def whisper_until_the_end(self, server):
        """Returns what was acknowledged before the server ended."""
        alice = Peer(server)
        alice.wait_connected()
        alice.send("request", "login", "alice", PASSWORD)
        acknowledged, sent = [], 0

        def read(message):
            if message[1] == "login":
                alice.token = message[4]
            else:
                self.assertEqual(message, ["response", "whisper", 0])
                acknowledged.append(str(len(acknowledged)))

        while server.process.poll() is None:
            if alice.socket.poll(10):
                read(alice.recv())
            while alice.token and sent < len(acknowledged) + 4:
                alice.send("request", "whisper", "alice", alice.token, "alice", str(sent))
                sent += 1
            self.assertLess(len(acknowledged), 2000, "the server goes on")
        alice.wait_disconnected()
        while alice.socket.poll(0):
            read(alice.recv())
        alice.close()
        return acknowledged

    def test_no_space_for_a_while(self):
        server = self.prepared()
        # Well past what the start writes, then for as long as a few requests take.
        traced(server, "pwrite64", "error=ENOSPC:when=60..75")
        server.start()
        alice = Peer(server).login("alice")
        stored, refused = [], []
        for i in range(200):
            alice.send("request", "whisper", "alice", alice.token, "alice", str(i))
            answer = alice.recv()
            self.assertIn(answer[:2] + answer[3:], (["response", "whisper"],))
            self.assertIn(answer[2], (0, UNAVAILABLE))
            (refused if answer[2] else stored).append(str(i))
        alice.close()
        self.assertGreater(len(refused), 0)
        self.assertEqual(stored[-1], "199", "it did not heal")
        self.assertEqual(whispered(server), stored)
        self.assertEqual(server.stop(), 0)
        server.wrap = []
        server.start()
        self.assertEqual(whispered(server), stored)


def mounted(size):
    """A small disk of its own, or None where one may not mount."""
    folder = tempfile.mkdtemp(prefix="chinwag-disk-")
    try:
        mounting = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", folder],
                                  stderr=subprocess.DEVNULL).returncode
    except FileNotFoundError:
        mounting = 1
    if mounting == 0:
        return folder
    os.rmdir(folder)
    return None


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.disk = mounted("8m")
        if not self.disk:
            self.skipTest("may not mount a small disk here")
        self.addCleanup(shutil.rmtree, self.disk, ignore_errors=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk])
        self.ballast = os.path.join(self.disk, "ballast")
        with open(self.ballast, "wb") as file:
            file.write(bytes(4 << 20))
        self.server = self.enterContext(Server(data=os.path.join(self.disk, "data")))
        self.alice = Peer(self.server).register("alice").login("alice")
        self.addCleanup(self.alice.close)

    def fill(self):
        """Whispers until the disk is full; returns what was stored."""
        stored = []
        for i in range(10000):
            content = f"{i} " + "x" * 3900
            self.alice.send("request", "whisper", "alice", self.alice.token, "alice", content)
            answer = self.alice.recv()
            if answer[2] == UNAVAILABLE:
                return stored
            self.assertEqual(answer, ["response", "whisper", 0])
            stored.append(content)
        self.fail("the disk never filled up")

    def take_the_rest(self):
        """Not a byte is left."""
        with open(os.path.join(self.disk, "more"), "wb", buffering=0) as file:
            try:
                while file.write(bytes(4096)):
                    pass
            except OSError:
                pass

    def test_text(self):
        stored = self.fill()
        self.alice.ask("whisper", "nobody", "reading goes on", code=514)
        self.alice.ask("create_group", "cooks", code=UNAVAILABLE)
        self.alice.ask("whisper", "alice", "x" * 4000, code=UNAVAILABLE)
        os.remove(self.ballast)
        self.alice.ask("create_group", "cooks")
        self.alice.ask("whisper", "alice", "healed")
        self.assertEqual(whispered(self.server), stored + ["healed"])
        self.assertEqual(self.server.stop(), 0)
        self.server.start()
        self.assertEqual(whispered(self.server), stored + ["healed"])

    def test_what_helps_goes_on(self):
        """With the disk full to the last byte: attach with a map, reading, marking,
        deleting, logging in and out work, again and again; messages are refused with
        a reason."""
        bob = Peer(self.server).register("bob").login_extended("bob")
        self.addCleanup(bob.close)
        self.alice.ask("whisper", "bob", "to be deleted")
        update = bob.recv()
        self.assertEqual(update[:4], ["update", "whisper", "alice", "to be deleted"])
        stored = self.fill()
        self.take_the_rest()
        for _ in range(20):
            other = Peer(self.server)
            self.addCleanup(other.close)
            other.send("request", "attach", "bob", bob.token, {"client": "x", "features": ["read"]})
            self.assertEqual(other.recv()[:3], ["response", "attach", 0])
            other.send("request", "history", "bob", bob.token, "alice", {"limit": 5})
            answer = other.recv()
            self.assertEqual(answer[:3], ["response", "history", 0])
            self.assertEqual(answer[3]["list"][0]["content"], "to be deleted")
            other.send("request", "whisper", "bob", bob.token, "alice", "x")
            self.assertEqual(other.recv(), ["response", "whisper", UNAVAILABLE, {
                "reason": "the server's disk is full: delete what is not needed, or ask "
                          "whoever runs the server to make room",
                "rule": "disk_full"}])
            other.send("request", "mark_read", "bob", bob.token, "alice", 1)
            self.assertEqual(other.recv()[:3], ["response", "mark_read", 0])
            self.alice.ask("whisper", "alice", "x", code=UNAVAILABLE)
            again = Peer(self.server).login_extended("bob")
            again.send("request", "logout", "bob", again.token)
            self.assertEqual(again.recv()[:3], ["response", "logout", 0])
            again.close()
        writer = Peer(self.server).login_extended("alice")
        self.addCleanup(writer.close)
        writer.send("request", "delete", "alice", writer.token, "bob", 1)
        self.assertEqual(writer.recv()[:3], ["response", "delete", 0])
        self.assertIn("the disk is full: messages are refused until there is room on it",
                      self.server.log())
        os.remove(os.path.join(self.disk, "more"))
        os.remove(self.ballast)
        self.alice.ask("whisper", "alice", "healed")
        self.assertEqual(whispered(self.server), stored + ["healed"])
        self.assertIn("there is room on the disk again", self.server.log())

    def test_start_on_a_full_disk(self):
        """Nothing is left at all: the reserve lets the server start and read."""
        self.assertEqual(self.server.stop(), 0)
        self.take_the_rest()
        self.server.start()
        alice = Peer(self.server).login("alice")
        self.addCleanup(alice.close)
        alice.ask("whisper", "alice", "x", code=UNAVAILABLE)

    def test_voice(self):
        samples = encode([30000] * 1_500_000)  # 4.5 MB
        head = encode("request", "voice_msg", "alice", self.alice.token, "alice", 1, 48000)
        before = self.files()
        self.alice.send_bytes(head + samples)
        self.alice.expect("response", "voice_msg", UNAVAILABLE)
        self.assertEqual(self.files(), before)
        self.alice.ask("whisper", "alice", "text still fits")
        os.remove(self.ballast)
        self.alice.send_bytes(head + samples)
        self.alice.expect("response", "voice_msg", 0)

    def files(self):
        return sorted(os.path.join(folder, name) for folder, _, names in os.walk(self.server.data)
                      for name in names)


if __name__ == "__main__":
    main()
