"""Sessions that outlive connections: attach by token, the server's restart,
several devices, and what an extended client gets beside the drawing."""

from harness import PASSWORD, ServerTest, decode, encode, main


def is_replay(received, known):
    """What a plain client may see again: the last few it knows, in their order."""
    return received == known[len(known) - len(received):]


def token_of_one_who_left(test, name, witness):
    """A session whose connection the server has seen end. libzmq closes a socket in a
    thread of its own, so that a message could still reach it."""
    peer = test.raw()
    peer.handshake()
    peer.request("request", "login", name, PASSWORD)
    token = peer.recv()[4]
    peer.close()
    for _ in range(2):
        witness.nothing_waits()
    return token


class Restart(ServerTest):
    def restart(self, *peers):
        """Kills the server; `peers` keep their sockets, which find it again."""
        for peer in peers:
            peer.wait_connected()
        self.server.kill()
        for peer in peers:
            peer.wait_disconnected()
        self.server.start()
        for peer in peers:
            peer.wait_connected()

    def test_a_plain_client_goes_on_with_its_old_token(self):
        alice, bob = self.user("alice"), self.user("bob")
        known = [f"message {i}" for i in range(5)]
        for content in known:
            alice.ask("whisper", "bob", content)
            bob.expect("update", "whisper", "alice", content)
        self.restart(alice, bob)
        # Any request attaches; this one while bob is still away.
        alice.ask("whisper", "bob", "after")
        bob.send("request", "whisper", "bob", bob.token, "alice", "here I am")
        bob.expect("response", "whisper", 0)
        alice.expect("update", "whisper", "bob", "here I am")
        replayed = []
        while (message := bob.recv()) != ["update", "whisper", "alice", "after"]:
            replayed.append(message)
        self.assertTrue(is_replay(
            replayed, [["update", "whisper", "alice", content] for content in known]), replayed)
        alice.ask("whisper", "bob", "live")
        bob.expect("update", "whisper", "alice", "live")

    def test_a_request_that_is_refused_attaches_too(self):
        alice, bob = self.user("alice"), self.user("bob")
        bob.ask("create_group", "cooks")
        self.restart(alice, bob)
        alice.ask("create_group", "cooks", code=767)
        bob.ask("whisper", "alice", "hi")
        alice.expect("update", "whisper", "bob", "hi")

    def test_an_extended_client_sees_each_message_once(self):
        alice, bob = self.user("alice"), self.extended("bob")
        last = 0
        for i in range(5):
            alice.ask("whisper", "bob", f"message {i}")
            last = bob.recv()[4]["id"]
        self.restart(alice, bob)
        alice.ask("whisper", "bob", "after")
        bob.send("request", "attach", "bob", bob.token, {"since": last})
        self.assertEqual(bob.recv()[:4], ["response", "attach", 0, "bob"])
        update = bob.recv()
        self.assertEqual(update[:4], ["update", "whisper", "alice", "after"])
        self.assertGreater(update[4]["id"], last)
        alice.ask("whisper", "bob", "live")
        self.assertEqual(bob.recv()[3], "live")

    def test_groups_and_contacts_are_kept(self):
        alice, bob = self.user("alice"), self.user("bob")
        alice.ask("create_group", "Cooks")
        bob.ask("join_group", "Cooks")
        self.restart(alice, bob)
        bob.ask("join_group", "cooks", code=769)
        alice.ask("msg_group", "cooks", "soup")
        bob.expect("update", "msg_group", "Cooks", "alice", "soup")
        bob.ask("join_call", "cooks", answer=["Cooks"])

    def test_logout_outlives_a_restart(self):
        alice, bob = self.user("alice"), self.user("bob")
        token = alice.token
        alice.request("logout", "alice")
        self.restart(alice, bob)
        alice.request("attach", "alice", token, code=512)
        bob.request("attach", "bob", token, code=517)
        bob.request("attach", "bob", bob.token, answer=["bob"])


