"""The seed protocol as drawn, by plain clients, byte for byte: every message
type, and every refusal that can be provoked from outside. (1029 needs a disk
that fails: test_disk.py. 511 is reserved.)"""

import os
import time
import unittest
import uuid

from harness import PATIENCE, PASSWORD, Peer, Server, ServerTest, encode, main

NOBODYS_TOKEN = "00000000-0000-4000-8000-000000000000"


WORN = {"reason": "this invitation is not good, or not any more: ask for another one",
        "rule": "invitation_not_good"}
ADMINISTERED = (b"nobody administers this server yet; this link makes an administrator of one "
                b"user, within 7 days:\n")


class Accounts(ServerTest):
    def test_register_login_logout(self):
        peer = self.peer()
        peer.request("register", "alice", PASSWORD)
        peer.send("request", "login", "alice", PASSWORD)
        answer = peer.recv()
        token = answer[4]
        self.assertEqual(answer, ["response", "login", 0, "alice", token])
        self.assertEqual(str(uuid.UUID(token)), token)
        self.assertEqual(uuid.UUID(token).version, 4)
        peer.request("logout", "alice")
        peer.request("logout", "alice", code=255)

    def test_token_ends_with_logout(self):
        alice = self.user("alice")
        alice.request("logout", "alice")
        alice.ask("create_group", "cooks", code=512)

    def test_names_keep_the_spelling_that_was_registered(self):
        bob = self.user("bob")
        alice = self.peer().register("Alice")
        alice.login("aLICE")
        self.assertEqual(alice.name, "Alice")
        alice.ask("whisper", "BOB", "hi")
        bob.expect("update", "whisper", "Alice", "hi")
        self.peer().request("register", "ALICE", PASSWORD, code=513)

    def test_every_login_has_a_token_of_its_own(self):
        first = self.user("alice")
        second = self.peer().login("alice")
        self.assertNotEqual(first.token, second.token)

    def test_refusals(self):
        alice = self.user("alice")
        bob = self.user("bob")
        new = self.peer()
        new.request("logout", "alice", code=255)
        new.request("register", "alice", PASSWORD, code=513)
        new.request("login", "nobody", PASSWORD, code=514)
        new.request("login", "alice", "wrong horse", code=515)
        alice.request("login", "alice", PASSWORD, code=256)
        alice.request("login", "bob", PASSWORD, code=256)
        alice.request("logout", "bob", code=516)
        alice.request("add_contact", "bob", bob.token, "alice", code=516)
        bob.ask("add_contact", "alice")
        self.peer().register("carol").request("whisper", "carol", NOBODYS_TOKEN, "bob", "x",
                                              code=512)
        new.request("whisper", "nobody", NOBODYS_TOKEN, "bob", "x", code=512)
        new.request("whisper", "alice", NOBODYS_TOKEN, "bob", "x", code=517)
        new.request("whisper", "alice", "no uuid", "bob", "x", code=517)
        alice.request("whisper", "alice", bob.token, "bob", "x", code=517)

    def test_bad_names(self):
        peer = self.peer()
        for name in ("", "@alice", "#alice", "\uff20alice", "al ice", "al\u00a0ice", "al\x00ice",
                     "al\u200bice", "al\u202eice", "\u0378", "a" * 65):
            peer.request("register", name, PASSWORD, code=1028)
        for name in ("a" * 64, "\u00fcnal", "\u674e\u96f7", "o'neil", "x@y"):
            peer.request("register", name, PASSWORD)
        alice = self.user("alice")
        alice.ask("create_group", "#cooks", code=1028)
        alice.ask("create_group", "", code=1028)

    def test_bad_passwords(self):
        peer = self.peer()
        peer.request("register", "alice", "x" * 7, code=1023)
        peer.request("register", "alice", "x" * 257, code=1023)
        peer.request("register", "alice", "x" * 8)
        peer.request("register", "bob", "x" * 256)
        peer.login("bob", "x" * 256)


class Contacts(ServerTest):
    def test_add_contact(self):
        self.user("bob")
        alice = self.user("alice")
        alice.send("add_contact", "alice", alice.token, "bob")
        alice.expect("response", "add_contact", 0)
        alice.ask("add_contact", "bob")
        alice.ask("add_contact", "nobody", code=514)
        alice.send("add_contact", "alice", alice.token, "nobody")
        alice.expect("response", "add_contact", 514)

    def test_every_request_may_lack_its_first_word(self):
        peer = self.peer()
        peer.send("register", "alice", PASSWORD)
        peer.expect("response", "register", 0)
        peer.send("login", "alice", PASSWORD)
        self.assertEqual(peer.recv()[:4], ["response", "login", 0, "alice"])
        peer.send("logout", "alice")
        peer.expect("response", "logout", 0)


