"""Several chinwagd on one PostgreSQL, and people who do at one of them what concerns others: whoever is
at another server is told in the same words, and what was taken away there is not to be had here. Run by
tools/with_postgres."""

import hashlib
import os
import time
from functools import partial

from control import ask as control
from harness import PASSWORD, at_once, main
from test_nodes import Deaf, WithNodes
from test_postgres import ask, url

MOVED = 255
NO_SUCH_GROUP = 768
NOT_A_MEMBER = 770
BAD_REQUEST = 1023
FORBIDDEN = 1027
RATE_LIMITED = 1026


class Asking(WithNodes):
    def answer(self, peer, action, *arguments):
        """The answer from its code on, whatever comes before it."""
        peer.send("request", action, peer.name, peer.token, *arguments)
        while (message := peer.recv())[:2] != ["response", action]:
            pass
        return message[2:]


class Agreeing(Asking):
    def setUp(self):
        super().setUp()
        self.second = self.node(2).start()

    def until_heard(self, peer):
        """A commit of the peer's server comes behind all that others have committed."""
        self.assertEqual(self.do(peer, "whisper", "bob", "heard"), 0)


class Ending(Agreeing):
    """Sessions at the second server that end for what is done at the first one."""

    people = *Agreeing.people, "dora"

    def reason(self, peer):
        return self.update(peer, "session_ended")[2:]

    def test_the_reason_is_the_same(self):
        for name, reason, *words in (("mallory", "banned", "ban", "add", "@mallory"),
                                     ("bob", "revoked", "user", "logout", "bob"),
                                     ("carol", "renamed", "user", "rename", "carol", "caroline"),
                                     ("dora", "deleted", "user", "delete", "dora", "account")):
            peer = self.extended(self.second, name)
            control(self.server, *words)
            self.assertEqual(self.reason(peer), [name, reason])
            peer.wait_disconnected()

    def test_of_a_reset_and_of_a_bot(self):
        mallory = self.extended(self.second, "mallory")
        control(self.server, "user", "reset", "mallory")
        self.assertEqual(self.reason(mallory), ["mallory", "reset"])
        alice = self.extended(self.server, "alice")
        secret = self.answer(alice, "create_bot", "helper")[1]
        bot = self.peer_of(self.second).login_extended("helper", password=secret)
        self.assertEqual(self.answer(alice, "renew_bot", "helper")[0], 0)
        self.assertEqual(self.reason(bot), ["helper", "password"])


class Revoked(Asking):
    """The second server hears no bell, and reads what others have done 2 s later: what was taken away
    there is refused at once all the same."""

    def setUp(self):
        super().setUp()
        self.relay = Deaf()
        self.addCleanup(self.relay.close)
        self.second = self.node(2, store=url(self.database, folder=self.relay.folder)).start()

    def test_who_is_banned_from_the_server_says_nothing_more(self):
        mallory = self.extended(self.second, "mallory")
        alice = self.extended(self.server, "alice")
        self.assertEqual(self.do(mallory, "whisper", "alice", "before"), 0)
        self.update(alice, "whisper")
        control(self.server, "ban", "add", "@mallory")
        for i in range(3):
            mallory.send("request", "whisper", "mallory", mallory.token, "alice", f"after {i}")
        mallory.wait_disconnected()
        self.assertEqual(self.dense(), 1)

    def test_nor_a_session_that_was_taken_away(self):
        """The other one of its user goes on, also in the same batch."""
        bob = self.extended(self.second, "bob")
        kept = self.extended(self.server, "bob")
        self.assertEqual(self.do(kept, "change_password", PASSWORD, "another horse"), 0)
        bob.send("request", "whisper", "bob", bob.token, "alice", "with a stolen token")
        bob.wait_disconnected()
        self.assertEqual(self.do(kept, "whisper", "alice", "mine"), 0)
        self.assertEqual(self.dense(), 1)

    def test_who_comes_back_is_heard(self):
        control(self.server, "user", "logout", "bob")
        bob = self.extended(self.second, "bob")
        self.assertEqual(self.do(bob, "whisper", "alice", "here again"), 0)

    def test_rights_in_a_group(self):
        alice = self.extended(self.server, "alice", "groups")
        bob = self.extended(self.second, "bob", "groups")
        carol = self.extended(self.second, "carol", "groups")
        self.group(alice, bob, carol)

        def says(peer, text):
            code, about = self.answer(peer, "msg_group", "g", text)
            return code, about.get("rule")
        self.assertEqual(says(bob, "one"), (0, None))
        self.assertEqual(self.do(alice, "set_slow_mode", "g", 3600), 0)
        self.assertEqual(says(bob, "two"), (0, None))
        self.assertEqual(says(bob, "three"), (RATE_LIMITED, "slow_mode"))
        self.assertEqual(self.do(alice, "mute", "g", "bob", 3600), 0)
        self.assertEqual(says(bob, "four"), (FORBIDDEN, "muted"))
        self.assertEqual(self.dense(), 2)
        control(self.server, "group", "close", "g")
        self.assertIn(says(carol, "five")[0], (NO_SUCH_GROUP, NOT_A_MEMBER))  # by when it is read


