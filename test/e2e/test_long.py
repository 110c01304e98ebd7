"""The longest message both ways by one transport, while two others chat. By CURVE the other end is
libzmq, so the bytes of a frame that was encrypted in slices are those of a whole box."""

import struct

from harness import ServerTest, encode, main


class LongMessages(ServerTest):
    VOICE = b"\xdd" + struct.pack(">I", 5292000) + b"\xcd\x00\xff" * 5292000

    def test_both_ways_while_two_chat(self):
        alice, bob, carol, dan = (self.user(name) for name in ("alice", "bob", "carol", "dan"))
        alice.send_bytes(encode("request", "voice_msg", "alice", alice.token, "bob", 1, 44100)
                         + self.VOICE)
        for number in range(30):
            carol.ask("whisper", "dan", str(number))
            dan.expect("update", "whisper", "carol", str(number))
        alice.expect("response", "voice_msg", 0)
        bob.expect_bytes(encode("update", "voice_msg", "alice", 1, 44100) + self.VOICE)
        alice.ask("whisper", "bob", "after it")
        bob.expect("update", "whisper", "alice", "after it")


if __name__ == "__main__":
    main()