class Whispers(ServerTest):
    def test_live(self):
        alice, bob = self.user("alice"), self.user("bob")
        alice.ask("whisper", "bob", "hi \U0001f600")
        bob.expect("update", "whisper", "alice", "hi \U0001f600")
        bob.ask("whisper", "alice", "")
        alice.expect("update", "whisper", "bob", "")
        alice.nothing_waits()
        bob.nothing_waits()

    def test_offline_in_order_after_the_response_to_login(self):
        alice = self.user("alice")
        bob = self.peer().register("bob")
        for i in range(300):
            alice.ask("whisper", "bob", f"message {i}")
        bob.login("bob")
        for i in range(300):
            bob.expect("update", "whisper", "alice", f"message {i}")
        alice.ask("whisper", "bob", "live")
        bob.expect("update", "whisper", "alice", "live")

    def test_many_requests_at_once_are_answered_in_order(self):
        alice, bob = self.user("alice"), self.user("bob")
        for i in range(500):
            alice.send("request", "whisper", "alice", alice.token, "bob", f"message {i}")
            alice.send("request", "whisper", "alice", alice.token, "nobody", f"message {i}")
        for i in range(500):
            alice.expect("response", "whisper", 0)
            alice.expect("response", "whisper", 514)
        for i in range(500):
            bob.expect("update", "whisper", "alice", f"message {i}")

    def test_to_oneself(self):
        alice, second = self.user("alice"), self.peer().login("alice")
        alice.ask("whisper", "alice", "note")
        second.expect("update", "whisper", "alice", "note")
        alice.nothing_waits()

    def test_to_all_devices_of_the_recipient(self):
        alice, bob = self.user("alice"), self.user("bob")
        second = self.peer().login("bob")
        other = self.peer().login("alice")
        alice.ask("whisper", "bob", "hi")
        bob.expect("update", "whisper", "alice", "hi")
        second.expect("update", "whisper", "alice", "hi")
        # The drawn update does not name the recipient, so a sender's plain device gets none.
        bob.ask("whisper", "alice", "fence")
        other.expect("update", "whisper", "bob", "fence")

    def test_content_is_passed_on_as_it_came(self):
        alice, bob = self.user("alice"), self.user("bob")
        for content in ("e\u0301 \ufb01 \uff21", "\x00\r\n\t\x7f", "x" * 4000,
                        "\U0001f600" * 4000, "\u20ac" * 31, "x" * 32, "x" * 256):
            alice.ask("whisper", "bob", content)
            bob.expect("update", "whisper", "alice", content)

    def test_refusals(self):
        alice = self.user("alice")
        alice.ask("whisper", "nobody", "x", code=514)
        alice.ask("whisper", "alice", "x" * 4001, code=1025)
        alice.ask("whisper", "alice", "\U0001f600" * 4001, code=1025)
        alice.ask("whisper", "alice", "x" * (16 * 1024 + 1), code=1025)
        alice.ask("whisper", "alice", code=1023)
        alice.ask("whisper", "alice", 7, code=1023)
        alice.send_bytes(encode("request", "whisper", "alice", alice.token, "alice") + b"\xa1\xff")
        alice.expect("response", "whisper", 1023)
        alice.nothing_waits()

    def test_shape_is_judged_before_size_before_sender_before_target(self):
        alice = self.user("alice")
        alice.request("whisper", "alice", NOBODYS_TOKEN, "nobody", code=1023)
        alice.request("whisper", "alice", NOBODYS_TOKEN, "nobody", "x" * 4001, code=1025)
        alice.request("whisper", "alice", NOBODYS_TOKEN, "nobody", "x", code=517)

    def test_strings_may_be_bin(self):
        alice, bob = self.user("alice"), self.user("bob")
        alice.send(b"request", b"whisper", b"alice", alice.token.encode(), b"bob", b"bytes")
        alice.expect("response", "whisper", 0)
        bob.expect("update", "whisper", "alice", "bytes")

    def test_unknown_things_are_left_alone(self):
        alice, bob = self.user("alice"), self.user("bob")
        alice.send("request", "whisper", "alice", alice.token, "bob", "hi", 7, [1], {"colour": "red"})
        alice.expect("response", "whisper", 0)
        bob.expect("update", "whisper", "alice", "hi")
        alice.request("dance", "alice", alice.token, code=1024)
        alice.request("", code=1023)


