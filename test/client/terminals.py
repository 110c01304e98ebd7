"""Tests of the terminal client: terminals that go when the test ends."""

import os

from command import Commands
from harness import Peer, Server, loopback_address
from tmux import Terminal


class Terminals(Commands):
    def setUp(self):
        super().setUp()
        self.terminals, self.opened = [], 0

    def tearDown(self):
        for terminal in self.terminals:  # before the folder with its socket goes
            terminal.close()
        super().tearDown()

    def run_in(self, command, environment, *size):
        """Each terminal has a folder of its own: several may stand side by side, and the tmux of one
        before may still be ending."""
        self.opened += 1
        folder = self.path(f"terminal{self.opened}")
        os.mkdir(folder)
        terminal = Terminal(folder, command, environment, *size)
        self.terminals.append(terminal)
        return terminal

    @staticmethod
    def another_server():
        """At another address: the screen cuts names before their ports."""
        server = Server()
        server.address = loopback_address(164)
        return server

    def by(self, name, *arguments):
        return self.done("--as", name, *arguments)

    def open(self, *arguments, columns=80, rows=24, **changes):
        environment = {k: v for k, v in {**self.environment, **changes}.items() if v is not None}
        return self.run_in([os.environ["CHINWAG"], *arguments], environment, columns, rows)

    def cook(self):
        """alice and bob in the group #cooks."""
        self.register("alice", "bob")
        self.by("alice", "group", "create", "cooks")
        self.by("bob", "group", "join", "cooks")

    def fill(self, count):
        """Many messages in #cooks, faster than by a command each."""
        peer = Peer(self.server).login_extended("bob")
        self.ask_many(peer, (("msg_group", "bob", peer.token, "cooks", f"line {number} of bob")
                             for number in range(1, count + 1)))
        peer.close()

    def ask_many(self, peer, requests):
        """As many at once as a connection may have unanswered."""
        open_ones = 0
        for request in requests:
            peer.send("request", *request)
            open_ones += 1
            while open_ones == 50:
                open_ones -= self.is_answer(peer.recv())
        while open_ones > 0:
            open_ones -= self.is_answer(peer.recv())

    def is_answer(self, message):
        if message[0] != "response":
            return 0
        self.assertEqual(message[2], 0, message)
        return 1

    def history(self, name, place):
        return [line.split(" ", 2)[2] for line in
                self.by(name, "history", place, "--limit", "200").splitlines()]