class Counting(WithNodes):
    """Rates are each server's own, as docs/cluster.md says."""

    def other(self, **settings):
        return super().other(**{"strangers_per_minute": 1, **settings})

    def test_a_rate_is_counted_by_each_server(self):
        second = self.node(2).start()
        here, there = self.extended(self.server, "alice"), self.extended(second, "alice")
        for peer, name, code in ((here, "bob", 0), (here, "carol", RATE_LIMITED), (there, "carol", 0),
                                 (there, "mallory", RATE_LIMITED), (here, "mallory", RATE_LIMITED)):
            self.assertEqual(self.do(peer, "whisper", name, "hello"), code)


class Telling(Agreeing):
    """What is told of at the second server, once and by name."""

    def test_who_is_removed_leaves_under_the_own_name(self):
        alice = self.extended(self.server, "alice", "groups")
        bob = self.extended(self.second, "bob", "groups")
        self.group(alice, bob, self.at(self.server, "mallory"))
        control(self.server, "user", "delete", "mallory", "account")
        for peer in alice, bob:
            while (event := self.update(peer, "group_event"))[4] != "left":
                pass
            self.assertEqual(event[2:5], ["g", "mallory", "left"])

    def test_the_name_does_not_stay(self):
        """For a few seconds others may read it; a server that starts takes it out, too."""
        control(self.server, "user", "delete", "mallory", "account")
        name = "SELECT count(*) FROM chinwag.news WHERE body = 'mallory'"
        self.assertEqual(ask(self.database, name), "1")
        self.server.kill()
        self.server.start()
        self.wait_for(f"SELECT ({name}) = 0")

    def test_a_group_is_closed(self):
        """Its members have been told, and are not told again when they come back."""
        alice = self.extended(self.server, "alice", "groups")
        bob = self.extended(self.second, "bob", "groups")
        self.group(alice, bob)
        control(self.server, "group", "close", "g")
        while self.update(bob, "group_event")[4] != "closed":
            pass
        self.assertEqual(self.do(bob, "contacts"), 0)  # it has received it
        self.wait_for("SELECT count(*) = 0 FROM chinwag.notices WHERE user_id ="
                      " (SELECT id FROM chinwag.users WHERE name = 'bob')")

    def test_what_is_set_for_all_devices(self):
        here = self.extended(self.server, "bob", "read")
        there = self.extended(self.second, "bob", "read")
        alice = self.extended(self.server, "alice")
        self.group(alice, here)
        self.assertEqual(self.do(here, "notify", "alice", "nothing"), 0)
        self.assertEqual(self.update(there, "notify")[2:], ["alice", "nothing", {}])
        self.assertEqual(self.do(here, "notify", "#g", "all", {"until": 4102444800000}), 0)
        self.assertEqual(self.update(there, "notify")[2:], ["#g", "all", {"until": 4102444800000}])
        self.assertEqual(self.do(here, "quiet_hours", "22:00-07:00 +02:00"), 0)
        self.assertEqual(self.update(there, "quiet_hours")[2:], ["22:00-07:00 +02:00"])
        self.assertEqual(self.do(here, "quiet_hours", "off"), 0)
        self.assertEqual(self.update(there, "quiet_hours")[2:], ["off"])
        self.assertEqual(self.do(here, "settings", {"receipts": 0}), 0)
        self.assertEqual(self.update(there, "settings")[-1], {"receipts": 0})

    def updates(self, peer, action):
        """Those that have come."""
        peer.send("request", "contacts", peer.name, peer.token)
        found = []
        while (message := peer.recv())[0] != "response":
            found += [message[2:]] if message[1] == action else []
        return found

    def test_a_contact(self):
        """Which bob adds and removes at another server than where carol is."""
        here = self.extended(self.server, "bob", "presence")
        there = self.extended(self.second, "bob", "presence")
        carol = self.extended(self.second, "carol")
        self.assertEqual(self.do(here, "add_contact", "carol"), 0)
        self.until_heard(carol)
        self.assertEqual(self.do(carol, "set_presence", "away"), 0)
        self.assertEqual(self.updates(there, "presence"), [["carol", "away"]])
        self.assertEqual(self.do(here, "remove_contact", "carol"), 0)
        self.until_heard(carol)
        self.assertEqual(self.do(carol, "set_presence", "online"), 0)
        self.assertEqual(self.updates(there, "presence"), [])

    def test_a_profile(self):
        """To who has bob as a contact, to a fellow member, and to bob himself; not to mallory, whom
        bob has blocked. Nobody at the second server knows where bob is."""
        features = "presence", "profiles", "groups"
        bob, alice, carol, mallory = (
            self.extended(server, name, *features)
            for server, name in ((self.server, "bob"), (self.second, "alice"), (self.second, "carol"),
                                 (self.second, "mallory")))
        self.group(carol, bob)
        for peer in alice, mallory:
            self.assertEqual(self.do(peer, "add_contact", "bob"), 0)
        self.assertEqual(self.do(bob, "block", "mallory"), 0)
        until = {"until": int(time.time()) * 1000 + 3600000}
        self.assertEqual(self.do(bob, "set_profile", "status", "at lunch", until), 0)
        self.assertEqual(self.do(bob, "set_profile", "last_seen", "off"), 0)
        self.assertEqual(self.do(bob, "set_profile", "display", "Bob B."), 0)
        for peer in alice, carol:
            self.assertEqual(self.update(peer, "profile")[2:], ["bob", "status", "at lunch", until])
            self.assertEqual(self.update(peer, "profile")[2:], ["bob", "display", "Bob B."])
        self.assertEqual(self.updates(mallory, "profile"), [])
        there = self.extended(self.second, "bob", *features)
        self.assertEqual(self.do(bob, "set_profile", "last_seen", "on"), 0)
        self.assertEqual(self.update(there, "profile")[2:], ["bob", "last_seen", "on"])
        self.assertEqual(self.do(bob, "set_profile", "last_seen", "on"), 0)  # as it was
        self.until_heard(carol)
        for peer in there, alice, carol:
            self.assertEqual(self.updates(peer, "profile"), [])

    def test_settings_of_a_group(self):
        alice = self.extended(self.server, "alice", "groups")
        bob = self.extended(self.second, "bob", "groups")
        self.group(alice, bob)
        for setting, value, event, about in (
                ("set_access", "invited", "access", {"access": "invited"}),
                ("set_writers", "moderators", "writers", {"role": "moderator"}),
                ("set_here", "nobody", "here", {"access": "nobody"}),
                ("set_slow_mode", 30, "slow_mode", {"limit": 30}),
                ("set_versions", 7, "versions", {"limit": 7})):
            self.assertEqual(self.do(alice, setting, "g", value), 0)
            self.assertEqual(self.update(bob, "group_event")[2:], ["g", "alice", event, about])
        self.assertEqual(self.do(alice, "set_retention", "g", 30, 0), 0)
        self.assertEqual(self.update(bob, "group_event")[2:], ["g", "alice", "retention", {}])

    def test_a_talk_begins(self):
        """Whom it is with learns by that that there is one."""
        alice = self.extended(self.server, "alice", "groups")
        peers = [self.extended(server, name, "groups")
                 for server, name in ((self.server, "carol"), (self.second, "bob"), (self.second, "alice"))]
        self.assertEqual(self.do(alice, "create_talk", "bob carol"), 0)
        told = [[self.update(peer, "group_event")[2:5] for _ in range(2)] for peer in peers]
        self.assertEqual([told[0]] * 3, told)
        self.assertEqual(sorted(event[1] for event in told[0]), ["bob", "carol"])

    def test_announcements(self):
        bob = self.extended(self.second, "bob", "announcements")
        control(self.server, "announce", "soup is ready")
        update = self.update(bob, "announce")
        self.assertIn("soup is ready", update)
        listed = control(self.second, "announcement", "list")
        self.assertEqual([entry["content"] for entry in listed], ["soup is ready"])
        control(self.second, "announcement", "end", str(listed[0]["id"]))
        self.assertEqual(self.update(bob, "end_announcement")[2], listed[0]["id"])