class Groups(ServerTest):
    def test_create_join_and_message(self):
        alice, bob, carol = self.user("alice"), self.user("bob"), self.user("carol")
        alice.ask("create_group", "Cooks")
        bob.ask("join_group", "cooks")
        carol.send("join_group", "carol", carol.token, "COOKS")
        carol.expect("response", "join_group", 0)
        second = self.peer().login("alice")
        alice.ask("msg_group", "cOOKS", "soup")
        for member in (bob, carol, second):
            member.expect("update", "msg_group", "Cooks", "alice", "soup")
        alice.nothing_waits()

    def test_offline_members_get_what_came_after_they_joined(self):
        alice, bob = self.user("alice"), self.user("bob")
        alice.ask("create_group", "cooks")
        alice.ask("msg_group", "cooks", "before")
        bob.ask("join_group", "cooks")
        bob.request("logout", "bob")
        alice.ask("msg_group", "cooks", "one")
        alice.ask("whisper", "bob", "two")
        alice.ask("msg_group", "cooks", "three")
        bob.login("bob")
        bob.expect("update", "msg_group", "cooks", "alice", "one")
        bob.expect("update", "whisper", "alice", "two")
        bob.expect("update", "msg_group", "cooks", "alice", "three")
        # What one said in a group oneself is not replayed either.
        alice.request("logout", "alice")
        bob.ask("whisper", "alice", "fence")
        alice.login("alice")
        alice.expect("update", "whisper", "bob", "fence")

    def test_refusals(self):
        alice, bob = self.user("alice"), self.user("bob")
        alice.ask("create_group", "cooks")
        alice.ask("create_group", "Cooks", code=767)
        alice.ask("join_group", "cooks", code=769)
        alice.ask("join_group", "bakers", code=768)
        alice.ask("msg_group", "bakers", "x", code=768)
        bob.ask("msg_group", "cooks", "x", code=770)
        bob.ask("voice_msg", "#cooks", 1, 8000, [1], code=770)
        bob.ask("join_call", "cooks", code=770)
        bob.ask("join_call", "bakers", code=768)
        alice.ask("voice_msg", "#bakers", 1, 8000, [1], code=768)
        alice.nothing_waits()


class VoiceMessages(ServerTest):
    SAMPLES = [0, 1, -1, 127, 128, -32, -33, -128, -129, 255, 256, 32767, -32768] * 30

    def test_to_a_user(self):
        alice, bob = self.user("alice"), self.user("bob")
        alice.ask("voice_msg", "bob", 1, 44100, self.SAMPLES)
        bob.expect("update", "voice_msg", "alice", 1, 44100, self.SAMPLES)

    def test_to_a_group(self):
        alice, bob, carol = self.user("alice"), self.user("bob"), self.user("carol")
        alice.ask("create_group", "cooks")
        bob.ask("join_group", "cooks")
        carol.ask("join_group", "cooks")
        alice.ask("voice_msg", "#cooks", 2, 8000, self.SAMPLES)
        for member in (bob, carol):
            member.expect("update", "voice_msg", "alice", 2, 8000, self.SAMPLES)
        alice.nothing_waits()

    def test_offline_and_long(self):
        """Ten seconds: past what is kept inside the database."""
        samples = [(i * 7919) % 65536 - 32768 for i in range(441000)]
        alice = self.user("alice")
        bob = self.peer().register("bob")
        alice.ask("voice_msg", "bob", 1, 44100, samples)
        alice.ask("whisper", "bob", "did you hear?")
        bob.login("bob")
        bob.expect("update", "voice_msg", "alice", 1, 44100, samples)
        bob.expect("update", "whisper", "alice", "did you hear?")

    def test_the_bytes_of_samples_pass_on_as_they_came(self):
        """Any integer width is good, and none is rewritten."""
        wide = (b"\xdc\x00\x06" b"\x01" b"\xcc\x01" b"\xd1\xff\xff" b"\xce\x00\x00\x00\x07"
                b"\xd2\xff\xff\x80\x00" b"\xd3\x00\x00\x00\x00\x00\x00\x7f\xff")
        alice, bob = self.user("alice"), self.user("bob")
        head = encode("request", "voice_msg", "alice", alice.token, "bob", 1, 8000)
        alice.send_bytes(head + wide)
        alice.expect("response", "voice_msg", 0)
        bob.expect_bytes(encode("update", "voice_msg", "alice", 1, 8000) + wide)

    def test_refusals(self):
        alice = self.user("alice")
        self.user("bob")
        for channels, rate, samples, code in (
                (0, 8000, [1], 1023), (3, 8000, [1, 2, 3], 1023), (1, 7999, [1], 1023),
                (1, 48001, [1], 1023), (1, 8000, [32768], 1023), (1, 8000, [-32769], 1023),
                (1, 8000, [1.0], 1023), (1, 8000, "abc", 1023), (-1, 8000, [1], 1023),
                (1, 8000, [0] * (8000 * 120 + 1), 1025)):
            alice.ask("voice_msg", "bob", channels, rate, samples, code=code)
        alice.ask("voice_msg", "nobody", 1, 8000, [1], code=514)
        alice.ask("voice_msg", "bob", 1, 8000, [0] * (8000 * 120))


