"""The first message after a drop may be a recording of megabytes: a plain client that
does not know of the drop sends it to a connection that is not logged in. It is taken
if its head names a session, and answered if not; the connection stays."""

import struct
import uuid

import msgpack
from harness import PASSWORD, Raw, ServerTest, encode, main

# 14 s of 44,100 Hz, 1.8 MB
SAMPLES = msgpack.packb([1000 + i % 7 for i in range(617400)])


def recording(name, token, action="voice_msg"):
    return encode("request", action, name, token, "bob", 1, 44100) + SAMPLES


class FirstMessage(ServerTest):
    settings = {"requests_burst": 200}

    def setUp(self):
        super().setUp()
        self.alice, self.bob = self.user("alice"), self.user("bob")

    def stranger(self, **options):
        peer = self.raw()
        peer.handshake(**options)
        return peer

    def bob_hears_it(self):
        update = self.bob.recv()
        self.assertEqual(update[:5], ["update", "voice_msg", "alice", 1, 44100])
        self.assertEqual(len(update[5]), 617400)

    def test_with_a_good_token(self):
        peer = self.stranger()
        peer.send_frame(recording("alice", self.alice.token))
        self.assertEqual(peer.recv(), ["response", "voice_msg", 0])
        self.bob_hears_it()
        peer.request("request", "whisper", "alice", self.alice.token, "bob", "still here")
        self.assertEqual(peer.recv(), ["response", "whisper", 0])

    def test_in_one_piece_with_the_handshake_and_what_follows(self):
        peer = self.raw()
        body = recording("alice", self.alice.token)
        whisper = encode("request", "whisper", "alice", self.alice.token, "bob", "and this")
        peer.send(Raw.GREETING + Raw.ready() + b"\x02" + struct.pack(">Q", len(body)) + body
                  + bytes([0, len(whisper)]) + whisper)
        peer.recv_exactly(Raw.SERVER_GREETING_LENGTH)
        peer.recv_frame()
        self.assertEqual(peer.recv(), ["response", "voice_msg", 0])
        self.assertEqual(peer.recv(), ["response", "whisper", 0])
        self.bob_hears_it()
        self.bob.expect("update", "whisper", "alice", "and this")

    def test_in_small_pieces(self):
        peer = self.stranger(minor=0)
        body = recording("alice", self.alice.token)
        stream = b"\x02" + struct.pack(">Q", len(body)) + body
        at = 0
        for n in [1] * 40 + [100] * 20 + [len(stream)]:
            peer.send(stream[at:at + n])
            at += n
        self.assertEqual(peer.recv(), ["response", "voice_msg", 0])
        self.bob_hears_it()

    def test_a_req_socket(self):
        peer = self.stranger(socket_type=b"REQ")
        peer.send(b"\x01\x00")
        peer.send_frame(recording("alice", str(uuid.uuid4())))
        self.assertEqual(peer.recv_frame(), (1, b""))
        self.assertEqual(peer.recv()[:2], ["response", "voice_msg"])

    def refused(self, body, *answer):
        peer = self.stranger()
        peer.send_frame(body)
        self.assertEqual(peer.recv(), ["response", *answer])
        # All of it has been skipped, and what follows is understood.
        peer.request("request", "nonsense")
        self.assertEqual(peer.recv(), ["response", "nonsense", 1024])

    def test_with_a_wrong_token(self):
        peer = self.stranger()
        peer.request("request", "attach", "alice", str(uuid.uuid4()))
        code = peer.recv()[2]  # whatever the protocol says of it
        self.assertNotEqual(code, 0)
        self.refused(recording("alice", str(uuid.uuid4())), "voice_msg", code)

    def test_of_nobody(self):
        self.refused(recording("nobody", str(uuid.uuid4())), "voice_msg", 512)

    def test_that_has_no_token(self):
        self.refused(encode("request", "login", "alice", PASSWORD, "x" * 20000), "login", 1025)

    def test_that_nobody_knows(self):
        self.refused(encode("request", "dance", "x" * 20000), "dance", 1024)

    def test_that_is_no_message(self):
        self.refused(b"\xc1" * 20000, "", 1023)

    def test_another_long_message(self):
        """The session is attached, as by any request with its token."""
        peer = self.stranger()
        peer.request("request", "whisper", "alice", self.alice.token, "bob", "x" * 70000)
        self.assertEqual(peer.recv(), ["response", "whisper", 1025])
        peer.request("request", "whisper", "alice", self.alice.token, "bob", "short")
        self.assertEqual(peer.recv(), ["response", "whisper", 0])

    def test_that_never_ends(self):
        """What a stranger sends is not kept."""
        memory = self.server.memory_kib()
        peers = [self.stranger() for _ in range(20)]
        for peer in peers:
            peer.send(b"\x02" + struct.pack(">Q", 16 * 1024 * 1024)
                      + encode("request", "voice_msg", "alice", str(uuid.uuid4()), "bob", 1, 44100)
                      + SAMPLES)
        for peer in peers:
            self.assertEqual(peer.recv()[:2], ["response", "voice_msg"])
        self.assertLess(self.server.memory_kib() - memory, 8 * 1024)


if __name__ == "__main__":
    main()
