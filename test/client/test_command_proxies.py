"""Somebody in between, on each of the ways in which the command comes to know a server: it is noticed,
nothing that a person has typed passes, and no key of it is stored. `proxy` is a second relay, with
keys of its own, which would pass everything on to the server."""

import os
import sys

from command import UNREACHABLE, WRONG_USE, main
from relays import Relays

CHANGED = "IS NOT THE ONE THAT IS KNOWN HERE"
GIVEN = "does not have the key that was given for it"
UNCONFIRMED = "is not confirmed"


class Proxies(Relays):
    def setUp(self):
        super().setUp()
        self.proxy = self.start_relay()

    def notices(self, words, *arguments, code=UNREACHABLE, known="", **changes):
        """The account cannot have come to the server if it can be made there now."""
        self.fails(code, words, *arguments, "register", "alice", **changes)
        self.assertEqual(self.known(), known)
        local = f"{self.server.address}:{self.server.port}"
        self.done("--server", local, "register", "alice")

    def test_a_link(self):
        self.notices(GIVEN, "--invitation", f"chinwag://{self.proxy.name}/#c0de,{self.relay.key}")

    def test_a_link_with_the_key_of_the_proxy(self):
        """The server is known by another key, which the link does not replace."""
        known = f"{self.proxy.name} curve {self.relay.key}\n"
        self.write_known(known)
        self.notices(CHANGED, "--invitation", f"chinwag://{self.proxy.name}/#c0de,{self.proxy.key}",
                     code=WRONG_USE, known=known)

    def test_a_key_from_the_command_line(self):
        self.notices(GIVEN, "--server", self.proxy.name, "--server-key", self.relay.key)

    def test_a_known_key(self):
        known = f"{self.proxy.name} curve {self.relay.key}\n"
        self.write_known(known)
        self.notices(CHANGED, "--server", self.proxy.name, known=known)

    def test_a_known_key_and_wss(self):
        """Who is known by a key of CURVE has to be confirmed for TLS none the less."""
        known = f"{self.proxy.name} curve {self.relay.key}\n"
        self.write_known(known)
        self.notices(UNCONFIRMED, "--server", f"wss://{self.proxy.name}", known=known)

    def test_a_known_key_and_ws(self):
        known = f"{self.proxy.name} curve {self.relay.key}\n"
        self.write_known(known)
        self.notices("ws does not encrypt", "--server", f"ws://{self.proxy.name}", known=known)

    def test_wss_by_an_authority(self):
        self.notices(UNCONFIRMED, "--server", f"wss://localhost:{self.proxy.port}",
                     SSL_CERT_FILE=self.relay.certificate)

    def test_wss_by_a_pin(self):
        known = f"{self.proxy.name} tls {self.relay.pin}\n"
        self.write_known(known)
        self.notices(CHANGED, "--server", f"wss://{self.proxy.name}", known=known)

    def test_an_authority_does_not_replace_a_pin(self):
        """Also a certificate that an authority has given to the proxy."""
        known = f"localhost:{self.proxy.port} tls {self.relay.pin}\n"
        self.write_known(known)
        self.notices(CHANGED, "--server", f"wss://localhost:{self.proxy.port}", known=known,
                     SSL_CERT_FILE=self.proxy.certificate)

    def test_wss_by_an_accepted_key(self):
        self.notices(GIVEN, "--server", f"wss://{self.proxy.name}", "--accept-key", self.relay.pin)

    def test_first_use_by_https(self):
        self.notices("from an issuer that is not trusted here", "--server", self.proxy.name,
                     SSL_CERT_FILE=self.relay.certificate)

    def test_first_use_by_https_and_another_server_behind_it(self):
        """https is the right server's, and CURVE is the proxy's: as when only one port is
        redirected."""
        honest = self.start_relay(self.relay.key)
        name = f"localhost:{honest.port}"
        self.write_known(f"{name} tls {honest.pin}\n")  # else localhost needs no key
        self.notices(GIVEN, "--server", name, known=f"{name} tls {honest.pin}\n",
                     SSL_CERT_FILE=honest.certificate)

    def test_first_use_without_a_terminal(self):
        self.notices(f"--accept-key {self.proxy.pin}", "--server", f"wss://{self.proxy.name}")


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
