"""What bad input gets: the code that the protocol names, or a clean close, in
bounded memory, while two well-behaved people go on talking."""

import random
import resource
import struct

from harness import PASSWORD, Raw, ServerTest, decode, encode, main

# What a server may grow by, whatever it is sent (KiB).
MEMORY_GROWTH_MAX = 64 * 1024


class HostileTest(ServerTest):
    settings = {"refusals_per_s": 0}  # each is answered: nobody is paused

    def setUp(self):
        super().setUp()
        self.alice, self.bob = self.user("alice"), self.user("bob")
        self.talk()
        self.memory = self.server.memory_kib()

    def talk(self):
        for speaker, listener in ((self.alice, self.bob), (self.bob, self.alice)):
            speaker.ask("whisper", listener.name, "how are you?")
            listener.expect("update", "whisper", speaker.name, "how are you?")

    def tearDown(self):
        self.talk()
        self.assertIsNone(self.server.process.poll())
        self.assertLess(self.server.memory_kib() - self.memory, MEMORY_GROWTH_MAX)

    def handshaken(self):
        peer = self.raw()
        peer.handshake()
        return peer

    def logged_in(self):
        peer = self.handshaken()
        peer.request("register", "mallory", PASSWORD)
        self.assertEqual(peer.recv(), ["response", "register", 0])
        peer.request("login", "mallory", PASSWORD)
        peer.token = peer.recv()[4]
        return peer

    def answers(self, peer, *answer):
        self.assertEqual(peer.recv(), list(answer))

    def closes_after(self, data):
        """A new connection that says this is closed; returns what it was told."""
        peer = self.raw()
        try:
            peer.send(data)
        except ConnectionError:
            pass
        return peer.recv_until_closed()