class Calls(ServerTest):
    settings = {"refusals_per_s": 0}  # who waits for a seat asks as fast as the machine can
    FRAME = [i * 37 % 65536 - 32768 for i in range(882)]

    def in_call(self, *names):
        people = [self.user(name) for name in names]
        people[0].ask("create_group", "Cooks")
        for person in people[1:]:
            person.ask("join_group", "cooks")
        for person in people:
            person.ask("join_call", "cooks", answer=["Cooks"])
        return people

    @staticmethod
    def speak(peer, group, samples):
        peer.send("update", "call_data", peer.name, peer.token, group, samples)

    def test_both_ways(self):
        alice, bob, carol = self.in_call("alice", "bob", "carol")
        for i in range(20):
            speaker, listeners = ((alice, (bob, carol)), (bob, (alice, carol)))[i % 2]
            self.speak(speaker, "cooks", self.FRAME[i:])
            for listener in listeners:
                listener.expect("update", "call_data", speaker.name, self.FRAME[i:])
        for person in (alice, bob, carol):
            person.nothing_waits()

    def test_leave(self):
        alice, bob, carol = self.in_call("alice", "bob", "carol")
        bob.ask("leave_call")
        self.speak(alice, "cooks", [1, 2, 3])
        carol.expect("update", "call_data", "alice", [1, 2, 3])
        bob.nothing_waits()
        self.speak(bob, "cooks", [4, 5, 6])
        bob.nothing_waits()
        carol.nothing_waits()
        bob.ask("join_call", "cooks", answer=["Cooks"])
        self.speak(bob, "cooks", [7])
        carol.expect("update", "call_data", "bob", [7])
        alice.expect("update", "call_data", "bob", [7])

    def test_a_closed_connection_leaves(self):
        people = self.in_call(*(f"user{i}" for i in range(25)))
        late = self.user("late")
        late.ask("join_group", "cooks")
        late.ask("join_call", "cooks", code=1281)
        people[3].close()
        self.peers.remove(people[3])
        end = time.monotonic() + PATIENCE
        answer = [None] * 3
        while answer[2] != 0 and time.monotonic() < end:  # its seat is held for 10 s
            late.send("request", "join_call", "late", late.token, "cooks")
            answer = late.recv()
        self.assertEqual(answer, ["response", "join_call", 0, "Cooks"])

    def test_audio_that_is_not_of_the_call_is_dropped_in_silence(self):
        alice, bob = self.in_call("alice", "bob")
        carol = self.user("carol")
        carol.ask("join_group", "cooks")
        self.speak(carol, "cooks", [1])
        carol.nothing_waits()
        alice.send("update", "call_data", "alice", NOBODYS_TOKEN, "cooks", [2])
        alice.send("update", "call_data", "bob", bob.token, "cooks", [3])
        alice.send("update", "call_data", "alice", alice.token, "bakers", [4])
        alice.send("update", "call_data", "alice", alice.token, "cooks", [40000])
        self.speak(alice, "cooks", [5])
        bob.expect("update", "call_data", "alice", [5])
        alice.nothing_waits()
        bob.nothing_waits()

    def test_refusals(self):
        alice, bob = self.in_call("alice", "bob")
        carol = self.user("carol")
        carol.ask("leave_call", code=1279)
        alice.ask("join_call", "cooks", code=1280)
        bob.ask("create_group", "bakers")
        bob.ask("join_call", "bakers", code=1280)
        bob.ask("leave_call")
        bob.ask("leave_call", code=1279)

    def test_full(self):
        people = self.in_call(*(f"user{i}" for i in range(25)))
        late = self.user("late")
        late.ask("join_group", "cooks")
        late.ask("join_call", "cooks", code=1281)
        people[3].ask("leave_call")
        late.ask("join_call", "cooks", answer=["Cooks"])
        people[3].ask("join_call", "cooks", code=1281)