class Setting(Agreeing):
    """What administrators set holds at all servers, also at those that start later."""

    def settings(self, server):
        return {entry["name"]: (entry.get("content"), entry.get("kind"))
                for entry in control(server, "get")}

    def test_it_holds_at_all(self):
        third = self.node(3)
        control(self.server, "set", "registration", "closed")
        control(self.server, "set", "texts_per_s", "7")
        control(self.second, "set", "log_level", "debug")
        third.start()
        for server in self.server, self.second, third:
            server.wait_log("registration was read again") if server is self.second else None
            server.wait_log("log_level was read again") if server is self.server else None
            found = self.settings(server)
            self.assertEqual(found["registration"], ("closed", "set"))
            self.assertEqual(found["texts_per_s"], ("7", "set"))
            self.assertEqual(found["log_level"], ("debug", "set"))
        peer = self.peer_of(self.second)
        peer.send("request", "register", "newcomer", PASSWORD)
        self.assertNotEqual(peer.recv()[2], 0)
        control(third, "set", "registration", "")
        self.second.wait_count("registration was read again", 2)
        self.assertNotIn("set", self.settings(self.second)["registration"])
        peer.send("request", "register", "newcomer", PASSWORD)
        self.assertEqual(peer.recv()[2], 0)

    def test_what_was_set_before_there_was_a_store_is_taken_back_too(self):
        """It is in the data folder of the one that was alone."""
        third = self.node(3)
        old = os.path.join(third.data, "set.conf")
        with open(os.open(old, os.O_CREAT | os.O_WRONLY, 0o600), "w") as settings:
            settings.write("registration = closed\ntexts_per_s = 7\n")
        third.start()
        self.assertEqual(self.settings(third)["registration"][0], "closed")
        control(third, "set", "registration", "")
        self.assertEqual(self.settings(third)["registration"][0], "auto")
        with open(old) as settings:
            self.assertEqual(settings.read(), "texts_per_s = 7\n")


