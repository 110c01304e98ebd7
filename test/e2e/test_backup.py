"""Backups of a running server: under load, sealed, expired; and their restores: what was acknowledged
before the backup is there, and what is half, changed or of others is refused."""

import hashlib
import os
import re
import shutil
import subprocess
import threading
import time

from control import ask as command, program, run
from harness import PASSWORD, PATIENCE, Peer, Server, at_once, main
from test_files import FileTest

ANSWER = PATIENCE * 6


def chinwagd(*words):
    """(exit status, standard output, standard error) of what is no server"""
    done = subprocess.run([os.environ["CHINWAGD"], *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=ANSWER)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def files_of(folder):
    """Relative path -> (inode, bytes) of all files below."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(place, name)
            with open(path, "rb") as file:
                found[os.path.relpath(path, folder)] = (os.stat(path).st_ino, file.read())
    return found


def rewrite_manifest(backup, change):
    """Changes the text of a manifest, and makes its last line right again."""
    path = os.path.join(backup, "manifest")
    with open(path) as file:
        body, end = file.read().rsplit("end ", 1)
    body = change(body)
    with open(path, "w") as file:
        file.write(f"{body}end {end.split()[0]} {hashlib.sha256(body.encode()).hexdigest()}\n")


class BackupTest(FileTest):
    def setUp(self):
        super().setUp()
        self.folder = os.path.join(self.server.home, "backups")
        self.new = os.path.join(self.server.home, "restored")

    def server_of_test(self):
        return Server()

    def say(self, text, *extra):
        code, data = self.ask(self.alice, "whisper", "bob", text, *extra)[:2]
        self.assertEqual(code, 0)
        return data

    def back_up(self, *options):
        done, = command(self.server, "backup", self.folder, *options)
        return done["backup"], done

    def restore(self, backup, *options, data=None):
        done = chinwagd("--restore", backup, "--data", data or self.new, *options)
        self.assertEqual(done[0], 0, done)
        return done[1]

    def restored(self, **settings):
        return self.enterContext(Server(data=self.new, **settings))

    def texts(self, server, name, conversation):
        peer = Peer(server)
        peer.login_extended(name)
        self.addCleanup(peer.close)
        texts, after = [], 0
        while True:
            peer.send("request", "history", name, peer.token, conversation,
                      {"after": after, "limit": 200})
            while (answer := peer.recv())[0] == "update":
                pass
            self.assertEqual(answer[2], 0, answer)
            entries = answer[3]["list"]
            if not entries:
                return texts
            texts += [entry["content"] for entry in entries]
            after = entries[-1]["seq"]


class Backups(BackupTest):
    def test_what_was_acknowledged_is_there_and_the_rest_goes_on(self):
        """A backup under load: what was acknowledged before it began is in it, in order, and nothing
        else than what was sent."""
        ends, before = threading.Event(), 100
        for i in range(before):
            self.say(f"text {i}")

        def back_up():
            try:
                return self.back_up()
            finally:
                ends.set()

        def talk():
            sent = before
            while not ends.is_set() or sent < before + 50:
                self.say(f"text {sent}")
                sent += 1

        (backup, done), _ = at_once(back_up, talk)
        self.assertEqual(os.stat(backup).st_mode & 0o777, 0o700)
        with open(os.path.join(self.server.data, "last-backup")) as file:
            self.assertLessEqual(abs(int(file.read()) - time.time()), 24 * 3600)
        self.assertEqual(done["missing_files"], 0)
        code, lines, _ = chinwagd("--verify", backup)
        self.assertEqual(code, 0)
        self.assertIn(" pair alice bob\n", lines)
        said = self.restore(backup)
        self.assertIn(f"{done['messages']} entries, 2 users", said)
        self.assertIn("2 sessions and 0 invitations were ended", said)
        code, again, _ = chinwagd("--verify", "--data", self.new)
        self.assertEqual(code, 0)
        self.assertEqual(lines.splitlines()[:-1], again.splitlines()[:-1])
        self.assertFalse(os.path.exists(os.path.join(self.new, "last-backup")))
        restored = self.restored()
        texts = self.texts(restored, "bob", "alice")
        self.assertEqual(texts, [f"text {i}" for i in range(len(texts))])
        self.assertGreaterEqual(len(texts), before)
        self.assertEqual(len(texts), done["messages"])
        self.assertEqual(restored.stop(), 0)
        self.assertEqual(chinwagd("--check", "--data", self.new)[0], 0)

    def test_sessions_end_and_clients_notice(self):
        self.say("soup")
        db = self.bob.server_map
        backup, _ = self.back_up()
        token = self.bob.token
        self.say("after the backup")
        self.restore(backup)
        kept = self.new + "-kept"
        self.restore(backup, "--keep-sessions", data=kept)
        restored = self.restored()
        peer = Peer(restored)
        self.addCleanup(peer.close)
        peer.send("request", "attach", "bob", token)
        self.assertEqual(peer.recv()[2], 512)
        peer.send("request", "login", "bob", PASSWORD,
                  {"features": [], "since": 2, "db": db["db"], "era": db["era"]})
        answer = peer.recv()
        self.assertEqual(answer[:3], ["response", "login", 0])
        self.assertEqual(answer[5]["restarted"], 1)
        self.assertNotEqual(answer[5]["db"], db["db"])
        self.assertGreater(answer[5]["newest"], 1 << 32)
        with Server(data=kept) as server:
            peer = Peer(server)
            peer.send("request", "attach", "bob", token, {"features": []})
            answer = peer.recv()
            self.assertEqual(answer[2], 0, answer)
            self.assertNotEqual(answer[4]["db"], db["db"])
            peer.close()

    def test_what_was_ended_after_the_backup_is_listed(self):
        """By a comparison with the data folder of then."""
        carol = self.peer("carol")
        self.assertEqual(self.ask(self.alice, "create_group", "cooks")[0], 0)
        self.assertEqual(self.ask(self.bob, "join_group", "cooks")[0], 0)
        backup, _ = self.back_up()
        self.assertEqual(self.ask(self.alice, "ban", "cooks", "bob")[0], 0)
        self.assertEqual(self.ask(carol, "delete_account", PASSWORD, "account")[0], 0)
        self.assertEqual(run(self.server.data, "ban", "add", "@bob", "--reason", "spam")[0], 0)
        self.assertEqual(run(self.server.data, "ban", "add", "192.0.2.0/24")[0], 0)
        later, _ = self.back_up()
        with open(os.path.join(later, "manifest")) as file:
            self.assertRegex(file.read(), "(?m)^audit_number 2\naudit [0-9a-f]{64}$")
        self.server.stop()
        said = self.restore(backup, "--compare-with", self.server.data)
        lines = said.split("and not in the backup:\n")[1].splitlines()
        self.assertEqual(lines[:3], ["deleted account carol", "banned from a group bob cooks",
                                     "banned from the server bob"])
        self.assertEqual(lines[3], "banned from the server 192.0.2.0/24")
        self.assertRegex(lines[4], "^act of an administrator 1: ban_user bob")
        self.assertRegex(lines[5], "^act of an administrator 2: ban_network")
        self.assertEqual(len(lines), 6)
        self.assertEqual(chinwagd("--check", "--data", self.server.data)[0], 0)
        said = self.restore(later, "--compare-with", self.server.data, data=self.new + "2")
        self.assertTrue(said.endswith("and not in the backup:\n"), said)

    def test_files_and_increments(self):
        data = os.urandom(200000)
        file = self.upload(self.alice, data)
        self.say("the recipe", {"file": file})
        long = "x" * 4000
        self.say(long)
        first, done = self.back_up()
        self.assertEqual(done["shared_bytes"], 0)
        second, done = self.back_up()
        self.assertGreater(done["shared_bytes"], len(data))
        one, two = files_of(first), files_of(second)
        body = [name for name in one if name.startswith("blobs/")]
        self.assertEqual(len(body), 1)
        self.assertEqual(one[body[0]], two[body[0]])  # the same inode
        live = os.path.join(self.server.data, body[0])
        self.assertNotEqual(os.stat(live).st_ino, one[body[0]][0])
        # What is deleted is still in older backups, and in no later one.
        self.assertEqual(self.ask(self.alice, "delete", "bob", 1)[0], 0)
        third, _ = self.back_up()
        self.assertNotIn(body[0], files_of(third))
        self.assertIn(body[0], files_of(first))
        self.restore(second)
        restored = self.restored()
        peer = Peer(restored)
        peer.login_extended("bob")
        self.addCleanup(peer.close)
        peer.updates = []
        peer.name = "bob"
        self.assertEqual(self.fetch(peer, file), data)

    def test_files_stay_until_a_backup_has_them(self):
        """A file that is deleted while the backup runs is in it, since its message is; then it goes.
        """
        for _ in range(20):
            self.say("one", {"file": self.upload(self.alice, os.urandom(30000))})
        done = subprocess.Popen([program(), "--data", self.server.data, "backup", self.folder],
                                stdout=subprocess.PIPE)
        for seq in range(1, 21):
            self.assertEqual(self.ask(self.alice, "delete", "bob", seq)[0], 0)
        out, _ = done.communicate(timeout=ANSWER)
        self.assertEqual(done.returncode, 0)
        self.assertIn(b"missing_files     0\n", out)
        self.server.stop()
        self.assertEqual([name for name in os.listdir(os.path.join(self.server.data, "blobs"))
                          if name.startswith("file-")], [])
        self.restore(self.folder)
        self.assertEqual(chinwagd("--verify", "--data", self.new)[0], 0)

    def test_sealed(self):
        secret = os.path.join(self.server.home, "key")
        other = os.path.join(self.server.home, "other")
        code, out, _ = chinwagd("--new-backup-key", secret)
        self.assertEqual((code, os.stat(secret).st_mode & 0o777), (0, 0o600))
        public = out.split()[2]
        self.assertEqual(chinwagd("--new-backup-key", secret)[0], 1)  # it is never replaced
        self.assertEqual(chinwagd("--new-backup-key", other)[0], 0)
        self.say("unmistakable soup")
        file = self.upload(self.alice, b"unmistakable file" * 9000)
        self.say("", {"file": file})
        first, _ = self.back_up("--encrypt-to", public)
        second, done = self.back_up("--encrypt-to", public)
        self.assertGreater(done["shared_bytes"], 9 * 17000)
        for name, (_, text) in files_of(first).items():
            self.assertNotIn(b"unmistakable", text, name)
            self.assertEqual(text.startswith(b"chinwag sealed 1\n"), name != "manifest")
        plain, done = self.back_up()
        self.assertEqual(done["shared_bytes"], 0)
        code, out, _ = chinwagd("--verify", second)
        self.assertEqual(code, 0)
        self.assertIn("they are sealed: with --key what is in them is counted", out)
        self.assertIn("pair alice bob", chinwagd("--verify", second, "--key", secret)[1])
        for options, sentence in (((), "is sealed: give the file with its key by --key FILE."),
                                  (("--key", other), "is sealed for another key than that in"),
                                  (("--key", "/none"), "There is no file /none.")):
            code, _, err = chinwagd("--restore", second, "--data", self.new, *options)
            self.assertEqual(code, 1)
            self.assertIn(sentence, err)
        self.assertFalse(os.path.exists(self.new))
        self.restore(second, "--key", secret)
        self.assertEqual(self.texts(self.restored(), "bob", "alice"), ["unmistakable soup", ""])
        code, _, err = run(self.server.data, "backup", self.folder, "--encrypt-to", "12")
        self.assertEqual(code, 2)
        self.assertIn("--encrypt-to wants the 64 digits", err)

    def test_expiry(self):
        self.say("soup")
        first, _ = self.back_up()
        second, _ = self.back_up()
        day = 24 * 3600 * 1000

        def older(days):
            return lambda text: re.sub(
                "(?m)^made ([0-9]+)$", lambda made: f"made {int(made[1]) - days * day}", text)
        rewrite_manifest(first, older(40))
        rewrite_manifest(second, older(20))
        third, done = self.back_up("--expire", "30")
        self.assertEqual(done["expired"], 1)
        self.assertEqual(sorted(os.listdir(self.folder)),
                         [os.path.basename(second), os.path.basename(third)])
        self.restore(third)
        for days in ("0", "x", "-1", "3.5", "99999999999"):
            self.assertEqual(run(self.server.data, "backup", self.folder, "--expire", days)[0], 2)

    def test_compared_with_the_disk(self):
        """Damage of one byte, anywhere, is named."""
        self.say("soup")
        backup, _ = self.back_up()
        for name in ("database/000000", "curve.key", "manifest"):
            path = os.path.join(backup, name)
            with open(path, "r+b") as file:
                file.seek(150)
                byte = file.read(1)
                file.seek(150)
                file.write(bytes([byte[0] ^ 1]))
            code, _, err = chinwagd("--verify", backup)
            self.assertEqual(code, 1)
            self.assertIn(f"/{name}", err)
            code, _, _ = chinwagd("--restore", backup, "--data", self.new)
            self.assertEqual(code, 1)
            shutil.rmtree(self.new, ignore_errors=True)
            with open(path, "r+b") as file:
                file.seek(150)
                file.write(byte)
        self.restore(backup)


class Refused(BackupTest):
    def refused(self, sentence, *words):
        code, _, err = chinwagd(*words)
        self.assertEqual(code, 1, err)
        self.assertIn(sentence, err)

    def test_what_is_no_whole_backup(self):
        self.say("soup")
        backup, _ = self.back_up()
        restore = ("--restore", backup, "--data", self.new)
        manifest = os.path.join(backup, "manifest")
        with open(manifest, "rb") as file:
            text = file.read()
        for cut in (0, 10, 100, len(text) // 2, len(text) - 1):
            with open(manifest, "wb") as file:
                file.write(text[:cut])
            self.refused("half a backup", *restore)
        os.remove(manifest)
        self.refused("is no backup, or half of one", *restore)
        with open(manifest, "wb") as file:
            file.write(text + b"\n")
        self.refused("something behind the end", *restore)
        with open(manifest, "wb") as file:
            file.write(text)
        rewrite_manifest(backup, lambda text: text.replace("chinwag backup 1", "chinwag backup 2"))
        self.refused("a newer server has made this backup", *restore)
        rewrite_manifest(backup, lambda text: text.replace("chinwag backup 2", "chinwag backup 1"))
        rewrite_manifest(backup, lambda text: re.sub("(?m)^schema .*$", "schema 999", text))
        self.refused("was made by a newer server", *restore)
        rewrite_manifest(backup, lambda text: re.sub(" curve.key", " ../curve.key", text))
        self.refused("a name that no file of a backup has", *restore)
        with open(manifest, "wb") as file:
            file.write(text)
        rewrite_manifest(backup, lambda text: re.sub("(?m)^messages .*$", "messages 77", text))
        self.refused("has other messages than its manifest says", *restore)
        code, _, log = Server(data=self.new).refusal()
        self.assertEqual(code, 1)
        self.assertIn("did not come to its end: run chinwagd --restore once more", log)
        with open(manifest, "wb") as file:
            file.write(text)
        os.remove(os.path.join(backup, "database/000000"))
        self.refused("000000 is missing: use another backup", *restore)

    def test_folders(self):
        self.say("soup")
        backup, _ = self.back_up()
        self.refused("is not empty: restore into a new folder", "--restore", backup, "--data",
                     self.server.data)
        self.refused("is no backup, or half of one", "--restore", self.server.home, "--data",
                     self.new)
        self.refused("Cannot open the folder", "--restore", "/none", "--data", self.new)
        code, _, err = run(self.server.data, "backup", "backups")
        self.assertEqual(code, 1)
        self.assertIn("must be an absolute path", err)
        code, _, err = run(self.server.data, "backup", "/proc/backups")
        self.assertEqual(code, 1)
        self.assertIn("Cannot make the folder /proc/backups", err)

    def test_another_server(self):
        self.say("soup")
        self.back_up()
        with Server() as other:
            code, _, err = run(other.data, "backup", self.folder)
            self.assertEqual(code, 1)
            self.assertIn("has backups of another server", err)
        self.assertEqual(len(os.listdir(self.folder)), 1)
        # A restored one is another database with the same key, a key can change: both go on.
        self.restore(self.folder)
        with Server(data=self.new) as restored:
            self.assertEqual(run(restored.data, "backup", self.folder)[0], 0)

    def test_a_full_disk(self):
        disk = os.path.join(self.server.home, "disk")
        os.mkdir(disk)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", disk],
                          stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("no tmpfs here")
        self.addCleanup(subprocess.run, ["umount", "-l", disk])
        file = self.upload(self.alice, os.urandom(2000000))
        self.say("large", {"file": file})
        code, _, err = run(self.server.data, "backup", disk + "/b")
        self.assertEqual(code, 1)
        self.assertIn("full", err)
        self.assertEqual(os.listdir(disk + "/b"), [])
        self.say("the server goes on")
        backup, _ = self.back_up()
        code, _, err = chinwagd("--restore", backup, "--data", disk + "/new")
        self.assertEqual(code, 1)
        self.assertIn("make room, or choose another disk", err)


if __name__ == "__main__":
    main()
