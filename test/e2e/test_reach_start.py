"""Settings, keys and certificates with which a server does not start, and what it does when they
change under it: it never opens more than was asked, and says in one line what is wrong."""

import itertools
import os
import signal
import unittest

from harness import PASSWORD, Peer, Server, main
from keys import key_lines
from test_reach import ByTransport, any_certificate, request, shown_fingerprint
from transports import certificate, public_key

SETUP_WORN = {"reason": "this set-up link is not good, or not any more: while nobody administers "
                        "the server, it prints another one at its start",
              "rule": "setup_link_not_good"}
ADMINISTERED = (b"nobody administers this server yet; this link makes an administrator of one "
                b"user, within 7 days:\n")


class Start(unittest.TestCase):
    def server(self, **settings):
        server = Server(**settings)
        self.addCleanup(server.__exit__, None)
        return server

    def refused(self, server, *words):
        """It ends at once with one line, which has these words; nothing listens."""
        before = server.log() if os.path.exists(server.log_path) else ""
        if server.process:
            server.process.stdout.close()
        status, output, log = server.refusal()
        lines = log[len(before):].splitlines()
        self.assertNotEqual(status, 0, log)
        self.assertNotIn("listening", output)
        self.assertEqual(len(lines), 1, lines)
        for word in words:
            self.assertIn(word, lines[0])

    def test_a_key_that_others_can_read(self):
        server = self.server().start()
        server.stop()
        path = os.path.join(server.data, "curve.key")
        for mode in (0o604, 0o602, 0o640, 0o660):
            os.chmod(path, mode)
            self.refused(server, "curve.key", "chmod 600")
        os.chmod(path, 0o600)
        server.start()
        self.assertEqual(server.stop(), 0)

    def test_two_tasks_at_once(self):
        """Neither is done: one of them may be a slip, and a revoked key cannot be taken back."""
        server = self.server().start()
        server.stop()
        key = key_lines(server)
        for pair in itertools.combinations(("--check", "--compact", "--new-key", "--revoke-key"), 2):
            server.process.stdout.close()
            status, output, log = server.refusal(*pair)
            self.assertEqual((status, output), (2, ""))
            self.assertIn("give one of --check, --compact, --migrate, --test, --new-key, --revoke-key, --verify, --restore, "
                      "--import and --new-backup-key; nothing was done", log)
        self.assertEqual(key_lines(server), key)

    def test_a_certificates_key_that_all_can_read(self):
        server = self.server()
        server.settings.update(certificate(server.home))
        os.chmod(server.settings["tls_key"], 0o644)
        self.refused(server, "key.pem", "chmod 640")
        os.chmod(server.settings["tls_key"], 0o640)  # a group may
        server.start()
        self.assertEqual(server.stop(), 0)

    def test_a_certificate_without_a_key(self):
        server = self.server()
        both = certificate(server.home)
        server.settings["tls_certificate"] = both["tls_certificate"]
        self.refused(server, "tls_certificate and tls_key belong together")
        missing = os.path.join(server.home, "live", "chat.example.org-" + "0" * 40, "nothing.pem")
        server.settings["tls_key"] = missing
        self.refused(server, missing)  # a path of some length is not cut
        os.chmod(both["tls_certificate"], 0o600)
        server.settings["tls_key"] = both["tls_certificate"]
        self.refused(server, "no private key was found")
        server.settings["tls_key"] = os.path.join(server.home, "other.pem")
        os.rename(both["tls_key"], server.settings["tls_key"])
        certificate(server.home)  # another one: the key belongs to the first
        self.refused(server, "belong")

    def test_settings_that_are_cut_or_unknown(self):
        """They give no server at all, also where the file is cut in the middle of a word."""
        server = self.server()
        for bad in ("listen = 0.0.0.0", "listen = 0.0.0.0:", "listen", "listen = 10.0.0.5:1 plainte",
                    "lisen = 127.0.0.1:0", "registration = clo", "password_cost = none",
                    "trusted_proxy = 10.0.0.0/", "trusted_proxy = ::/0", "forwarded_header =",
                    "hsts = maybe", "public_name = localhost\0"):
            before = server.log() if os.path.exists(server.log_path) else ""
            path = os.path.join(server.home, "cut")
            with open(path, "w") as file:
                file.write("invite_by = nobody\n" + bad)
            status, output, log = server.refusal("--config", path)
            self.assertNotEqual(status, 0, bad)
            self.assertNotIn("listening", output, bad)
            self.assertIn("cut, line 2: ", log[len(before):], bad)

    def test_what_goes_at_a_reload_stays_in_use(self):
        server = self.server()
        server.settings.update(certificate(server.home))
        server.start()
        shown, key = shown_fingerprint(server), public_key(server)
        os.remove(server.settings["tls_key"])
        os.rename(os.path.join(server.data, "curve.key"), os.path.join(server.home, "curve.key"))
        server.process.send_signal(signal.SIGHUP)
        server.wait_log("the certificate in use stays")
        self.assertIn("the key in use stays", server.log())
        self.assertFalse(os.path.exists(os.path.join(server.data, "curve.key")))
        os.rename(os.path.join(server.home, "curve.key"), os.path.join(server.data, "curve.key"))
        self.assertEqual((shown_fingerprint(server), public_key(server)), (shown, key))
        alice = ByTransport(server, "curve").register("alice").login("alice")
        alice.close()
        self.assertEqual(request(server, "/", tls=any_certificate()).status, 200)
        self.assertEqual(server.stop(), 0)

    def test_who_administers_a_server(self):
        """The first one where nobody else can come; elsewhere who has the link, on every listener."""
        with Server(password_cost="interactive", public_name="localhost") as server:
            alice, bob = Peer(server), Peer(server)
            for peer, name in ((alice, "alice"), (bob, "bob")):
                peer.request("register", name, PASSWORD)
            self.assertEqual(self.admin_of(alice, "alice"), 1)
            self.assertIsNone(self.admin_of(bob, "bob"))
            alice.close()
            bob.close()
        with Server(password_cost="interactive", public_name="localhost",
                    registration="open") as server:
            server.stop()
            server.start("--listen", "127.0.0.1:0 proxy=v2") # others may come by the proxy
            self.assertEqual([server.process.stdout.readline() for _ in range(4)][3], ADMINISTERED)
            server.stop()
            server.start("--listen", "0.0.0.0:0 plaintext")
            lines = [server.process.stdout.readline() for _ in range(5)]
            self.assertEqual(lines[3], ADMINISTERED)
            code = lines[4].split()[-1].decode()
            eve, alice = Peer(server), Peer(server)
            eve.request("register", "eve", PASSWORD)
            eve.request("register", "mallory", PASSWORD, {"setup": "0" * 64}, code=1027,
                        answer=[SETUP_WORN])
            self.assertIsNone(self.admin_of(eve, "eve"))
            eve.ask("set_up", "0" * 64, code=1027, answer=[SETUP_WORN])
            alice.request("register", "alice", PASSWORD, {"setup": code})
            self.assertEqual(self.admin_of(alice, "alice"), 1)
            eve.ask("set_up", code, code=1027, answer=[SETUP_WORN])
            eve.close()
            alice.close()

    def admin_of(self, peer, name):
        return peer.login_extended(name).server_map.get("admin")


if __name__ == "__main__":
    main()
