"""Audio of calls by datagrams, against a real server: by a client that is written from the document,
beside clients that have only their connections; and datagrams that are wrong."""

import base64
import os
import re
import secrets
import socket
import struct
import sys
import threading
import types
import unittest

import msgpack

from datagrams import CHALLENGE, PROBE, PROOF, TWICE, Datagrams
from harness import PASSWORD, Server, ServerTest, at_once, main
from test_voice import PACKET, packets

PAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../docs/protocol.md")


class DatagramTest(ServerTest):
    def setUp(self):
        super().setUp()
        self.ways = []
        self.addCleanup(lambda: [way.close() for way in self.ways])
        self.alice = self.user_with("alice", "opus", "udp")
        self.bob = self.user_with("bob", "opus", "udp")
        self.alice.ask("create_group", "cooks")
        self.bob.ask("join_group", "cooks")

    def user_with(self, name, *features):
        peer = self.peer().register(name)
        peer.send("request", "login", name, PASSWORD, {"features": list(features)})
        peer.name, peer.token = peer.recv()[3:5]
        return peer

    def join(self, peer):
        peer.send("request", "join_call", peer.name, peer.token, "cooks")
        answer = peer.recv()
        self.assertEqual(answer[:4], ["response", "join_call", 0, "cooks"])
        return answer[4] if len(answer) > 4 else {}

    def way(self, peer, live=True):
        way = Datagrams(self.server, self.join(peer))
        self.ways.append(way)
        if live:
            way.live()
        return way

    def heard(self, peer, packet):
        peer.expect("update", "call_data", "alice", msgpack.ExtType(PACKET, packet))


class Ways(DatagramTest):
    def test_both_ways(self):
        alice, bob = self.way(self.alice), self.way(self.bob)
        self.assertNotEqual(alice.id, bob.id)
        for packet in packets(5):
            alice.speak(packet.data)
            self.assertEqual(bob.audio(), ("alice", packet.data))
            bob.speak(packet.data)
            self.assertEqual(alice.audio(), ("bob", packet.data))

    def test_beside_those_who_have_only_a_connection(self):
        carol, dave = self.user_with("carol", "opus"), self.user_with("dave", "udp")
        for peer in (carol, dave):
            peer.ask("join_group", "cooks")
            self.assertEqual(list(self.join(peer)), ["list"])
        alice, bob = self.way(self.alice), self.way(self.bob)
        packet = packets(1)[0]
        alice.speak(packet.data)
        self.assertEqual(bob.audio(), ("alice", packet.data))
        self.heard(carol, packet.data)
        update = dave.recv()
        self.assertEqual(update[:3], ["update", "call_data", "alice"])
        self.assertIsInstance(update[3], list)

    def test_who_is_silent_is_sent_by_the_connection(self):
        alice = self.way(self.alice)
        never, packet = self.way(self.bob, live=False), packets(1)[0].data
        alice.speak(packet)
        self.heard(self.bob, packet)  # no probe came
        never.probe()
        challenge = never.recv()
        self.assertEqual(challenge[0], CHALLENGE)
        alice.speak(packet)
        self.heard(self.bob, packet)  # the challenge was not met yet
        never.send(bytes([PROOF]) + challenge[1:])
        never.answer()
        alice.speak(packet)
        self.heard(self.bob, packet)  # nor has it said that it hears the server
        never.live()
        alice.speak(packet)
        self.assertEqual(never.audio(), ("alice", packet))
        for _ in range(4):
            never.number += 1
            never.send(bytes([PROBE]) + never.number.to_bytes(4, "big") +
                       (never.number - 4).to_bytes(4, "big") + bytes(9))  # it hears nothing
            never.recv()
        alice.speak(packet)
        self.heard(self.bob, packet)

    def test_a_new_address(self):
        alice, bob, packet = self.way(self.alice), self.way(self.bob), packets(1)[0].data
        bob.move()
        bob.speak(packet)
        self.assertEqual(alice.audio(), ("bob", packet))
        bob.answer()
        bob.probe()
        bob.answer()
        alice.speak(packet)
        self.assertEqual(bob.audio(), ("alice", packet))

    def test_twice(self):
        """What was lost on the way to the server comes with the next, and what a listener may have
        lost, too, if it wishes so; nothing is heard twice."""
        alice, bob = self.way(self.alice), self.way(self.bob)
        first, lost, late, fourth = (packet.data for packet in packets(4))
        alice.speak(first)
        self.assertEqual(bob.audio(), ("alice", first))
        alice.sealed(b"\0" + lost)
        alice.speak_twice(lost, late)
        self.assertEqual(bob.audio(), ("alice", lost, "again"))
        self.assertEqual(bob.audio(), ("alice", late))
        delayed = alice.sealed(b"\0" + first)
        alice.speak_twice(first, fourth)
        alice.send_raw(delayed)  # it was not lost
        self.assertEqual(bob.audio(), ("alice", first, "again"))
        self.assertEqual(bob.audio(), ("alice", fourth))
        alice.speak_twice(fourth, late)
        self.assertEqual(bob.audio(), ("alice", late))  # it has the other one
        bob.probe(twice=True)
        bob.answer()
        alice.speak(first)
        self.assertEqual(bob.two(), (2, ("alice", late), ("alice", first)))  # the answer between
        alice.speak(fourth)
        self.assertEqual(bob.two(), (1, ("alice", first), ("alice", fourth)))
        bob.probe()
        bob.answer()
        alice.speak(late)
        self.assertEqual(bob.audio(), ("alice", late))

    def test_a_muted_speaker_and_one_who_left(self):
        alice, bob = self.way(self.alice), self.way(self.bob)
        good = [packet.data for packet in packets(3)]
        self.alice.ask("mute", "cooks", "bob", 5)
        bob.speak(good[0])
        bob.silent()
        self.alice.ask("mute", "cooks", "bob", 0)
        bob.speak(good[1])
        self.assertEqual(alice.audio(), ("bob", good[1]))
        self.bob.ask("leave_call")
        bob.speak(good[2])
        bob.silent()
        alice.silent()
        again = self.way(self.bob)
        self.assertNotEqual(again.id, bob.id)
        bob.speak(good[2])  # the key of the call before
        again.speak(good[0])
        self.assertEqual(alice.audio(), ("bob", good[0]))


