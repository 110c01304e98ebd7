"""The mistakes that somebody makes who comes to a server for the first time, from another machine:
each has a message that says what is wrong and what to do."""

import os
import socket
import sys
import threading

from command import REFUSED, UNREACHABLE, WRONG_USE, main
from relays import Relays

CHECK = "Check host and port. If they are right, ask the person who runs the server"


class Web(threading.Thread):
    """Another program than a Chinwag server: it answers everything in HTTP."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("0.0.0.0", 0))
        self.port = self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                if connection.recv(4096):
                    connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")

    def end(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.join()
        self.listener.close()


class Mistakes(Relays):
    def setUp(self):
        super().setUp()
        self.link = f"chinwag://{self.relay.name}/#c0de,{self.relay.key}"
        taken = socket.socket()  # a port where nobody listens
        taken.bind(("0.0.0.0", 0))
        self.addCleanup(taken.close)
        self.closed = f"0.0.0.0:{taken.getsockname()[1]}"

    def web(self):
        web = Web()
        self.addCleanup(web.end)
        return web

    def invited(self, code, words, link):
        result = self.run_command("register", "alice", "--invitation", link)
        self.assertEqual(result[:2], (code, ""), result)
        for word in words:
            self.assertIn(word, result[2])
        self.assertEqual(self.known(), "")

    def at(self, code, words, server, *more, **changes):
        result = self.run_command("--server", server, "register", "alice", *more, **changes)
        self.assertEqual(result[:2], (code, ""), result)
        for word in words:
            self.assertIn(word, result[2])

    def test_a_link_as_it_is_copied(self):
        for i, form in enumerate(("{}.", "<{}>", " {}\n", "'{}'", "({}).")):
            self.done("register", f"user{i}", "--invitation", form.format(self.link))

    def test_a_link_says_nothing_to_the_terminal(self):
        for begin in ("register", "chat", "send", "join", "forget-server", "leave"):
            for link in ("chinwag://h/#a\x1b]0;x\x07", "chinwag://h/#a%1B]0;x%07", "@a\x1b[2J"):
                code, out, err = self.run_command(begin, link, *["text"] * (begin == "send"))
                self.assertNotIn("\x1b", out + err)
                self.assertNotEqual(code, 0)
        self.fails(WRONG_USE, "'\\x1b[2J' is a bad address", "--server", "\x1b[2J", "whoami")
        self.fails(WRONG_USE, "no command 'a\\x1b[2J'", "a\x1b[2J")
        self.fails(WRONG_USE, "register NAME --invitation 'x://\\x1b[2J'", "register", "x://\x1b[2J")
        self.fails(WRONG_USE, "'\\x1b[2J' is neither", "send", "\x1b[2J", "text")

    def test_a_link_that_is_cut(self):
        self.invited(WRONG_USE, ["its end is missing", "between '...'"], self.link[:-3])
        self.invited(WRONG_USE, ["the part from # on is missing"], self.link.split("#")[0])
        self.invited(WRONG_USE, ["there is more behind"], self.link + ",x")

    def test_another_scheme(self):
        self.invited(WRONG_USE, ["neither chinwag:// nor https://"],
                     self.link.replace("chinwag://", "http://"))

    def test_a_port_that_is_closed(self):
        link = f"chinwag://{self.closed}/#c0de,{self.relay.key}"
        self.invited(UNREACHABLE, [f"cannot reach the server at {self.closed} (cannot connect: "
                                   "Connection refused)", CHECK], link)
        self.at(UNREACHABLE, [f"https://{self.closed} was asked for the key: cannot connect: "
                              "Connection refused", "--invitation LINK"], self.closed)
        self.at(UNREACHABLE, ["Connection refused", CHECK], f"wss://{self.closed}")

    def test_a_link_for_the_servers_own_machine(self):
        """The server prints one for its first user; taken to another machine it leads nowhere."""
        here = self.closed.replace("0.0.0.0", "127.0.0.1")
        self.invited(UNREACHABLE, [f"cannot reach the server at {here}", "also in a link"],
                     f"chinwag://{here}/#c0de,{self.relay.key}")

    def test_a_port_of_another_program(self):
        name = f"0.0.0.0:{self.web().port}"
        self.invited(UNREACHABLE, ["the peer does not speak ZMTP", CHECK],
                     f"chinwag://{name}/#c0de,{self.relay.key}")
        self.at(UNREACHABLE, ["the peer does not speak TLS", CHECK], f"wss://{name}")
        self.at(UNREACHABLE, [f"https://{name} was asked for the key: the peer does not speak TLS"],
                name)

    def test_a_host_that_is_not_found(self):
        link = f"chinwag://chat.invalid/#c0de,{self.relay.key}"
        self.invited(UNREACHABLE, ["cannot find the host", CHECK], link)

    def test_wss_with_a_certificate_of_its_own(self):
        self.at(UNREACHABLE, ["is not confirmed", f"--accept-key {self.relay.pin}"],
                f"wss://{self.relay.name}")

    def test_a_link_in_another_place(self):
        self.at(WRONG_USE, [f"It looks like an invitation link: --invitation '{self.link}'"],
                self.link)
        result = self.run_command("register", self.link)
        self.assertEqual(result[0], WRONG_USE)
        self.assertIn(f"chinwag register NAME --invitation '{self.link}'", result[2])

    def test_a_web_address_as_server(self):
        self.at(WRONG_USE, ["bad address", f"wss://{self.relay.name}"],
                f"https://{self.relay.name}")
        self.at(WRONG_USE, ["bad address", "HOST:PORT"], f"http://{self.relay.name}")

    def test_an_invitation_that_is_not_good(self):
        server = self.start_server(registration="invited")
        self.at(REFUSED, ["this invitation is not good, or not any more: ask for another one"],
                server, "--invitation", "c0de")

    def test_a_link_for_others_of_a_local_address(self):
        """invite says that others cannot use it as it is."""
        name = f"127.0.0.1:{self.relay.port}"
        self.done("--server", name, "--server-key", self.relay.key, "register", "alice")
        code, out, err = self.run_command("invite")
        self.assertEqual((code, len(out.splitlines())), (0, 2))
        self.assertIn("this link is for people at this machine", err)

    def start_server(self, **settings):
        self.server.stop()
        self.server.settings.update(settings)
        self.server.start()
        return f"{self.server.address}:{self.server.port}"


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