class Uploading(Agreeing):
    def begin(self, peer, data):
        code, file, generation = self.answer(peer, "upload", "soup.bin", len(data))[:3]
        self.assertEqual(code, 0)
        return file, generation

    def chunk(self, peer, file, generation, data, at, to):
        return self.answer(peer, "upload_chunk", file, generation, at, data[at:to])

    def test_it_goes_on_at_another_server(self):
        """The first writer is told that there is another one; the pieces are one file."""
        data = b"".join(hashlib.sha256(bytes([i])).digest() for i in range(250))
        first, second = self.extended(self.server, "alice"), self.extended(self.second, "alice")
        file, old = self.begin(first, data)
        self.assertEqual(self.chunk(first, file, old, data, 0, 3000), [0, 3000])
        code, new, at = self.answer(second, "resume_upload", file)[:3]
        self.assertEqual((code, at), (0, 3000))
        self.assertEqual(self.chunk(second, file, new, data, 3000, 5000), [0, 5000])
        self.until_heard(first)
        refusal = self.chunk(first, file, old, data, 3000, 4000)
        self.assertEqual((refusal[0], refusal[1]["rule"]), (BAD_REQUEST, "upload_taken"))
        self.assertEqual(self.chunk(second, file, new, data, 5000, 8000), [0, 8000])
        digest = hashlib.sha256(data).digest()
        self.assertEqual(self.answer(second, "end_upload", file, new, digest), [0])
        self.until_heard(first)
        refusal = self.chunk(first, file, new, data, 8000, 8001)
        self.assertEqual(refusal[1]["rule"], "upload_not_open")
        self.assertEqual(self.answer(first, "whisper", "bob", "", {"file": file})[0], 0)
        bob = self.extended(self.second, "bob")
        code, size, _, piece = self.answer(bob, "fetch_file", file, 0)[:4]
        self.assertEqual((code, size, piece), (0, len(data), data))


