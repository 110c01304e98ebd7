"""Opus against a real server: recordings and calls of clients that have it and of
clients that have not, and what is no Opus."""

import os
import struct
import subprocess
import sys

import msgpack

from harness import PASSWORD, ServerTest, main

OGG, PACKET = 1, 2
TONE_HZ = 440


def tool(*arguments):
    return subprocess.run([os.environ["OPUS_TOOL"], *map(str, arguments)], check=True,
                          stdout=subprocess.PIPE).stdout


def tone(channels, seconds):
    return msgpack.ExtType(OGG, tool("tone", channels, seconds))


def silence(channels, packets, claim=0):
    return msgpack.ExtType(OGG, tool("silence", channels, packets, claim))


def packets(count):
    data, found = tool("packets", count), []
    while data:
        n = struct.unpack(">H", data[:2])[0]
        found.append(msgpack.ExtType(PACKET, data[2:2 + n]))
        data = data[2 + n:]
    return found


def pitch(samples, rate):
    """Hz, by the times at which it rises through zero."""
    rises = [i for i in range(1, len(samples)) if samples[i - 1] < 0 <= samples[i]]
    return (len(rises) - 1) * rate / (rises[-1] - rises[0])


class VoiceTest(ServerTest):
    def user_with(self, name, *features):
        peer = self.peer().register(name)
        return self.login(peer, name, *features)

    def login(self, peer, name, *features):
        peer.send("request", "login", name, PASSWORD, {"features": list(features)})
        answer = peer.recv()
        self.assertEqual(answer[:4], ["response", "login", 0, name])
        peer.name, peer.token = name, answer[4]
        return peer

    def leave(self, peer):
        peer.close()
        self.peers.remove(peer)

    def say(self, peer, recipient, channels, samples, code=0):
        peer.send("request", "voice_msg", peer.name, peer.token, recipient, channels, 48000, samples)
        answer = peer.recv()
        self.assertEqual(answer[:3], ["response", "voice_msg", code])

    def assert_tone(self, samples, seconds, channels=1, rate=48000):
        self.assertEqual(len(samples), seconds * channels * rate)
        middle = samples[rate // 2 * channels:rate * channels:channels]
        self.assertAlmostEqual(pitch(middle, rate), TONE_HZ, delta=3)
        self.assertGreater(max(middle), 8000)


class Recordings(VoiceTest):
    def setUp(self):
        super().setUp()
        self.alice, self.bob = self.user_with("alice", "opus"), self.user_with("bob", "opus")
        self.carol = self.user("carol")

    def test_to_everybody_as_he_can(self):
        file = tone(1, 2)
        self.say(self.alice, "bob", 1, file)
        update = self.bob.recv()
        self.assertEqual(update[:6], ["update", "voice_msg", "alice", 1, 48000, file])
        self.assertEqual(update[6]["duration"], 2000)
        waveform = update[6]["waveform"]
        self.assertEqual(len(waveform), 64)
        self.assertTrue(all(c in "jklmno" for c in waveform[1:-1]), waveform)
        self.say(self.alice, "carol", 1, file)
        update = self.carol.recv()
        self.assertEqual(update[:5], ["update", "voice_msg", "alice", 1, 48000])
        self.assert_tone(update[5], 2)
        self.assertEqual(len(update), 6)

    def test_comments_are_not_passed_on(self):
        recorded = tool("recorded", 1, 2)
        self.assertIn(b"chinwag", recorded)  # who wrote it
        self.say(self.alice, "bob", 1, msgpack.ExtType(OGG, recorded))
        self.assertEqual(self.bob.recv()[5], tone(1, 2))

    def test_stereo(self):
        self.say(self.alice, "carol", 2, tone(2, 1))
        update = self.carol.recv()
        self.assertEqual(update[3:5], [2, 48000])
        self.assert_tone(update[5], 1, channels=2)

    def test_what_follows_a_recording_comes_after_it(self):
        self.say(self.alice, "carol", 1, tone(1, 30))
        for i in range(20):
            self.alice.send("request", "whisper", "alice", self.alice.token, "carol", f"text {i}")
        self.assert_tone(self.carol.recv()[5], 30)
        for i in range(20):
            self.carol.expect("update", "whisper", "alice", f"text {i}")

    def test_away_over_a_restart(self):
        self.leave(self.carol)
        for seconds in (60, 50, 40, 1):
            self.say(self.alice, "carol", 1, tone(1, seconds))
        self.alice.request("logout", "alice")
        self.server.stop()
        self.server.start()
        carol = self.peer().login("carol")
        for seconds in (60, 50, 40, 1):
            self.assert_tone(carol.recv()[5], seconds)
        carol.nothing_waits()

    def test_fetched(self):
        file = tone(1, 3)
        self.say(self.alice, "bob", 1, file)
        dave = self.peer()
        self.login(dave, "bob")
        dave.send("request", "fetch_voice", "bob", dave.token, "alice", 1)
        answer = dave.recv()
        while answer[0] != "response":
            answer = dave.recv()
        self.assertEqual(answer[:5], ["response", "fetch_voice", 0, 1, 48000])
        self.assert_tone(answer[5], 3)

    def test_damaged_on_disk(self):
        self.leave(self.carol)
        self.say(self.alice, "carol", 1, tone(1, 60))
        blobs = os.path.join(self.server.data, "blobs")
        for name in os.listdir(blobs):
            with open(os.path.join(blobs, name), "r+b") as file:
                file.seek(1000)
                file.write(bytes(1000))
        self.assertEqual(len(os.listdir(blobs)), 1)
        carol = self.peer().login("carol")
        carol.expect("update", "voice_msg", "alice", 1, 48000, [])

    def test_limits(self):
        self.say(self.alice, "bob", 1, silence(1, 6000))
        self.assertEqual(self.bob.recv()[6]["duration"], 120000)
        self.say(self.alice, "bob", 1, silence(1, 6001), code=1025)
        self.say(self.alice, "bob", 1, msgpack.ExtType(OGG, bytes(1024 * 1024 + 1)), code=1025)

    def test_lies(self):
        good = tone(1, 1).data
        for samples, channels in ((silence(1, 100, -60000), 1),  # less than it decodes to
                                  (silence(1, 100, +1), 1),
                                  (tone(1, 1), 2),
                                  (msgpack.ExtType(OGG, good[:-1]), 1),
                                  (msgpack.ExtType(OGG, good + good), 1),
                                  (msgpack.ExtType(OGG, good[:400] + b"!" + good[401:]), 1),
                                  (msgpack.ExtType(OGG, b"OggS"), 1)):
            self.say(self.alice, "bob", channels, samples, code=1023)
        self.say(self.carol, "bob", 1, tone(1, 1), code=1023)
        self.say(self.alice, "bob", 1, tone(1, 1))

    def test_many_at_once(self):
        """Each is examined elsewhere, and answered in its turn."""
        file = tone(1, 20)
        for i in range(5):
            self.alice.send("request", "voice_msg", "alice", self.alice.token, "bob", 1, 48000, file)
            self.alice.send("request", "whisper", "alice", self.alice.token, "bob", f"text {i}")
        for i in range(5):
            self.assertEqual(self.alice.recv()[:3], ["response", "voice_msg", 0])
            self.assertEqual(self.alice.recv()[:3], ["response", "whisper", 0])
        for i in range(5):
            self.assertEqual(self.bob.recv()[5], file)
            self.assertEqual(self.bob.recv()[3], f"text {i}")

    def test_who_leaves_before_it_is_examined(self):
        self.alice.send("request", "voice_msg", "alice", self.alice.token, "bob", 1, 48000,
                        tone(1, 120))
        self.leave(self.alice)
        self.bob.nothing_waits()

    def test_the_end_comes_while_pages_are_read(self):
        for _ in range(3):
            self.say(self.alice, "carol", 1, tone(1, 60))
        # The end of the test stops the server at once.


class Calls(VoiceTest):
    def setUp(self):
        super().setUp()
        self.alice, self.bob = self.user_with("alice", "opus"), self.user_with("bob", "opus")
        self.carol = self.user("carol")
        self.alice.send("request", "create_group", "alice", self.alice.token, "cooks")
        self.alice.recv()
        for peer in (self.bob, self.carol):
            peer.ask("join_group", "cooks")
        for peer in (self.alice, self.bob, self.carol):
            peer.send("request", "join_call", peer.name, peer.token, "cooks")
            self.assertEqual(peer.recv()[:3], ["response", "join_call", 0])

    def speak(self, peer, samples, group="cooks"):
        peer.send("update", "call_data", peer.name, peer.token, group, samples)

    def heard_by_bob(self, samples):
        self.bob.expect("update", "call_data", "alice", samples)

    def heard_by_carol(self):
        update = self.carol.recv()
        self.assertEqual(update[:3], ["update", "call_data", "alice"])
        return update[3]

    def test_packets_and_lists(self):
        heard = []
        for packet in packets(100):
            self.speak(self.alice, packet)
            self.heard_by_bob(packet)
            frame = self.heard_by_carol()
            self.assertLessEqual(len(frame), 900)
            heard += frame
        self.assertLess(abs(len(heard) - 100 * 882), 60)
        self.assertAlmostEqual(pitch(heard[44100:], 44100), TONE_HZ, delta=2)
        self.assertGreater(max(heard), 8000)
        self.speak(self.carol, heard[:882])
        for peer in (self.alice, self.bob):
            peer.expect("update", "call_data", "carol", heard[:882])

    def test_garbage_is_dropped(self):
        good = packets(3)
        self.speak(self.alice, good[0])
        self.heard_by_carol()
        header = good[0].data[:8]
        for payload in (header, b"", header + b"\x09\1\2\xff", header + b"\xff" * 20,
                        header + bytes(1276), header + b"\x1b\x06", b"\x08"):
            self.speak(self.alice, msgpack.ExtType(PACKET, payload))
        self.speak(self.alice, tone(1, 1))
        self.speak(self.alice, msgpack.ExtType(77, good[1].data))
        self.speak(self.carol, good[1])
        self.speak(self.alice, good[1], group="bakers")
        # Sound by its lengths, and nonsense inside: it passes, and hurts nobody.
        self.speak(self.alice, msgpack.ExtType(PACKET, good[1].data[:9] + b"\xa5" * 60))
        self.assertEqual(len(self.heard_by_carol()), 882)
        self.speak(self.alice, good[2])
        self.assertLess(abs(len(self.heard_by_carol()) - 882), 20)
        self.heard_by_bob(good[0])
        self.assertEqual(self.bob.recv()[3].data[9:], b"\xa5" * 60)
        self.heard_by_bob(good[2])

    def test_what_is_missing_is_made_up(self):
        good = packets(40)
        total = 0
        for i in [*range(10), *range(12, 20), *range(30, 40)]:  # two missing, then ten
            self.speak(self.alice, good[i])
            total += len(self.heard_by_carol())
        self.assertLess(abs(total - 30 * 882), 60)

    def test_a_speaker_comes_and_goes(self):
        for _ in range(3):
            for packet in packets(3):
                self.speak(self.alice, packet)
                self.heard_by_bob(packet)
                self.heard_by_carol()
            self.alice.send("request", "leave_call", "alice", self.alice.token)
            self.assertEqual(self.alice.recv()[2], 0)
            self.alice.send("request", "join_call", "alice", self.alice.token, "cooks")
            self.assertEqual(self.alice.recv()[2], 0)
        self.leave(self.alice)
        self.speak(self.bob, packets(1)[0])
        self.assertEqual(self.carol.recv()[:3], ["update", "call_data", "bob"])

    def test_ten_times_the_rate(self):
        """Two seconds at once are a stalled connection's; the rest is dropped, and text
        still passes."""
        for packet in packets(1000):
            self.speak(self.alice, packet)
        self.alice.send("request", "msg_group", "alice", self.alice.token, "cooks", "hello")
        heard, update = 0, self.carol.recv()
        while update[1] == "call_data":
            heard, update = heard + 1, self.carol.recv()
        self.assertEqual(update, ["update", "msg_group", "cooks", "alice", "hello"])
        # As much again as the time takes in which they are sent, if that is long.
        self.assertLess(heard, 1000)


if __name__ == "__main__":
    os.environ["OPUS_TOOL"] = os.path.abspath(sys.argv.pop(2))
    main()
