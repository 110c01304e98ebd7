"""Several chinwagd on one PostgreSQL. Run by tools/with_postgres, which starts the PostgreSQL."""

import os
import signal
import time

from harness import PATIENCE, Peer, is_readable, main
from test_postgres import WithDatabase, ask, url


class WithNodes(WithDatabase):
    """`self.server` is the first node; the others have folders of their own with its files."""

    def setUp(self):
        super().setUp()
        self.server.start()
        newcomer = Peer(self.server)
        for name in "alice", "bob", "carol":
            newcomer.register(name)
        newcomer.close()

    def node(self, number):
        server = self.other(store=url(self.database), node=number)
        os.mkdir(server.data, 0o700)
        os.symlink(os.path.join(self.server.data, "blobs"), os.path.join(server.data, "blobs"))
        return server

    def at(self, server, name):
        peer = Peer(server)
        self.addCleanup(peer.close)
        return peer.login(name)

    def group(self, *peers):
        peers[0].ask("create_group", "g", answer=["g"])
        for peer in peers[1:]:
            peer.ask("join_group", "g", answer=["g"])

    def say(self, peer, text):
        peer.send("request", "msg_group", peer.name, peer.token, "g", text)

    def texts(self, peer, count):
        """The next messages that the peer gets."""
        got = []
        while len(got) < count:
            message = peer.recv()
            if message[:2] == ["update", "msg_group"]:
                got.append(message[4])
        return got

    def numbers(self, where="true"):
        """How many messages there are, and the last id and number."""
        return ask(self.database, "SELECT count(*), max(id), max(seq) FROM chinwag.messages WHERE "
                   + where)


class Talking(WithNodes):
    def test_what_is_said_at_one_is_heard_at_the_other(self):
        second = self.node(2).start()
        alice, bob = self.at(self.server, "alice"), self.at(second, "bob")
        alice.ask("whisper", "bob", "one")
        bob.expect("update", "whisper", "alice", "one")
        bob.ask("whisper", "alice", "two")
        alice.expect("update", "whisper", "bob", "two")
        self.assertEqual(self.numbers(), "2|2|2")
        self.assertEqual(second.stop(), 0)
        self.assertEqual(self.server.stop(), 0)


if __name__ == "__main__":
    main()