class Wrong(DatagramTest):
    def test_what_is_no_packet(self):
        alice, bob, good = self.way(self.alice), self.way(self.bob), packets(1)[0].data
        for wrong in (b"", good[:8], good[:8] + b"\x1b\x06", good[:8] + b"\xff" * 20,
                      good[:8] + b"\xff" * 1275):
            alice.speak(wrong)
        for kind in (1, 2, 3, 4, 5, 6, 255):
            alice.send(bytes([kind]) + b"?" * 7)
        for wrong in (b"\0", b"\x01", b"\x01\0", b"\x01\xff\xff", b"\0\0\0" + good,
                      b"\xff\0\0", b"\x01\0\x05" + b"?" * 4):
            alice.send(bytes([TWICE]) + wrong)
        alice.speak(good)
        self.assertEqual(bob.audio(), ("alice", good))

    def test_forged_repeated_truncated_foreign(self):
        alice, bob, good = self.way(self.alice), self.way(self.bob), packets(2)
        sent = alice.speak(good[0].data)
        self.assertEqual(bob.audio(), ("alice", good[0].data))
        stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        stranger.connect(alice.server)
        for wrong in (sent, sent[:40], sent[:-1], sent + b"!", b"", b"\xc5", sent[:1],
                      sent[:1] + secrets.token_bytes(8) + sent[9:],
                      sent[:9] + bytes(8) + sent[17:], sent[:9] + b"\xff" * 8 + sent[17:],
                      alice.sealed(b"\0" + good[1].data)[:-1] + b"!"):
            alice.send_raw(wrong)
            stranger.send(wrong)
        alice.speak(good[1].data)
        self.assertEqual(bob.audio(), ("alice", good[1].data))
        stranger.setblocking(False)
        self.assertRaises(BlockingIOError, stranger.recv, 100)  # none was answered
        stranger.close()

    def test_a_reflected_address_gets_less_than_was_sent(self):
        alice, bob = self.way(self.alice), self.way(self.bob)
        victim = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        victim.connect(alice.server)
        cause = effect = 0
        for packet in packets(60):
            cause += victim.send(alice.sealed(b"\0" + packet.data))  # captured, sent from there
            self.assertEqual(bob.audio(), ("alice", packet.data))
            bob.speak(packet.data)
            self.assertEqual(alice.audio()[0], "bob")  # what she hears goes on to her
        victim.setblocking(False)
        try:
            while True:
                effect += len(victim.recv(2048))
        except BlockingIOError:
            pass
        victim.close()
        self.assertLess(effect, cause)

    def test_a_flood_disturbs_nobody(self):
        alice, bob, good = self.way(self.alice), self.way(self.bob), packets(50)
        sent = alice.speak(good[0].data)
        bob.audio()
        over = threading.Event()

        def flood():
            stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            stranger.connect(alice.server)
            try:
                for _ in range(10_000):  # so many ids, and what has a good one
                    stranger.send(b"\xc5" + secrets.token_bytes(60))
                    stranger.send(sent[:-1] + b"!")
            finally:
                stranger.close()
                over.set()

        def ask():
            """The kernel drops what nobody reads in time, so some of what is said may be lost; the
            connections are not concerned."""
            while not over.is_set():
                self.bob.nothing_waits()

        at_once(ask, flood)
        alice.live()
        bob.live()
        alice.speak(good[1].data)
        self.assertEqual(bob.audio(), ("alice", good[1].data))


