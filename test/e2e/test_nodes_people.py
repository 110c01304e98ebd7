"""What belongs to a user and is used at another of several chinwagd than where it was made: push
subscriptions, and login links, which need NATS for it (test_bus.py). Run by tools/with_postgres.

PATH OF CHINWAGD, the folder of test/node."""

import os
import sys
import tempfile

from harness import PASSWORD, main
from nats import BUS, Nats
from push_service import Browser, PushService
from test_nodes import WithNodes
from test_postgres import ask

LINK_WORN = 1027


class Pushing(WithNodes):
    """bob's browser subscribes at the first node; alice writes at the second. There is a bus, so that
    the second knows of his presence, where there is a nats-server."""

    bus = {}

    def setUp(self):
        if BUS:
            nats = Nats()
            self.addCleanup(nats.close)
            self.bus = {"bus": nats.url()}
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.service = self.enterContext(PushService(folder))
        self.browser = self.enterContext(Browser(NODE))
        os.environ["SSL_CERT_FILE"] = self.service.certificate + ".crt"
        self.addCleanup(os.environ.pop, "SSL_CERT_FILE")
        super().setUp()
        self.second = self.node(2).start()
        self.bob = self.extended(self.server, "bob")
        self.alice = self.extended(self.second, "alice")

    def other(self, **settings):
        return super().other(**{"push_hosts": "localhost", "push_private": "yes",
                                "public_name": "chat.example.org", **self.bus, **settings})

    def subscribe(self):
        self.assertEqual(self.do(self.bob, "subscribe_push", self.service.url("bob"),
                                 self.browser.p256dh, self.browser.auth, 1), 0)

    def key_of(self, peer):
        peer.send("request", "push_key", peer.name, peer.token)
        while (message := peer.recv())[:2] != ["response", "push_key"]:
            pass
        return message[3]

    def said(self):
        _, _, body = self.service.posts.get(timeout=60)
        return self.browser.open(body)["text"]

    def test_a_message_of_another_node_is_pushed(self):
        """Although he is there, at the first one. Also by a node that starts later; and all sign by one
        key."""
        self.subscribe()
        self.assertEqual(self.do(self.alice, "add_contact", "bob"), 0)
        if self.bus:
            self.wait_state(self.alice, "bob", "online")
        self.assertEqual(self.do(self.alice, "whisper", "bob", "hello"), 0)
        self.assertEqual(self.said(), "hello")
        self.assertEqual(self.key_of(self.alice), self.key_of(self.bob))
        third = self.node(3).start()
        carol = self.extended(third, "carol")
        self.assertEqual(self.do(carol, "whisper", "bob", "hello, too"), 0)
        self.assertEqual(self.said(), "hello, too")
        self.assertTrue(self.service.posts.empty(), "it is pushed by more than one")

    def test_what_the_service_does_not_know_ends(self):
        self.service.answers = {"/bob": [410]}
        self.subscribe()
        self.assertEqual(self.do(self.bob, "set_presence", "away"), 0)
        self.assertEqual(self.do(self.alice, "whisper", "bob", "hello"), 0)
        self.wait_for("SELECT count(*) = 0 FROM chinwag.pushes")

    def test_it_ends_with_its_session(self):
        """Which somebody ends at the other node."""
        self.subscribe()
        self.assertEqual(ask(self.database, "SELECT count(*) FROM chinwag.pushes"), "1")
        elsewhere = self.extended(self.second, "bob")
        self.assertEqual(self.do(elsewhere, "change_password", PASSWORD, "another horse"), 0)
        self.assertEqual(ask(self.database, "SELECT count(*) FROM chinwag.pushes"), "0")


class Linked(WithNodes):
    def open(self, server, link):
        """A new device at this server; what it is answered is not waited for."""
        device = self.peer_of(server)
        device.send("request", "login_by_link", link, "123456", {})
        return device

    def answer(self, device):
        while (message := device.recv())[:2] != ["response", "login_by_link"]:
            pass
        return message

    def test_a_link_is_opened_where_it_was_made(self):
        """Without NATS it is refused at another node, and stays good."""
        second = self.node(2).start()
        alice = self.extended(self.server, "alice")
        alice.send("request", "make_link", "alice", alice.token, PASSWORD)
        link = alice.recv()[3]
        elsewhere = self.answer(self.open(second, link))
        self.assertEqual((elsewhere[2], elsewhere[3]["rule"]), (LINK_WORN, "link_not_good"))
        device = self.open(self.server, link)
        while self.do(alice, "confirm_link", "123456") != 0:
            pass  # it is not open yet
        answer = self.answer(device)
        self.assertEqual(answer[2], 0)
        token = answer[4]  # behind the name
        # The session is good at each of them.
        self.assertEqual(self.attach(second, token), 0)

    def attach(self, server, token):
        device = self.peer_of(server)
        device.send("request", "attach", "alice", token, {})
        while (message := device.recv())[:2] != ["response", "attach"]:
            pass
        return message[2]


if __name__ == "__main__":
    NODE = sys.argv.pop(2)
    main()