class Attach(ServerTest):
    def test_plain(self):
        alice, bob = self.user("alice"), self.user("bob")
        other = self.peer()
        other.request("attach", "ALICE", alice.token, answer=["alice"])
        bob.ask("whisper", "alice", "hi")
        other.expect("update", "whisper", "bob", "hi")

    def test_extended(self):
        alice, bob = self.user("alice"), self.user("bob")
        other = self.peer()
        other.send("request", "attach", "alice", alice.token, {"client": "test", "features": []})
        answer = other.recv()
        self.assertEqual(answer[:4], ["response", "attach", 0, "alice"])
        self.assertEqual(set(answer[4]), {"server", "features", "db", "era", "newest", "admin",
                                          "build"})
        bob.ask("whisper", "alice", "hi")
        self.assertEqual(set(other.recv()[4]), {"id", "time", "to", "seq"})

    def test_a_long_message_right_behind_it(self):
        """Longer than a stranger's may be, and sent without waiting for the answer."""
        alice, bob = self.user("alice"), self.user("bob")
        other, samples = self.peer(), [i % 30000 for i in range(100000)]
        other.send("request", "attach", "alice", alice.token)
        other.send("request", "voice_msg", "alice", alice.token, "bob", 1, 44100, samples)
        other.expect("response", "attach", 0, "alice")
        other.expect("response", "voice_msg", 0)
        bob.expect("update", "voice_msg", "alice", 1, 44100, samples)

    def test_moves_the_session(self):
        old, bob = self.user("alice"), self.user("bob")
        new = self.peer()
        new.request("attach", "alice", old.token, answer=["alice"])
        bob.ask("whisper", "alice", "one")
        new.expect("update", "whisper", "bob", "one")
        old.request("logout", "alice", code=255)
        # The old connection is open, and may have it back.
        old.request("attach", "alice", old.token, answer=["alice"])
        bob.ask("whisper", "alice", "two")
        while (message := old.recv()) != ["update", "whisper", "bob", "two"]:
            self.assertEqual(message, ["update", "whisper", "bob", "one"])
        new.nothing_waits()

    def test_moving_leaves_the_call(self):
        alice, bob = self.user("alice"), self.user("bob")
        alice.ask("create_group", "cooks")
        bob.ask("join_group", "cooks")
        alice.ask("join_call", "cooks", answer=["cooks"])
        bob.ask("join_call", "cooks", answer=["cooks"])
        new = self.peer()
        new.request("leave_call", "alice", alice.token, code=1279)
        bob.send("update", "call_data", "bob", bob.token, "cooks", [1])
        bob.nothing_waits()
        alice.nothing_waits()
        new.nothing_waits()

    def test_refusals(self):
        alice, bob = self.user("alice"), self.user("bob")
        other = self.peer()
        other.request("attach", "nobody", alice.token, code=512)
        other.request("attach", "alice", bob.token, code=517)
        alice.request("attach", "bob", bob.token, code=516)
        other.request("attach", "alice", code=1023)
        alice.request("attach", "alice", alice.token, answer=["alice"])

    def test_audio_never_attaches(self):
        alice = self.user("alice")
        other = self.peer()
        other.send("update", "call_data", "alice", alice.token, "cooks", [1])
        other.request("logout", "alice", code=255)
        alice.ask("create_group", "cooks")

    def test_being_extended_is_kept_with_the_session(self):
        alice, bob = self.extended("alice"), self.user("bob")
        other = self.peer()
        other.send("request", "create_group", "alice", alice.token, "cooks")
        self.assertEqual(other.recv()[:3], ["response", "create_group", 0])
        bob.ask("whisper", "alice", "hi")
        self.assertIn("id", other.recv()[4])


class Devices(ServerTest):
    def test_two_sessions(self):
        first, bob = self.user("alice"), self.user("bob")
        second = self.peer().login("alice")
        bob.ask("whisper", "alice", "hi")
        first.expect("update", "whisper", "bob", "hi")
        second.expect("update", "whisper", "bob", "hi")
        first.request("logout", "alice")
        bob.ask("whisper", "alice", "still there?")
        second.expect("update", "whisper", "bob", "still there?")
        first.nothing_waits()

    def test_each_has_its_own_place(self):
        """One device is away while the other reads: it misses nothing."""
        first, bob = self.user("alice"), self.user("bob")
        token = token_of_one_who_left(self, "alice", bob)
        for i in range(5):
            bob.ask("whisper", "alice", f"message {i}")
            first.expect("update", "whisper", "bob", f"message {i}")
        again = self.peer()
        again.request("attach", "alice", token, answer=["alice"])
        for i in range(5):
            again.expect("update", "whisper", "bob", f"message {i}")

    def test_the_longest_idle_of_seventeen_is_dropped(self):
        devices = [self.user("alice")] + [self.peer().login("alice") for _ in range(15)]
        for device in devices:
            device.wait_connected()
        self.assertEqual(self.server.stop(), 0)
        for device in devices:
            device.wait_disconnected()
        self.server.start()
        for device in devices[1:]:
            device.request("attach", "alice", device.token, answer=["alice"])
        self.peer().login("alice")
        devices[0].request("attach", "alice", devices[0].token, code=517)
        for device in devices[1:]:
            device.request("attach", "alice", device.token, answer=["alice"])


