"""Starting and ending: what a server refuses to start with, and why it says so."""

import os
import signal
import socket
import sqlite3
import subprocess
import unittest

from harness import PATIENCE, Peer, Server, main


class Endings(unittest.TestCase):
    def test_signals_end_it_cleanly(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            with Server() as server:
                alice = Peer(server).register("alice").login("alice")
                alice.ask("whisper", "alice", "x")
                server.process.send_signal(number)
                self.assertEqual(server.process.wait(PATIENCE), 0)
                alice.wait_disconnected()
                server.start()
                alice.wait_connected()
                alice.close()
                self.assertEqual(server.stop(), 0)

    def test_one_line_says_where_it_listens(self):
        with Server() as server:
            server.stop()
            self.assertEqual(server.process.stdout.read(), b"")


class Refusals(unittest.TestCase):
    def refused(self, server, *options, mentions):
        """It ends by itself, with an error, and says why."""
        status, output, log = server.refusal(*options)
        self.assertGreater(status, 0, log)
        self.assertEqual(output, "")
        self.assertIn(mentions, log)
        self.assertLessEqual(log.count("\n"), 2)
        self.assertNotIn("Sanitizer", log)

    def unstarted(self, **settings):
        server = Server(**settings)
        self.addCleanup(server.__exit__, None)
        return server

    def test_data_of_a_newer_version(self):
        with Server() as server:
            server.stop()
            database = sqlite3.connect(server.database())
            (version,) = database.execute("PRAGMA user_version").fetchone()
            self.assertGreater(version, 0)
            database.execute(f"PRAGMA user_version = {version + 1}")
            database.close()
            self.refused(server, mentions="newer")
            database = sqlite3.connect(server.database())
            database.execute(f"PRAGMA user_version = {version}")
            database.close()
            server.start()

    def test_data_that_is_no_folder(self):
        server = self.unstarted()
        with open(server.data, "w"):
            pass
        self.refused(server, mentions=server.data)

    def test_data_that_is_no_database(self):
        with Server() as server:
            server.stop()
            path = server.database()
            for name in os.listdir(os.path.dirname(path)):
                if name.startswith(os.path.basename(path) + "-"):
                    os.remove(os.path.join(os.path.dirname(path), name))
            with open(path, "r+b") as file:
                file.write(b"This was a database once, and now it is none.")
            self.refused(server, mentions="data")

    def test_data_in_use(self):
        with Server() as server:
            self.refused(self.unstarted_on(server.data), mentions="use")

    def unstarted_on(self, data):
        server = Server(data=data)
        self.addCleanup(server.__exit__, None)
        return server

    def test_port_in_use(self):
        server = self.unstarted()
        with socket.create_server((server.address, 0)) as other:
            server.port = other.getsockname()[1]
            self.refused(server, mentions=str(server.port))

    def test_wrong_settings(self):
        for key, value in (("registration", "perhaps"), ("password_cost", "free"),
                           ("requests_per_s", "many"), ("texts_burst", "-1"),
                           ("session_idle_days", "x"), ("sessions_per_user", "0"),
                           ("allow_plaintext", "yes"), ("zmtp", "127.0.0.1:1"),
                           ("requests_per_s", "99999999999999999999"),
                           ("colour", "red")):
            with self.subTest(key=key, value=value):
                self.refused(self.unstarted(**{key: value}), mentions=key)

    def test_cheap_passwords_beyond_loopback(self):
        server = self.unstarted()
        self.refused(server, "--listen", "0.0.0.0:0 plaintext", mentions="password_cost")

    def test_a_hang_up_is_no_end(self):
        with Server() as server:
            alice = Peer(server).register("alice").login("alice")
            server.process.send_signal(signal.SIGHUP)
            server.process.send_signal(signal.SIGXFSZ)
            alice.ask("whisper", "alice", "still here")
            alice.close()

    def test_bad_addresses_are_called_so(self):
        for address in ("nonsense", "127.0.0.1", "300.1.1.1:1", "[::1", "::1:4242", "127.0.0.1:",
                        "127.0.0.1:+1", "example.org:4242", "tcp://127.0.0.1"):
            with self.subTest(address=address):
                self.refused(self.unstarted(), "--listen", address,
                             mentions=f"'{address}' is a bad address")

    def test_wrong_options(self):
        for options, mentions in ((("--nonsense",), "--nonsense"),
                                  (("--listen", "127.0.0.1"), "127.0.0.1"),
                                  (("--listen", "127.0.0.1:x"), "127.0.0.1:x"),
                                  (("--listen", "127.0.0.1:65536"), "65536"),
                                  (("--config", "/nonexistent"), "/nonexistent")):
            with self.subTest(options=options):
                self.refused(self.unstarted(), *options, mentions=mentions)


class Help(unittest.TestCase):
    def test_help_and_version(self):
        for option, wanted in (("--help", b"--listen ADDRESS"),
                               ("--version", rb"\Achinwagd \d+\.\d+\.\d+\n\Z")):
            output = subprocess.run([os.environ["CHINWAGD"], option], stdout=subprocess.PIPE,
                                    check=True).stdout
            self.assertRegex(output, wanted)


if __name__ == "__main__":
    main()