class Strangers(HostileTest):
    def test_http(self):
        answer = self.closes_after(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        self.assertTrue(answer.startswith(b"HTTP/1.1 421 "), answer)

    def test_tls(self):
        hello = bytes.fromhex("16030100c8010000c40303") + bytes(194)
        self.assertEqual(self.closes_after(hello), b"")

    def test_zmtp_2(self):
        answer = self.closes_after(b"\xff" + bytes(7) + b"\x01\x7f" + b"\x01\x05\x00\x00")
        self.assertIn(answer, (b"", Raw.GREETING[:11], Raw.GREETING[:64]))

    def test_zmtp_1(self):
        self.closes_after(b"\x01\x00")

    def test_another_mechanism(self):
        self.closes_after(Raw.GREETING.replace(b"NULL\0", b"CURVE") + Raw.ready())

    def test_random_bytes(self):
        seed = 20240607
        dice = random.Random(seed)
        for i in range(200):
            # Never shorter than a greeting: more might be on its way then.
            noise = dice.randbytes(dice.choice((64, 100, 3000)))
            if i % 2:
                noise = b"\xff" + noise
            with self.subTest(seed=seed, round=i):
                self.closes_after(noise)

    def test_noise_behind_a_good_handshake(self):
        seed = 20240608
        dice = random.Random(seed)
        for i in range(100):
            with self.subTest(seed=seed, round=i):
                # A reserved bit in the first octet of a frame: no peer means that.
                self.closes_after(Raw.GREETING + Raw.ready() + b"\xf8" + dice.randbytes(2000))

    def test_wrong_socket_type(self):
        self.closes_after(Raw.GREETING + Raw.ready(b"PUB"))

    def test_ready_that_lies_about_its_lengths(self):
        body = b"\x05READY\x0bSocket-Type\xff\xff\xff\xffDEALER"
        self.closes_after(Raw.GREETING + bytes([4, len(body)]) + body)

    def test_message_before_ready(self):
        self.closes_after(Raw.GREETING + b"\x00\x05hello")

    def test_byte_by_byte(self):
        """Slow, and right all the same."""
        peer = self.raw()
        request = encode("request", "register", "slow", PASSWORD)
        for byte in Raw.GREETING + Raw.ready() + bytes([0, len(request)]) + request:
            peer.send(bytes([byte]))
        peer.recv_exactly(Raw.SERVER_GREETING_LENGTH)
        peer.recv_frame()
        self.answers(peer, "response", "register", 0)

    def test_a_crowd_that_says_nothing(self):
        """The stranger who has waited longest makes room for the next one."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if hard < 4096:
            self.skipTest("too few file descriptors are allowed here")
        resource.setrlimit(resource.RLIMIT_NOFILE, (4096, hard))
        resource.prlimit(self.server.process.pid, resource.RLIMIT_NOFILE, (4096, hard))
        crowd = [self.handshaken() for _ in range(1040)]
        self.assertEqual(crowd[0].recv_until_closed(), b"")
        crowd[-1].request("register", "last", PASSWORD)
        self.answers(crowd[-1], "response", "register", 0)


class Frames(HostileTest):
    def test_claims_of_gigabytes(self):
        for length in (2 ** 32, 2 ** 63 - 1, 2 ** 63, 2 ** 64 - 1):
            peer = self.handshaken()
            peer.send(b"\x02" + struct.pack(">Q", length) + b"x" * 100)
            self.assertIsNotNone(peer.recv_until_closed())

    def test_claims_of_commands(self):
        peer = self.handshaken()
        peer.send(b"\x06" + struct.pack(">Q", 2 ** 32) + b"\x04PING")
        self.assertIsNotNone(peer.recv_until_closed())

    def test_a_frame_over_the_limit(self):
        """Nothing is longer than a voice message, before the login and after it."""
        peer = self.handshaken()
        peer.send(b"\x02" + struct.pack(">Q", 16 * 1024 * 1024 + 1))
        peer.recv_until_closed()
        peer = self.logged_in()
        peer.send(b"\x02" + struct.pack(">Q", 16 * 1024 * 1024 + 1))
        peer.recv_until_closed()

    def test_a_message_over_its_own_limit(self):
        """Its frame is allowed: a voice message might be that long."""
        peer = self.logged_in()
        peer.request("request", "whisper", "mallory", peer.token, "alice", "x" * 70000)
        self.answers(peer, "response", "whisper", 1025)
        peer.request("request", "create_group", "mallory", peer.token, "cooks")
        self.answers(peer, "response", "create_group", 0)

    def test_multipart(self):
        peer = self.logged_in()
        whisper = encode("request", "whisper", "mallory", peer.token, "alice", "x")
        peer.send_frame(whisper, more=True)
        peer.send_frame(whisper)
        self.answers(peer, "response", "", 1023)
        peer.send_frame(b"", more=True)
        peer.send_frame(whisper, more=True)
        peer.send_frame(b"")
        self.answers(peer, "response", "", 1023)
        peer.request("request", "create_group", "mallory", peer.token, "cooks")
        self.answers(peer, "response", "create_group", 0)
        peer.request("request", "attach", "mallory", peer.token, {}) # reads maps from here on
        self.assertEqual(peer.recv()[:3], ["response", "attach", 0])
        peer.send_frame(whisper, more=True)
        peer.send_frame(whisper)
        self.answers(peer, "response", "", 1023,
                     {"reason": "a message is one frame", "rule": "one_frame"})

    def test_multipart_without_end(self):
        peer = self.logged_in()
        try:
            for _ in range(10000):
                peer.send_frame(b"x" * 1000, more=True)
        except ConnectionError:
            pass
        peer.recv_until_closed()

    def test_ping(self):
        peer = self.handshaken()
        peer.send(b"\x04\x0b\x04PING\x00\x64mark")
        self.assertEqual(peer.recv_frame(), (4, b"\x04PONGmark"))

    def test_a_flood_of_pings(self):
        peer = self.handshaken()
        try:
            for _ in range(1000):
                peer.send(b"\x04\x0b\x04PING\x00\x64mark" * 100)
        except ConnectionError:
            pass
        peer.recv_until_closed()


class Messages(HostileTest):
    def test_malformed_thrice(self):
        for bad in (b"\xc1", b"", b"\xd9", b"\xdb\xff\xff\xff\xffabc", b"\x07", b"\xa7requ",
                    encode("request"), encode("request", 7), encode({"a": 1}), b"\xa1\xff"):
            with self.subTest(bad=bad):
                peer = self.handshaken()
                for _ in range(3):
                    peer.send_frame(bad)
                    self.answers(peer, "response", "", 1023)
                self.assertEqual(peer.recv_until_closed(), b"")

    def test_malformed_now_and_then(self):
        peer = self.handshaken()
        for i in range(10):
            peer.send_frame(b"\xc1")
            self.answers(peer, "response", "", 1023)
            peer.request("request", "register", f"user{i}", PASSWORD)
            self.answers(peer, "response", "register", 0)

    def test_deep_nesting(self):
        peer = self.logged_in()
        head = encode("request", "whisper", "mallory", peer.token, "alice")
        for bad in (b"\x91" * 10000, b"\x81\xa1x" * 5000, b"\xdd\xff\xff\xff\xff" * 100,
                    b"\xdf\xff\xff\xff\xff", b"\xdd\xff\xff\xff\xff", b"\x91" * 10000 + b"\x01"):
            for place in (b"", encode("x"), encode("x", 7)):
                peer.send_frame(head + place + bad)
                self.answers(peer, "response", "", 1023)
                peer.request("request", "nonsense")  # else the third one closes
                self.answers(peer, "response", "nonsense", 1024)

    def test_very_many_objects(self):
        peer = self.logged_in()
        peer.request("request", "whisper", "mallory", peer.token, "alice", "x", *range(2000))
        self.answers(peer, "response", "", 1023)

    def test_wrong_types_and_missing_arguments(self):
        peer = self.logged_in()
        me = ("mallory", peer.token)
        good = {"register": ("name", PASSWORD), "login": ("name", PASSWORD), "logout": ("name",),
                "attach": me, "add_contact": (*me, "alice"), "whisper": (*me, "alice", "x"),
                "create_group": (*me, "g"), "join_group": (*me, "g"), "msg_group": (*me, "g", "x"),
                "voice_msg": (*me, "alice", 1, 8000, [1]), "join_call": (*me, "g"),
                "leave_call": me}
        for action, arguments in good.items():
            for n in range(len(arguments)):
                peer.request("request", action, *arguments[:n])
                self.answers(peer, "response", action, 1023)
                for wrong in (None, 7, 1.5, [], {}, True, "\ud800"):
                    if isinstance(arguments[n], int) and wrong == 7:
                        continue
                    bad = b"\xa3\xed\xa0\x80" if wrong == "\ud800" else encode(wrong)
                    if isinstance(arguments[n], list) and wrong == []:
                        continue
                    peer.send_frame(encode("request", action, *arguments[:n]) + bad
                                    + encode(*arguments[n + 1:]))
                    answer = peer.recv()
                    self.assertEqual(answer[:3], ["response", action, 1023])
                    # A map says that its sender reads maps, and that the object is missing.
                    missing = [dict(answer[3], rule="missing")] if wrong == {} else []
                    self.assertEqual(answer[3:], missing)
                    self.assertTrue(not missing or answer[3]["reason"].endswith(" is missing"))

    def test_overlong_names(self):
        peer = self.logged_in()
        peer.request("request", "create_group", "mallory", peer.token, "g" * 65)
        self.answers(peer, "response", "create_group", 1028)
        peer.request("request", "whisper", "m" * 10000, peer.token, "alice", "x")
        self.assertIn(peer.recv()[2], (512, 1025, 1028))
        peer.request("request", "a" * 5000)
        self.assertIn(peer.recv()[2], (1023, 1024, 1025))

    def test_every_cut_of_a_good_message(self):
        """It is malformed, or misses an argument when the cut is between two."""
        peer = self.logged_in()
        objects = ["request", "voice_msg", "mallory", peer.token, "alice", 1, 8000, [1, 200, -3]]
        whole = encode(*objects)
        ends = {len(encode(*objects[:n])) for n in range(2, len(objects))}
        for n in range(len(whole)):
            peer.send_frame(whole[:n])
            self.answers(peer, "response", "voice_msg" if n in ends else "", 1023)
            peer.request("request", "nonsense")
            self.answers(peer, "response", "nonsense", 1024)
        self.alice.nothing_waits()


class LongMessages(ServerTest):
    """Two minutes of sound, 16 MiB each: more of them than fit into the server's
    buffers at once."""

    VOICE = b"\xdd" + struct.pack(">I", 5292000) + b"\xcd\x00\xff" * 5292000

    def speak(self, peer):
        peer.send_bytes(encode("request", "voice_msg", peer.name, peer.token, "bob", 1, 44100)
                        + self.VOICE)

    def test_from_clients_who_then_are_silent(self):
        """Nothing of it stays behind with a connection that says no more."""
        self.user("bob").request("logout", "bob")
        for i in range(18):
            peer = self.user(f"alice{i}")
            self.speak(peer)
            peer.expect("response", "voice_msg", 0)

    def test_one_behind_the_other(self):
        """One at a time is taken in; the others wait on their way."""
        self.user("bob").request("logout", "bob")
        alice = self.user("alice")
        before = self.server.memory_kib()
        for _ in range(18):
            self.speak(alice)
        for _ in range(18):
            alice.expect("response", "voice_msg", 0)
            self.assertLess(self.server.memory_kib() - before, MEMORY_GROWTH_MAX)


class SlowReaders(HostileTest):
    def test_a_reader_who_sleeps_costs_little_and_misses_nothing(self):
        peer = self.logged_in()
        count, content = 3000, "\U0001f600" * 4000
        answered = 0
        for i in range(count):
            self.alice.send("request", "whisper", "alice", self.alice.token, "mallory",
                            f"{i} {content[:3900]}")
            if i - answered >= 32:
                self.alice.expect("response", "whisper", 0)
                answered += 1
        for _ in range(answered, count):
            self.alice.expect("response", "whisper", 0)
        self.assertLess(self.server.memory_kib() - self.memory, MEMORY_GROWTH_MAX)
        self.talk()
        for i in range(count):
            update = peer.recv()
            self.assertEqual(update[:3], ["update", "whisper", "alice"])
            self.assertEqual(update[3].split()[0], str(i))


if __name__ == "__main__":
    main()