class Receipts(ServerTest):
    """What a client has shown to have received does not come again."""

    def comes_again(self, token, minor):
        """Attaches, reads up to a fence, and drops: did "once" come?"""
        peer = self.raw()
        peer.handshake(minor=minor)
        peer.request("request", "attach", "bob", token)
        self.assertEqual(peer.recv(), ["response", "attach", 0, "bob"])
        self.fences += 1
        self.alice.ask("whisper", "bob", f"fence {self.fences}")
        came = []
        while not came or came[-1] != f"fence {self.fences}":
            came.append(peer.recv()[3])
        for _ in range(100):  # while the server sees what the peer has taken
            peer.request("request", "logout", "alice")
            self.assertEqual(peer.recv(), ["response", "logout", 516])
        peer.close()
        return "once" in came

    def test_of_zmtp_3_0_and_3_1(self):
        self.alice, self.fences = self.user("alice"), 0
        self.user("bob")
        for minor in (0, 1):
            with self.subTest(minor=minor):
                token = token_of_one_who_left(self, "bob", self.alice)
                self.alice.ask("whisper", "bob", "once")
                self.assertTrue(self.comes_again(token, minor))
                # The server may check a moment after the peer has closed, but not always.
                self.assertIn(False, (self.comes_again(token, minor) for _ in range(100)))