class Limits(unittest.TestCase):
    def test_rate(self):
        """A burst of five texts, and the next one in an hour."""
        with Server(texts_per_s=1, texts_burst=5) as server:
            alice = Peer(server).register("alice").login("alice")
            for _ in range(20):
                alice.send("request", "whisper", "alice", alice.token, "alice", "x")
            codes = [message[2] for message in (alice.recv() for _ in range(20))
                     if message[0] == "response"]
            self.assertEqual(codes[:5], [0] * 5)
            self.assertIn(1026, codes)
            self.assertEqual(set(codes), {0, 1026})
            # Other requests have a limit of their own.
            alice.ask("create_group", "cooks")
            alice.close()

    def test_rate_of_all_requests(self):
        with Server(requests_per_s=1, requests_burst=10) as server:
            alice = Peer(server).register("alice").login("alice")
            for _ in range(30):
                alice.send("request", "add_contact", "alice", alice.token, "alice")
            codes = [alice.recv()[2] for _ in range(30)]
            self.assertIn(1026, codes)
            self.assertEqual(set(codes) - {0, 1026}, set())
            alice.close()

    def test_registration_closed(self):
        with Server() as server:
            alice = Peer(server).register("alice")
            server.stop()
            server.settings["registration"] = "closed"
            server.start()
            alice.close()
            alice = Peer(server)
            alice.request("register", "bob", PASSWORD, code=1027)
            alice.request("register", "alice", PASSWORD, code=1027)
            # Whether a name is taken is a secret then.
            alice.request("login", "nobody", PASSWORD, code=515)
            alice.request("login", "alice", "wrong horse", code=515)
            alice.login_extended("alice")
            alice.ask("invite_user", code=1027, answer=[{
                "reason": "nobody may register here: so nobody can be invited",
                "rule": "nobody_invited"}])
            alice.close()

    def test_registration_invited(self):
        with Server(registration="invited") as server:
            stdout = server.process.stdout
            lines = [stdout.readline() for _ in range(6)]
            self.assertEqual(lines[0], ADMINISTERED)
            command = lines[1].decode()
            self.assertRegex(command, f"^  chinwag --server {server.address}:{server.port} "
                                      "register NAME --setup [0-9a-f]{64}\n$")
            invitation = command.split()[-1]
            self.assertEqual(lines[5].decode(), f"  http://{server.address}:{server.port}/join#{invitation}\n")
            kept = os.path.join(server.data, "setup-link")
            with open(kept, "rb") as file:
                self.assertEqual(file.read(), b"".join(lines))
            self.assertEqual(os.stat(kept).st_mode & 0o777, 0o600)
            alice = Peer(server)
            alice.request("register", "alice", PASSWORD, code=1027)
            alice.request("register", "alice", PASSWORD, {"invitation": "x" * 36}, code=1027,
                          answer=[WORN])
            alice.request("register", "alice", PASSWORD, {"invitation": invitation})
            alice.request("register", "bob", PASSWORD, {"invitation": invitation}, code=1027,
                          answer=[WORN])
            alice.request("login", "nobody", PASSWORD, code=515)
            # With an administrator there nothing is printed any more, and the file goes.
            server.stop()
            server.start()
            server.stop()
            self.assertEqual(server.process.stdout.read(), b"")
            self.assertFalse(os.path.exists(kept))
            alice.close()

    def test_registration_auto_beyond_loopback(self):
        """It is as `invited`, not closed: nobody is locked out of a server of their own."""
        with Server(password_cost="interactive", public_name="localhost") as server:
            alice = Peer(server)
            server.stop()
            server.start("--listen", "0.0.0.0:0 plaintext")
            self.assertIn(b"public key ", server.process.stdout.readline())
            self.assertIn(b"certificate fingerprint ", server.process.stdout.readline())
            self.assertIn(b"certificate key ", server.process.stdout.readline())
            self.assertEqual(server.process.stdout.readline(), ADMINISTERED)
            command = server.process.stdout.readline().decode()
            self.assertIn(f"--server 127.0.0.1:{server.port} ", command)
            alice.close()
            alice = Peer(server)
            alice.request("register", "alice", PASSWORD, code=1027)
            alice.request("register", "alice", PASSWORD, {"setup": command.split()[-1]})
            alice.close()


if __name__ == "__main__":
    main()