class Racing(Agreeing):
    """One session, or one user, at both servers at once."""

    def test_one_message_at_both_at_once(self):
        """Whichever was first: it is stored once, and the other one gets the same answer, or hears
        that the session has moved."""
        alice = self.extended(self.server, "alice")
        other = self.peer_of(self.second)
        for n in range(1, 21):
            peers = [alice, other] if n % 2 else [other, alice]
            for peer in peers:
                peer.send("request", "attach", "alice", alice.token, {"features": []})
            for peer in peers:
                peer.send("request", "whisper", "alice", alice.token, "bob", f"text {n}", {"n": n})
            answers = [self.answer_of(peer) for peer in peers]
            self.assertLessEqual({answer[0] for answer in answers}, {0, MOVED})
            self.assertEqual(len({answer[-1]["id"] for answer in answers if answer[0] == 0}), 1)
        self.assertEqual(self.dense(), 20)

    def answer_of(self, peer):
        while (message := peer.recv())[:2] != ["response", "whisper"]:
            pass
        return message[2:]

    def test_what_was_just_said_elsewhere(self):
        """Edited, answered to and deleted at one server what was sent at the other a moment ago."""
        features = "edits", "reactions"
        alice = self.extended(self.server, "alice", *features)
        there = self.extended(self.second, "alice", *features)
        bob = self.extended(self.second, "bob", *features)
        for i in range(20):
            seq = self.answer(alice, "whisper", "bob", f"text {i}", {"n": i + 1})[-1]["seq"]
            self.assertEqual(self.do(there, "edit", "bob", seq, f"better {i}"), 0)
            self.assertEqual(self.do(bob, "react", "alice", seq, "\N{THUMBS UP SIGN}"), 0)
            self.assertEqual(self.do(there if i % 2 else alice, "delete", "bob", seq), 0)
        self.dense()

    def test_both_take_one_name(self):
        def register(peer):
            codes = []
            for i in range(20):
                peer.send("request", "register", f"name{i}", PASSWORD)
                codes.append(peer.recv()[2])
            return codes

        codes = at_once(*(partial(register, self.peer_of(server)) for server in (self.server, self.second)))
        for i in range(20):
            self.assertEqual(sorted([codes[0][i], codes[1][i]])[0], 0)
            self.assertNotEqual(codes[0][i], codes[1][i])


if __name__ == "__main__":
    main()