class Extended(ServerTest):
    def test_login(self):
        alice = self.extended("alice")
        self.assertEqual(set(alice.server_map), {"server", "features", "db", "era", "newest", "admin",
                                                 "build"})
        self.assertIsInstance(alice.server_map["server"], str)
        self.assertIsInstance(alice.server_map["features"], list)
        self.assertRegex(alice.server_map["db"], r"\A[0-9a-f]{32}\.0\Z")
        self.assertRegex(alice.server_map["era"], r"\A[0-9a-f]{12}-1\Z")
        self.assertEqual(alice.server_map["newest"], 0)

    def test_updates_carry_id_and_time_in_shortest_form(self):
        alice, bob = self.user("alice"), self.extended("bob")
        ids, times = [], []
        for i in range(20):
            alice.ask("whisper", "bob", f"message {i}")
            data = bob.recv_bytes()
            update = decode(data)
            self.assertEqual(update[:4], ["update", "whisper", "alice", f"message {i}"])
            self.assertEqual(list(update[4]), ["id", "time", "to", "seq"])
            self.assertEqual(update[4]["to"], "bob")
            self.assertEqual(encode(*update), data)
            self.assertEqual(update[4]["seq"], i + 1)
            ids.append(update[4]["id"])
            times.append(update[4]["time"])
        self.assertEqual(ids, sorted(set(ids)))
        self.assertEqual(times, sorted(times))
        self.assertGreater(times[0], 1700000000000)  # milliseconds, not seconds

    def test_group_and_voice(self):
        alice, bob = self.extended("alice"), self.extended("bob")
        alice.send("request", "create_group", "alice", alice.token, "Cooks")
        self.assertEqual(alice.recv()[:3], ["response", "create_group", 0])
        bob.send("request", "join_group", "bob", bob.token, "cooks")
        self.assertEqual(bob.recv()[:3], ["response", "join_group", 0])
        alice.send("request", "msg_group", "alice", alice.token, "cooks", "soup")
        update = bob.recv()
        self.assertEqual(update[:5], ["update", "msg_group", "Cooks", "alice", "soup"])
        self.assertEqual(list(update[5]), ["id", "time", "seq"])
        alice.send("request", "voice_msg", "alice", alice.token, "#cooks", 1, 8000, [1, 2])
        update = bob.recv()
        self.assertEqual(update[:6], ["update", "voice_msg", "alice", 1, 8000, [1, 2]])
        self.assertEqual(update[6]["group"], "Cooks")
        alice.send("request", "voice_msg", "alice", alice.token, "bob", 1, 8000, [1, 2])
        self.assertNotIn("group", bob.recv()[6])

    def test_copies_of_whispers_go_to_extended_devices_only(self):
        sender, bob = self.user("alice"), self.user("bob")
        plain = self.peer().login("alice")
        extended = self.peer().login_extended("alice")
        sender.ask("whisper", "BOB", "hi")
        bob.expect("update", "whisper", "alice", "hi")
        copy = extended.recv()
        self.assertEqual(copy[:4], ["update", "whisper", "alice", "hi"])
        self.assertEqual(copy[4]["to"], "bob")
        bob.ask("whisper", "alice", "fence")
        for peer in (sender, plain):
            peer.expect("update", "whisper", "bob", "fence")

    def test_plain_and_extended_side_by_side(self):
        alice, plain = self.user("alice"), self.user("bob")
        extended = self.peer().login_extended("bob")
        alice.ask("whisper", "bob", "hi")
        plain.expect("update", "whisper", "alice", "hi")
        self.assertEqual(len(extended.recv()), 5)

    def test_since(self):
        alice, bob = self.user("alice"), self.extended("bob")
        ids = []
        for i in range(6):
            alice.ask("whisper", "bob", f"message {i}")
            ids.append(bob.recv()[4]["id"])
        for since in (0, ids[0], ids[4], ids[5]):
            again = self.peer().login_extended("bob", since=since)
            alice.ask("whisper", "bob", "end")
            end = bob.recv()[4]["id"]
            got = []
            while not got or got[-1] < end:
                got.append(again.recv()[4]["id"])
            self.assertEqual(got, [i for i in ids if i > since] + [end])
            ids.append(end)

    def test_since_of_other_messages(self):
        """It is ignored, and the answer says where delivery begins instead."""
        alice, bob = self.user("alice"), self.extended("bob")
        told = bob.server_map
        ids = []
        for i in range(3):
            alice.ask("whisper", "bob", f"message {i}")
            ids.append(bob.recv()[4]["id"])
        db, era = told["db"], told["era"]
        other = "0" * 32 + ".0"
        for since, good in (({"since": ids[1], "db": db, "era": era}, True),
                            ({"since": ids[1], "db": db}, True),
                            ({"since": ids[2] + 1}, False),
                            ({"since": 2 ** 64 - 1}, False),
                            ({"since": ids[1], "db": other, "era": era}, False),
                            ({"since": ids[2] + 1, "db": db, "era": era}, False),
                            ({"since": ids[1], "db": db, "era": "0" * 12 + "-1"}, False)):
            peer = self.peer()
            peer.send("request", "attach", "bob", bob.token, since)
            answer = peer.recv()
            self.assertEqual(answer[:4], ["response", "attach", 0, "bob"])
            self.assertEqual({key: answer[4][key] for key in ("db", "era")},
                             {"db": db, "era": era})
            self.assertEqual(answer[4]["newest"], ids[-1])
            self.assertEqual(answer[4].get("restarted"), None if good else 1, since)
            begin = since["since"] if good else answer[4]["since"]
            self.assertLessEqual(begin, ids[-1])
            self.assertEqual([peer.recv()[4]["id"] for i in ids if i > begin],
                             [i for i in ids if i > begin])
            peer.nothing_waits()


