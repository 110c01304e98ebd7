"""The command before servers that encrypt: keys, links, and what is stored. Somebody in between:
test_command_proxies.py."""

import json
import os
import pty
import re
import sys

from command import DONE, UNREACHABLE, WRONG_USE, main
from relays import OTHER_KEY, Relays


class Keys(Relays):
    def test_a_link_is_all_that_it_needs(self):
        link = f"chinwag://{self.relay.name}/#c0de,{self.relay.key}"
        self.assertEqual(self.done("register", "alice", "--invitation", link),
                         f"logged in as alice at {self.relay.name}\n")
        self.assertEqual(self.known(), f"{self.relay.name} curve {self.relay.key}\n")
        self.done("register", "bob")
        self.done("--as", "alice", "send", "@bob", "sealed")
        self.assertEqual(self.messages("bob", 1)[0]["content"], "sealed")
        self.assertEqual(self.done("--server", f"chinwag://{self.relay.name}", "whoami"),
                         f"bob at {self.relay.name}\n")

    def test_invite_prints_the_link(self):
        self.done("--server", self.relay.name, "--server-key", self.relay.key, "register", "alice")
        code, link = self.done("invite").splitlines()
        self.assertEqual(link, f"chinwag://{self.relay.name}/#{code},{self.relay.key}")
        self.assertEqual(re.fullmatch(r"[0-9A-Za-z_-]+", code)[0], code)
        invitation = json.loads(self.done("invite", "--json"))
        self.assertEqual(invitation["link"],
                         f"chinwag://{self.relay.name}/#{invitation['invitation']},{self.relay.key}")
        self.done("register", "bob", "--invitation", link)

    def test_this_machine_needs_no_key(self):
        address = f"{self.server.address}:{self.server.port}"
        self.done("--server", address, "register", "alice")
        self.assertEqual(len(self.done("invite").splitlines()), 1)
        self.assertEqual(self.known(), "")

    def test_without_a_key_nothing_is_sent(self):
        self.fails(UNREACHABLE, "is not known, and nothing is sent to another machine unencrypted",
                   "--server", f"0.0.0.0:{self.server.port}", "register", "alice")

        self.fails(UNREACHABLE, "only talks encrypted, and its key is not known here",
                   "--server", f"127.0.0.1:{self.relay.port}", "register", "alice")

    def test_an_authority_confirms_the_key(self):
        """Its certificate is for localhost; the rest of 127.0.0.0/8 is this machine, too."""
        roots = {"SSL_CERT_FILE": self.relay.certificate}
        self.write_known(f"localhost:{self.relay.port} tls {self.relay.pin}\n")
        code, _, said = self.run_command("--server", f"localhost:{self.relay.port}", "register",
                                         "alice", **roots)
        self.assertEqual((code, said), (DONE, f"chinwag: the server at localhost:{self.relay.port} "
                                              f"is known from now on, by the key {self.relay.key}\n"))
        self.assertEqual(self.known(), f"localhost:{self.relay.port} tls {self.relay.pin}\n"
                                       f"localhost:{self.relay.port} curve {self.relay.key}\n")

    def test_what_nobody_confirms_is_not_believed(self):
        self.fails(UNREACHABLE, "is not known", "--server", self.relay.name, "register", "alice")
        other = self.start_relay(OTHER_KEY)
        self.write_known(f"localhost:{other.port} tls {other.pin}\n")
        self.fails(UNREACHABLE, "does not have the key that was given for it", "--server",
                   f"localhost:{other.port}", "register", "alice",
                   SSL_CERT_FILE=other.certificate)

    def test_a_link_does_not_replace_a_key(self):
        self.write_known(f"{self.relay.name} curve {self.relay.key}\n")
        link = f"chinwag://{self.relay.name}/#c0de,{OTHER_KEY}"
        self.fails(WRONG_USE, "IS NOT THE ONE THAT IS KNOWN HERE", "register", "alice",
                   "--invitation", link)
        self.assertEqual(self.known(), f"{self.relay.name} curve {self.relay.key}\n")
        self.done("forget-server", self.relay.name)
        self.assertEqual(self.known(), "")

    def test_somebody_in_between_has_another_key(self):
        self.write_known(f"{self.relay.name} curve {OTHER_KEY}\n")
        self.fails(UNREACHABLE, "IS NOT THE ONE THAT IS KNOWN HERE",
                   "--server", self.relay.name, "register", "alice")
        self.fails(WRONG_USE, "no key of 0.0.0.0:1 is known", "forget-server", "0.0.0.0:1")
        self.assertEqual(self.known(), f"{self.relay.name} curve {OTHER_KEY}\n")

    def test_somebody_in_between_does_not_encrypt(self):
        name = f"{self.server.address}:{self.server.port}"
        self.write_known(f"{name} curve {OTHER_KEY}\n")
        self.fails(UNREACHABLE, "IS NOT THE ONE THAT IS KNOWN HERE",
                   "--server", name, "register", "alice")

    def test_a_wrong_link_is_not_stored(self):
        link = f"chinwag://{self.relay.name}/#c0de,{OTHER_KEY}"
        self.fails(UNREACHABLE, "does not have the key that was given for it", "register",
                   "alice", "--invitation", link)
        self.assertEqual(self.known(), "")
        self.fails(WRONG_USE, "the link cannot be used: its end is missing", "register", "alice", "--invitation",
                   link[:-1])

    def test_wss_by_an_authority(self):
        server = f"wss://localhost:{self.relay.port}"
        roots = {"SSL_CERT_FILE": self.relay.certificate}
        self.assertEqual(self.done("--server", server, "register", "alice", **roots),
                         f"logged in as alice at {server}/ws\n")
        self.assertEqual(self.done("whoami", **roots), f"alice at {server}/ws\n")
        self.assertEqual(self.known(), "")
        self.done("register", "bob", "--invitation",
                  f"https://localhost:{self.relay.port}/join#c0de", **roots)

    def test_wss_by_an_accepted_key(self):
        server = f"wss://{self.relay.name}/ws"
        self.fails(UNREACHABLE, f"--accept-key {self.relay.pin}", "--server", server,
                   "register", "alice")
        self.done("--server", server, "--accept-key", self.relay.pin, "register", "alice")
        self.assertEqual(self.known(), f"{self.relay.name} tls {self.relay.pin}\n")
        self.assertEqual(self.done("whoami"), f"alice at {server}\n")
        code, link = self.done("invite").splitlines()
        self.assertEqual(link, f"https://{self.relay.name}/join#{code}")
        self.write_known(f"{self.relay.name} tls {64 * '0'}\n")
        self.fails(UNREACHABLE, "IS NOT THE ONE THAT IS KNOWN HERE", "whoami")
        self.fails(WRONG_USE, "IS NOT THE ONE THAT IS KNOWN HERE", "--accept-key",
                   self.relay.pin, "whoami")

    def answer(self, answer, server, key):
        """Runs a command with a terminal of its own, on which the question is answered."""
        process, terminal = pty.fork()
        if process == 0:
            os.execve(os.environ["CHINWAG"],
                      ["chinwag", "--server", server, "register", "alice"],
                      self.environment)
        self.addCleanup(os.close, terminal)
        shown = b""
        while b"(yes/no) " not in shown:
            shown += self.shown(terminal)
        os.write(terminal, answer)
        self.assertIn(key.encode(), shown)
        try:
            while self.shown(terminal):
                pass
        except OSError:
            pass  # all have closed it
        return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])

    def test_wss_by_a_key_that_a_person_confirms(self):
        server = f"wss://{self.relay.name}"
        self.assertEqual(self.answer(b"no\n", server, self.relay.pin), UNREACHABLE)
        self.assertEqual(self.known(), "")
        self.assertEqual(self.answer(b"yes\n", server, self.relay.pin), DONE)
        self.assertEqual(self.known(), f"{self.relay.name} tls {self.relay.pin}\n")
        self.assertEqual(self.done("whoami"), f"alice at wss://{self.relay.name}/ws\n")

    def test_a_key_that_a_person_confirms(self):
        """Without a link, and no authority confirms what https tells."""
        self.assertEqual(self.answer(b"no\n", self.relay.name, self.relay.key), UNREACHABLE)
        self.assertEqual(self.known(), "")
        self.assertEqual(self.answer(b"yes\n", self.relay.name, self.relay.key), DONE)
        self.assertEqual(self.known(), f"{self.relay.name} curve {self.relay.key}\n")
        self.assertEqual(self.done("whoami"), f"alice at {self.relay.name}\n")

    def test_a_known_server_is_not_spoken_to_without_a_key(self):
        name = f"{self.server.address}:{self.server.port}"
        self.write_known(f"{name} tls {self.relay.pin}\n")
        self.fails(UNREACHABLE, "nothing is sent", "--server", name, "register", "alice")

    def test_a_damaged_line_is_no_reason_to_trust(self):
        self.write_known(f"{self.relay.name} curve\n")
        self.fails(WRONG_USE, "line 1 of", "--server", self.relay.name, "--server-key",
                   self.relay.key, "register", "alice")
        self.assertEqual(self.known(), f"{self.relay.name} curve\n")


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
