"""Whatever the connections of one user do, the server's memory stays within bounds,
and an honest recording of a megabyte beside them is accepted. A build with sanitizers
has memory of its own: there the server's accounts are asked."""

import select
import struct
import time

import msgpack
from harness import PASSWORD, PATIENCE, ServerTest, encode, main

MEMORY_MAX = 256 * 1024 * 11 // 10  # KiB: 256 MiB and 10 %
HONEST = msgpack.packb([1000] * 350000)  # 8 s of 44,100 Hz, 1.05 MB
LONGEST = 16 * 1024 * 1024


class Memory(ServerTest):
    settings = {"frame_window_ms": 1000, "sessions_per_user": 40}

    def setUp(self):
        super().setUp()
        self.alice, self.bob = self.user("alice"), self.user("bob")
        with open(self.server.binary, "rb") as file:
            self.judged = b"__asan_init" not in file.read()
        self.before = self.server.memory_kib()

    def grown(self):
        """KiB, of what the system counts or of the accounts, which must agree to that."""
        held, most = self.server.accounts()
        self.assertLessEqual(held, most)
        self.assertLess(most, 1024 * MEMORY_MAX)
        return self.server.memory_kib() - self.before if self.judged else held // 1024

    def all_is_given_back(self, peers):
        for peer in peers:
            peer.close()
            self.peers.remove(peer)
        deadline = time.monotonic() + PATIENCE
        while (held := self.server.accounts()[0]) != 0:
            self.assertLess(time.monotonic(), deadline, f"{held} bytes are held for nobody")

    def mallory(self, register=False, minor=1, **options):
        peer = self.raw(**options)
        peer.handshake(minor=minor)
        if register:
            peer.request("request", "register", "mallory", PASSWORD)
            self.assertEqual(peer.recv(), ["response", "register", 0])
        peer.request("request", "login", "mallory", PASSWORD)
        peer.token = peer.recv()[4]
        return peer

    def an_honest_recording_is_accepted(self):
        self.alice.send_bytes(encode("request", "voice_msg", "alice", self.alice.token, "bob", 1,
                                     44100) + HONEST)
        self.alice.expect("response", "voice_msg", 0)
        self.assertEqual(self.bob.recv()[:2], ["update", "voice_msg"])

    def flood(self, peers, data, most):
        """Until the server does not read any more; how many bytes went out."""
        sent = dict.fromkeys(peers, 0)
        for peer in peers:
            peer.socket.setblocking(False)
        writable = peers
        while writable and max(sent.values()) < most:
            _, ready, _ = select.select([], [p.socket for p in writable], [], 1)
            writable = [p for p in writable if p.socket in ready]
            for peer in writable:
                try:
                    sent[peer] += peer.socket.send(data)
                except BlockingIOError:
                    pass
        return sent

    def test_answers_that_nobody_reads(self):
        peers = [self.mallory(register=i == 0, receive_buffer=4096) for i in range(4)]
        one = encode("x", "y")
        sent = self.flood(peers, (bytes([0, len(one)]) + one) * 5000, 100 << 20)
        self.assertLess(max(sent.values()), 100 << 20, "it reads on")
        self.assertLess(self.grown(), 32 * 1024)
        self.assertGreater(self.server.accounts()[0], 64 * 1024)  # it is held, and charged
        self.an_honest_recording_is_accepted()
        self.all_is_given_back(peers)

    def test_unfinished_frames(self):
        peers = [self.mallory(register=i == 0, minor=0) for i in range(12)]
        frame = b"\x02" + struct.pack(">Q", LONGEST) + bytes(1 << 20)
        self.flood(peers, frame, 1 << 20)
        self.assertGreater(self.server.accounts()[1], 12 << 20)
        self.an_honest_recording_is_accepted()
        self.assertLess(self.grown(), MEMORY_MAX)
        for peer in peers:  # nothing more comes of them: they are closed
            peer.socket.settimeout(20)
            peer.recv_until_closed()
        self.all_is_given_back(peers)

    def test_recordings_that_nobody_reads(self):
        samples = b"\xdd" + struct.pack(">I", 5292000) + b"\xcd\x00\xff" * 5292000
        mallory = self.extended("mallory")
        mallory.send_bytes(encode("request", "voice_msg", "mallory", mallory.token, "bob", 1,
                                  44100) + samples)
        self.assertEqual(mallory.recv()[:3], ["response", "voice_msg", 0])
        self.assertEqual(self.bob.recv()[:2], ["update", "voice_msg"])
        before, peers = self.server.memory_kib(), []
        for _ in range(26):
            peer = self.raw(receive_buffer=4096)
            peer.handshake()
            peer.request("request", "login", "mallory", PASSWORD, {"client": "x", "features": []})
            peer.token = peer.recv()[4]
            peer.request("request", "fetch_voice", "mallory", peer.token, "bob", 1)
            peers.append(peer)
        self.an_honest_recording_is_accepted()
        self.before = before
        self.assertLess(self.grown(), MEMORY_MAX)
        self.an_honest_recording_is_accepted()
        self.all_is_given_back([mallory, *peers])


if __name__ == "__main__":
    main()