class Reports(DatagramTest):
    settings = {"call_frames_per_s": 0}  # as many packets as it takes

    def test_a_listener_who_lies_does_not_steer(self):
        """What a speaker is told of the loss behind the server is the middle one of the listeners'
        reports: two of three who claim that nothing came are believed, one is not."""
        alice, listeners = self.way(self.alice), [self.way(self.bob)]
        for name in ("carol", "dave"):
            peer = self.user_with(name, "opus", "udp")
            peer.ask("join_group", "cooks")
            listeners.append(self.way(peer))
        packet, frozen = bytes(8) + b"\xe0short", {}  # 2.5 ms: the rate of audio is limited, too

        def told(*liars):
            """Per cent, after some packets. Who lies says that nothing more has come."""
            for _ in range(30):
                alice.speak(packet)
            for i, listener in enumerate(listeners):
                if i not in liars:
                    frozen.pop(i, None)
                listener.probe(got=frozen.setdefault(i, listener.got) if i in liars else None)
                listener.answer()
            alice.probe()
            return alice.answer()[13]

        for _ in range(10):
            self.assertEqual(told(), 0)
        while told(1, 2) < 50:
            pass
        while told(2) != 0:
            pass


    def test_a_listener_by_datagrams_does_not_decide_for_those_by_connections(self):
        alice, bob = self.way(self.alice), self.way(self.bob)
        packet, frozen = bytes(8) + b"\xe0short", bob.got

        def told():
            for _ in range(30):
                alice.speak(packet)
            bob.probe(got=frozen)  # nothing more has come, it says
            bob.answer()
            alice.probe()
            return alice.answer()[13]

        while told() < 50:
            pass
        for name in ("carol", "dave"):
            peer = self.user_with(name, "opus")
            peer.ask("join_group", "cooks")
            self.join(peer)
        while told() != 0:
            pass


class Document(unittest.TestCase):
    def test_the_datagram_of_the_page(self):
        with open(PAGE, encoding="utf-8") as file:
            page = file.read().split("\n### Datagrams\n")[1]
        shown = re.search(r"^    (c5 .*\n(?:    [0-9a-f ]+\n)+)", page, re.M)[1]
        key = re.search(r"with the key `([0-9a-f]{64})`", page)[1]
        told = {"udp_key": base64.urlsafe_b64encode(bytes(range(40))).decode().rstrip("=")}
        way = Datagrams(types.SimpleNamespace(address="127.0.0.1", port=9), told)
        self.addCleanup(way.close)
        self.assertEqual(way.to_server.hex(), key)
        self.assertEqual(way.sealed(b"\1" + struct.pack(">IIIIB", 1, 0, 0, 0, 0)).hex(" "),
                         " ".join(shown.split()))


class Settings(unittest.TestCase):
    def told(self, server, way=None):
        test = DatagramTest()
        test.server, test.peers, test.ways = server, [], []
        alice = test.user_with("alice", "opus", "udp")
        alice.ask("create_group", "cooks")
        told = test.join(alice)
        if way:
            way(told)
        alice.close()
        return told

    def test_off(self):
        with Server(udp="no") as server:
            self.assertEqual(self.told(server), {"list": [{"name": "alice"}]})

    def test_behind_another_address(self):
        with Server(udp_public="chat.example.org:4242") as server:
            self.assertEqual(self.told(server)["udp"], "chat.example.org:4242")

    def test_an_answer_comes_from_where_the_question_went(self):
        """Of several addresses of a machine; the socket takes nothing from another one."""
        def way(told):
            alice = Datagrams(server, told, "127.0.0.2")
            alice.live()
            alice.close()

        server = Server(password_cost="interactive", registration="open")
        server.attributes = " plaintext"
        server.address = "0.0.0.0"
        with server:
            server.address = "127.0.0.1"
            self.told(server, way)


if __name__ == "__main__":
    os.environ["OPUS_TOOL"] = os.path.abspath(sys.argv.pop(2))
    main()
