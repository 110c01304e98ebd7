"""The data folder: files without their database are kept, and a folder that goes
away under the server ends it before it acknowledges anything more."""

import os
import shutil
import subprocess
import unittest

from harness import PASSWORD, PATIENCE, Peer, Server, encode, main


class Folder(unittest.TestCase):
    def setUp(self):
        self.peers = []
        self.server = self.enterContext(Server())
        self.addCleanup(lambda: [peer.close() for peer in self.peers])

    def user(self, name):
        self.peers.append(Peer(self.server).register(name).login(name))
        return self.peers[-1]

    def path(self, name):
        return os.path.join(self.server.data, name)

    def voice(self, peer):
        """A recording that becomes a file."""
        peer.send_bytes(encode("request", "voice_msg", peer.name, peer.token, peer.name, 1, 44100)
                        + encode([1000] * 50_000))
        peer.expect("response", "voice_msg", 0)

    def recordings(self):
        return sorted(name for name in os.listdir(self.path("blobs")) if name != "lost")

    def test_database_moved_away(self):
        alice = self.user("alice")
        self.voice(alice)
        blobs = self.recordings()
        self.assertEqual(len(blobs), 1)
        self.assertEqual(self.server.stop(), 0)
        os.rename(self.path("chinwag.db"), self.path("away"))
        for what in ("missing", "empty"):
            status, output, log = self.server.refusal()
            self.assertEqual((status, output), (1, ""))
            self.assertIn(f"chinwag.db is {what}, but what belongs to it is still there: put it "
                          "back (with its -wal file), or move the whole folder away to start "
                          "with a new one.", log)
            self.assertEqual(self.recordings(), blobs)
            open(self.path("chinwag.db"), "w").close()
        os.rename(self.path("away"), self.path("chinwag.db"))
        self.server.start()
        reader = Peer(self.server)
        self.peers.append(reader)
        reader.send("request", "login", "alice", PASSWORD, {"since": 0})
        self.assertEqual(reader.recv()[:3], ["response", "login", 0])
        self.assertIn([1000] * 50_000, reader.recv())

    def test_check_knows_the_version(self):
        """The folder of 0.1.0 is not checked as if it were ours, and then is ours."""
        old = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "store", "fixtures",
                           "0.1.0")
        self.assertEqual(self.server.stop(), 0)
        shutil.rmtree(self.server.data)
        shutil.copytree(old, self.server.data)
        check = [self.server.binary, "--data", self.server.data, "--check"]
        result = subprocess.run(check, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.returncode, 3, result)
        self.assertIn("The data are of an older version (schema ", result.stderr)
        self.assertIn("Start this server once", result.stderr)
        self.server.start()
        self.assertEqual(self.server.stop(), 0)
        result = subprocess.run(check, capture_output=True, text=True, timeout=PATIENCE)
        self.assertEqual(result.returncode, 0, result)
        self.assertIn("nothing is damaged", result.stdout)

    def ended(self, what):
        """The server ends by itself, and says why."""
        self.assertEqual(self.server.process.wait(PATIENCE), 1)
        self.assertIn(what + " was removed, moved or replaced while the server used it: put it "
                      "back, then start again. Nothing that was stored since has been "
                      "acknowledged\n", self.server.log())

    def check_going(self, go, what):
        """Whoever writes to what has gone is not answered."""
        alice = self.user("alice")
        alice.ask("whisper", "alice", "before")
        go()
        alice.send("request", "whisper", "alice", alice.token, "alice", "after")
        self.ended(what)
        alice.wait_connected()
        alice.wait_disconnected()
        self.assertEqual(alice.socket.poll(0), 0)

    def test_folder_moved(self):
        self.check_going(lambda: os.rename(self.server.data, self.server.data + ".away"), "data")

    def test_folder_replaced(self):
        def go():
            os.rename(self.server.data, self.server.data + ".away")
            shutil.copytree(self.server.data + ".away", self.server.data,
                            ignore=shutil.ignore_patterns("control"))
        self.check_going(go, "data")

    def test_folder_removed(self):
        self.check_going(lambda: shutil.rmtree(self.server.data), "data")

    def test_database_replaced(self):
        def go():
            shutil.copy(self.path("chinwag.db"), self.path("copy"))
            os.replace(self.path("copy"), self.path("chinwag.db"))
        self.check_going(go, "chinwag.db")

    def test_log_removed(self):
        self.check_going(lambda: os.remove(self.path("chinwag.db-wal")), "chinwag.db-wal")

    def test_recordings_removed(self):
        self.check_going(lambda: shutil.rmtree(self.path("blobs")), "blobs")

    def test_noticed_though_nobody_writes(self):
        os.rename(self.server.data, self.server.data + ".away")
        self.ended("data")


if __name__ == "__main__":
    main()