class Received(ServerTest):
    """A PONG comes from the network's stack, also for a program that hangs."""

    def read_without_a_word(self, peer, alice, asked=True):
        """Its stack answers the server's PING, if it is `asked`; its program looks at
        nothing."""
        alice.ask("whisper", "bob", "unread")
        flags, body = peer.recv_frame()
        self.assertEqual((flags, decode(body)), (0, ["update", "whisper", "alice", "unread"]))
        if asked:
            flags, ping = peer.recv_frame()
            self.assertEqual((flags, ping[:5]), (4, b"\x04PING"))
            pong = b"\x04PONG" + ping[7:]
            peer.send(bytes([4, len(pong)]) + pong)
        peer.request("request", "add_contact", "bob", self.token, "alice")  # after the PONG
        self.assertEqual(peer.recv(), ["response", "add_contact", 0])
        peer.close()
        for _ in range(2):
            alice.nothing_waits()

    def start(self):
        alice = self.user("alice")
        peer = self.raw()
        peer.handshake()
        peer.request("request", "register", "bob", PASSWORD)
        peer.recv()
        peer.request("request", "login", "bob", PASSWORD)
        self.token = peer.recv()[4]
        return alice, peer

    def first_after(self, alice):
        again = self.peer()
        again.request("attach", "bob", self.token, answer=["bob"])
        alice.ask("whisper", "bob", "later")
        return again.recv()[3]

    def test_by_a_pong_alone_a_message_counts_as_received(self):
        alice, peer = self.start()
        self.read_without_a_word(peer, alice)
        self.assertEqual(self.first_after(alice), "later")

    def test_who_confirms_himself_gets_it_again(self):
        alice, peer = self.start()
        peer.request("request", "received", "bob", self.token, 0)
        self.assertEqual(peer.recv(), ["response", "received", 0])
        self.read_without_a_word(peer, alice, asked=False)
        self.assertEqual(self.first_after(alice), "unread")

    def test_what_is_confirmed_outlives_kill_9(self):
        alice, bob = self.user("alice"), self.peer().register("bob")
        bob.send("request", "login", "bob", PASSWORD, {"features": ["received"]})
        token = bob.recv()[4]
        for content in ("one", "two"):
            alice.ask("whisper", "bob", content)
        first = bob.recv()[4]["id"]
        bob.recv()
        bob.request("received", "bob", token, first)
        self.server.kill()
        self.server.start()
        again = self.peer()
        again.send("request", "attach", "bob", token)
        self.assertEqual(again.recv()[:3], ["response", "attach", 0])
        self.assertEqual(again.recv()[3], "two")


class Own(ServerTest):
    def test_what_other_devices_sent_while_one_was_away(self):
        bob, phone = self.user("bob"), self.user("alice")
        laptop = self.raw()
        laptop.handshake()
        laptop.request("request", "login", "alice", PASSWORD, {"features": ["own"]})
        token = laptop.recv()[4]
        phone.ask("whisper", "bob", "live")
        update = laptop.recv()
        self.assertEqual((update[3], update[4]["to"], update[4]["own"]), ("live", "bob", 1))
        since = update[4]["id"]
        bob.expect("update", "whisper", "alice", "live")
        laptop.close()
        for i in range(150):  # more than a page
            phone.ask("whisper", "bob", f"{i}")
            bob.expect("update", "whisper", "alice", f"{i}")
        bob.ask("whisper", "alice", "an answer")
        again = self.peer()
        again.send("request", "attach", "alice", token, {"features": ["own"], "since": since})
        self.assertEqual(again.recv()[:3], ["response", "attach", 0])
        for i in range(150):
            update = again.recv()
            self.assertEqual((update[3], update[4]["own"], update[4]["seq"]), (f"{i}", 1, i + 2))
        update = again.recv()
        self.assertEqual(update[3], "an answer")
        self.assertNotIn("own", update[4])


class Leftovers(ServerTest):
    settings = {"texts_per_s": 0, "requests_per_s": 0}

    def test_they_do_not_take_the_session_back(self):
        """What a dead connection still had under way is stored or answered 255; each
        acknowledgement on the live one has its map."""
        self.user("bob")
        old = self.extended("alice")
        new = self.peer()
        for i in range(300):
            old.send("request", "whisper", "alice", old.token, "bob", f"old {i}", {"n": i + 1})
            if i == 150:
                new.send("request", "attach", "alice", old.token, {"features": []})
        self.assertEqual(new.recv()[:3], ["response", "attach", 0])
        for i in range(300):
            new.send("request", "whisper", "alice", old.token, "bob", f"new {i}",
                     {"n": i + 1, "part": 7})
        for i in range(300):
            message = new.recv()
            self.assertEqual(message[:3], ["response", "whisper", 0])
            self.assertEqual(set(message[3]), {"id", "time", "seq", "n"})
            self.assertEqual(message[3]["n"], i + 1)
        moved = False
        for i in range(300):
            message = old.recv()
            if message[0] == "update":
                self.assertEqual(message, ["update", "session_moved", "alice"])
                moved = True
                message = old.recv()
            self.assertEqual(message[3]["n"], i + 1)
            self.assertIn(message[2], (0, 255) if moved else (0,))
        self.assertTrue(moved or old.recv()[1] == "session_moved")
        new.send("request", "add_contact", "alice", old.token, "bob")
        self.assertEqual(new.recv(), ["response", "add_contact", 0])


if __name__ == "__main__":
    main()
