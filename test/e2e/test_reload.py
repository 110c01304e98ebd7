"""SIGHUP: settings are read again, and nobody is disconnected. Certificates and keys: test_reach.py,
test_next_key.py."""

import os
import signal
import time
import unittest

from harness import PATIENCE, Peer, Server, main
from transports import certificate


class Reload(unittest.TestCase):
    def setUp(self):
        self.server = Server(texts_per_s=0, call_members_max=2)
        self.addCleanup(self.server.__exit__, None)
        self.server.start()
        self.peers = []
        self.addCleanup(lambda: [peer.close() for peer in self.peers])
        self.alice = self.user("alice")
        self.bob = self.user("bob")

    def user(self, name):
        self.peers.append(Peer(self.server).register(name).login_extended(name))
        return self.peers[-1]

    def reload(self, words, **settings):
        """Other settings; until the log says so."""
        self.server.settings.update(settings)
        self.server.write_config()
        self.hang_up(words)

    def hang_up(self, words):
        count = self.server.log().count(words) + 1
        self.server.process.send_signal(signal.SIGHUP)
        self.server.wait_count(words, count)

    def ask(self, peer, action, *arguments):
        peer.send("request", action, peer.name, peer.token, *arguments)
        while (answer := peer.recv())[0] != "response":
            pass
        return answer[2:]

    def test_the_log_follows(self):
        self.reload("log_level was read again", log_level="debug")
        self.assertEqual(self.ask(self.alice, "groups")[0], 0)
        self.server.wait_count("request answered: groups", 1)
        self.reload("log_format was read again", log_format="json")
        self.assertEqual(self.ask(self.alice, "contacts")[0], 0)
        self.server.wait_count('"request answered"', 1)

    def test_limits_hold_at_once_and_nobody_is_dropped(self):
        self.assertEqual(self.ask(self.alice, "upload", "a.txt", 3 << 20)[0], 0)
        self.reload("file_mib_max was read again", file_mib_max=2)
        code, answer = self.ask(self.alice, "upload", "a.txt", 3 << 20)
        self.assertEqual((code != 0, answer["limit"]), (True, 2 << 20))

        self.reload("texts_burst was read again", texts_per_s=1, texts_burst=2)
        codes = [self.ask(self.alice, "whisper", "bob", str(n))[0] for n in range(9)]
        self.assertEqual(codes[0], 0)
        self.assertIn(1026, codes)

        self.reload("registration was read again", registration="closed")
        self.peers.append(Peer(self.server))
        self.peers[-1].send("request", "register", "carol", "correct horse")
        self.assertNotEqual(self.peers[-1].recv()[2], 0)
        self.reload("registration was read again", registration="open")
        self.peers[-1].register("carol")

    def test_the_store_has_them_too(self):
        """Room for uploads is judged by the store; so is what is kept, in idle moments."""
        self.reload("uploads_mib was read again", uploads_mib=1)
        self.assertNotEqual(self.ask(self.alice, "upload", "a.txt", 3 << 20)[0], 0)
        for text in "abcd":
            self.assertEqual(self.ask(self.alice, "whisper", "bob", text)[0], 0)
        self.assertEqual(len(self.history()), 4)
        self.reload("keep_messages was read again", keep_messages=1)
        self.assertEqual(self.ask(self.alice, "whisper", "bob", "e")[0], 0)
        end = time.monotonic() + PATIENCE
        while len(left := self.history()) != 1:
            self.assertLess(time.monotonic(), end, left)

    def history(self):
        answer = self.ask(self.alice, "history", "bob", {"limit": 10})
        self.assertEqual(answer[0], 0, answer)
        return answer[1]["list"]

    def test_what_needs_a_start_is_named(self):
        self.reload("hsts has changed: that holds from the next start on (SIGUSR2 starts the server "
                    "anew, and refuses nobody)", hsts="yes", public_name="chat.example.org",
                    password_cost="interactive")
        log = self.server.log()
        for key in ("public_name", "password_cost"):
            self.assertIn(f"{key} has changed: that holds from the next start on", log)
        self.assertNotIn("listen has changed", log)  # port 0 is the one in use
        self.assertNotIn("data has changed", log)
        self.reload("quota_mib was read again", quota_mib=7)
        self.assertEqual(self.server.log().count("hsts has changed"), 1)

    def test_a_mistake_changes_nothing(self):
        self.reload("there is no setting named 'qouta_mib'; did you mean quota_mib?", file_mib_max=1, qouta_mib=1)
        self.assertRegex(self.server.log(), r"the settings in use stay: \S+, line \d+: there is no")
        self.assertEqual(self.ask(self.alice, "upload", "a.txt", 3 << 20)[0], 0)
        os.remove(os.path.join(self.server.home, "config"))
        self.hang_up("the settings in use stay: cannot read the config file")
        del self.server.settings["qouta_mib"]
        self.reload("file_mib_max was read again")
        self.assertNotEqual(self.ask(self.alice, "upload", "a.txt", 3 << 20)[0], 0)

    def test_a_first_certificate_needs_a_start(self):
        self.reload("this server speaks no TLS yet: tls_certificate holds from the next start on",
                    **certificate(self.server.home))
        self.ask(self.alice, "whisper", "bob", "still here")


if __name__ == "__main__":
    main()
