"""The exact bytes of a connection's beginning, and their order, whatever comes in
one piece; and what the server's PING says."""

import struct

from harness import PASSWORD, Raw, ServerTest, encode, main


def frame(body):
    return bytes([0, len(body)]) + body


class InOnePiece(ServerTest):
    SERVER_READY = b"\x05READY\x0bSocket-Type\x00\x00\x00\x06ROUTER"

    def expect_beginning(self, peer):
        greeting = peer.recv_exactly(Raw.SERVER_GREETING_LENGTH)
        self.assertEqual(greeting, b"\xff" + bytes(8) + b"\x7f\x03\x01NULL" + bytes(48))
        flags, ready = peer.recv_frame()
        self.assertEqual(flags, 4)
        self.assertTrue(ready.startswith(self.SERVER_READY), ready)

    def test_the_greeting_comes_before_an_answer(self):
        """Answers that are there at once, and such that come later."""
        for i in range(20):
            asks = (("nonsense", ()), ("register", (f"user{i}", PASSWORD)), ("whisper", ("x",)))
            for action, arguments in asks:
                with self.subTest(action=action, round=i):
                    peer = self.raw()
                    request = frame(encode("request", action, *arguments))
                    peer.send(Raw.GREETING + Raw.ready() + request)
                    self.expect_beginning(peer)
                    code = {"nonsense": 1024, "register": 0, "whisper": 1023}[action]
                    self.assertEqual(peer.recv(), ["response", action, code])
                    peer.close()

    def test_the_greeting_comes_before_a_refusal(self):
        peer = self.raw()
        bad = frame(b"\xc1")
        peer.send(Raw.GREETING + Raw.ready() + bad * 3)
        self.expect_beginning(peer)
        for _ in range(3):
            self.assertEqual(peer.recv(), ["response", "", 1023])
        self.assertEqual(peer.recv_until_closed(), b"")

    def test_the_greeting_comes_before_an_error(self):
        peer = self.raw()
        peer.send(Raw.GREETING + Raw.ready(b"PUB") + frame(b"\xc1"))
        self.expect_beginning(peer)
        flags, error = peer.recv_frame()
        self.assertEqual((flags, error[:6]), (4, b"\x05ERROR"))

    def test_a_multipart_message_and_the_greeting(self):
        peer = self.raw()
        peer.send(Raw.GREETING + Raw.ready() + b"\x01\x01a" + b"\x00\x01b")
        self.expect_beginning(peer)
        self.assertEqual(peer.recv(), ["response", "", 1023])

    def test_pongs_and_answers_keep_the_order_of_what_was_asked(self):
        peer = self.raw()
        ping = b"\x04\x08\x04PING\x00\x00%d"
        ask = frame(encode("request", "nonsense"))
        peer.send(Raw.GREETING + Raw.ready() + b"".join(ping % i + ask for i in range(8)))
        self.expect_beginning(peer)
        for i in range(8):
            self.assertEqual(peer.recv_frame(), (4, b"\x04PONG%d" % i))
            self.assertEqual(peer.recv_frame(), (0, encode("response", "nonsense", 1024)))


class Pings(ServerTest):
    settings = {"ping_idle_ms": 100}

    def next_ping(self, peer):
        flags, command = peer.recv_frame()
        self.assertEqual((flags, command[:5]), (4, b"\x04PING"))
        return struct.unpack(">H", command[5:7])[0], command[7:]

    def test_its_ttl_is_one_that_libzmq_can_count(self):
        """libzmq keeps TTL x 100 ms in 16 bits."""
        peer = self.raw()
        peer.handshake()
        self.assertEqual(self.next_ping(peer), (600, b""))

    def test_a_peer_that_answers_is_asked_again(self):
        peer = self.raw()
        peer.handshake()
        for _ in range(3):
            ttl, context = self.next_ping(peer)
            pong = b"\x04PONG" + context
            peer.send(bytes([4, len(pong)]) + pong)

    def test_a_probe_has_the_same_ttl(self):
        alice = self.user("alice")
        peer = self.raw()
        peer.handshake()
        for action in ("register", "login"):
            peer.request("request", action, "bob", PASSWORD)
            self.assertEqual(peer.recv()[:3], ["response", action, 0])
        alice.ask("whisper", "bob", "hello")
        self.assertEqual(peer.recv(), ["update", "whisper", "alice", "hello"])
        ttl, context = self.next_ping(peer)
        while len(context) == 0:  # one for the silence before it
            ttl, context = self.next_ping(peer)
        self.assertEqual((ttl, len(context)), (600, 8))

    def test_floods_of_commands_end_the_connection(self):
        for command in (b"\x04\x05\x04PONG", b"\x04\x09\x04PONG" + bytes(4),
                        b"\x04\x0b\x09SUBSCRIBEa", b"\x04\x02\x01X"):
            with self.subTest(command=command):
                peer = self.raw()
                peer.handshake()
                try:
                    for _ in range(50):
                        peer.send(command * 100)
                except ConnectionError:
                    pass
                self.assertLess(len(peer.recv_until_closed()), 4096)


if __name__ == "__main__":
    main()
