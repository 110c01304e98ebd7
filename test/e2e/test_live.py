"""Live audio to somebody whose connection stalls: what is old is dropped, text is
not, and what comes when the stall is over is new."""

import socket
import struct

from harness import PASSWORD, ServerTest, encode, main

# src/base/limits.h
UNSENT_MAX = 1200
FRAMES_MAX = 256


def frame(number):
    """Samples that say which frame it is, each of one octet."""
    return [number >> 14, number >> 7 & 127, number & 127]


def number_of(samples):
    return samples[0] << 14 | samples[1] << 7 | samples[2]


class LiveTest(ServerTest):
    settings = {"call_frames_per_s": 0}

    FRAME_N = 2 + len(encode("update", "call_data", "alice", frame(0)))

    def setUp(self):
        super().setUp()
        self.alice, self.bob = self.user("alice"), self.listener("bob")
        self.alice.ask("create_group", "cooks")
        self.alice.ask("join_call", "cooks", answer=("cooks",))
        for action, answer in (("join_group", []), ("join_call", ["cooks"])):
            self.bob.request("request", action, "bob", self.bob.token, "cooks")
            self.assertEqual(self.bob.recv(), ["response", action, 0, *answer])

    def listener(self, name):
        """Somebody whose machine takes little, and who reads when the test does."""
        peer = self.raw(receive_buffer=65536)
        peer.handshake()
        peer.request("request", "register", name, PASSWORD)
        self.assertEqual(peer.recv(), ["response", "register", 0])
        peer.request("request", "login", name, PASSWORD)
        peer.token = peer.recv()[4]
        return peer

    def speak(self, numbers):
        """When it returns, the server has handled them."""
        for number in numbers:
            self.alice.send("update", "call_data", "alice", self.alice.token, "cooks",
                            frame(number))
        self.alice.nothing_waits()

    def whisper(self, text):
        self.alice.ask("whisper", "bob", text)

    def heard_until(self, text):
        """Numbers of the frames that come to bob before this text."""
        heard = []
        while (update := self.bob.recv())[1] == "call_data":
            heard.append(number_of(update[3]))
        self.assertEqual(update, ["update", "whisper", "alice", text])
        return heard


class Stall(LiveTest):
    COUNT = 20000

    def test_what_is_old_when_it_ends_is_dropped(self):
        for first in range(0, self.COUNT, 100):
            self.speak(range(first, first + 100))
            if first == self.COUNT // 2:
                self.whisper("wake up")
        # Before the text comes what the kernels had when they took no more: bob's its
        # whole buffer; the server's, unsent, a packet and one send, which is not more
        # than the server's own queue holds. Of that the text overtakes all but a
        # frame of which a part was sent. The kernel alone would hold megabytes.
        window = self.bob.socket.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        heard = self.heard_until("wake up")
        self.assertLessEqual(len(heard) * self.FRAME_N,
                             window + UNSENT_MAX + (FRAMES_MAX + 1) * self.FRAME_N)
        # After it comes the queue: the newest frames, or fewer, if 200 ms had gone
        # by before bob's machine had room.
        self.whisper("are you there?")
        late = self.heard_until("are you there?")
        self.assertGreaterEqual(min(late, default=self.COUNT), self.COUNT - FRAMES_MAX)
        # And from now on all that is said. On a busy machine a frame may be too old
        # when it could be sent, but not each time.
        for number in range(self.COUNT, self.COUNT + 1000):
            self.speak([number])
            self.whisper(str(number))
            if max(self.heard_until(str(number)), default=0) >= self.COUNT:
                return
        self.fail("nothing is heard after the stall")


class LongMessages(LiveTest):
    VOICE = b"\xdd" + struct.pack(">I", 1000000) + b"\xcd\x00\xff" * 1000000

    def test_pass_in_many_small_steps(self):
        """They are longer than all that bob's machine takes: whenever it has room
        again, the server has to notice."""
        self.speak([0])
        self.assertEqual(self.bob.recv(), ["update", "call_data", "alice", frame(0)])
        self.alice.send_bytes(encode("request", "voice_msg", "alice", self.alice.token, "bob", 1,
                                     44100) + self.VOICE)
        self.alice.expect("response", "voice_msg", 0)
        self.whisper("did you hear it?")
        update = self.bob.recv()
        self.assertEqual(update[:5], ["update", "voice_msg", "alice", 1, 44100])
        self.assertTrue(update[5] == [255] * 1000000)
        self.heard_until("did you hear it?")


if __name__ == "__main__":
    main()
