"""Conversations that last, by the chinwag command against a real server."""

import json
import os
import struct
import sys
import wave

from command import DONE, REFUSED, WRONG_USE, Commands, main


class TalkTest(Commands):
    def as_(self, name, *arguments):
        return self.done("--as", name, *arguments)

    def list_(self, name, *arguments):
        return [json.loads(line) for line in self.as_(name, *arguments, "--json").splitlines()]

    def refused(self, part, name, *arguments):
        self.fails(REFUSED, part, "--as", name, *arguments)

    def setUp(self):
        super().setUp()
        self.register("alice", "bob")

    # --- messages ---------------------------------------------------------------

    def test_history_replies_edits_deletions(self):
        self.as_("alice", "send", "@bob", "soup?")
        self.as_("bob", "reply", "@alice", "1", "yes")
        self.as_("alice", "edit", "@bob", "1", "pea soup?")
        history = self.list_("bob", "history", "@alice")
        self.assertEqual([entry["seq"] for entry in history], [1, 2, 3])
        self.assertEqual([entry["kind"] for entry in history], ["text", "text", "edit"])
        self.assertEqual(history[0]["content"], "pea soup?")
        self.assertIn("edited", history[0])
        self.assertEqual((history[1]["sender"], history[1]["reply_to"]), ("bob", 1))
        self.assertEqual(history[2]["of"], 1)
        lines = self.as_("bob", "history", "@alice").splitlines()
        self.assertRegex(lines[0], r"^\[1\] \d\d:\d\d alice: pea soup\? \(edited\)$")
        self.assertRegex(lines[1], r"^\[2\] \d\d:\d\d bob \(you\) answers \[1\] \(alice: pea soup\?\): yes  \(sent\)$")
        self.assertEqual(len(lines), 2)
        self.as_("bob", "delete", "@alice", "2")
        entry = self.list_("alice", "history", "@bob", "--around", "2", "--limit", "1")[0]
        self.assertNotIn("content", entry)
        self.assertIn("deleted", entry)
        self.refused("only who wrote a message may change it", "bob", "edit", "@alice", "1", "mine")
        self.as_("bob", "delete", "@alice", "2")  # it is so already
        self.refused("no_message", "bob", "edit", "@alice", "2", "x")
        self.refused("no message with this number", "bob", "edit", "@alice", "99", "x")
        self.refused("no such user", "bob", "history", "@nobody")
        self.refused("no such group", "bob", "history", "#nothing")
        self.fails(WRONG_USE, "is no number of a message", "--as", "bob", "edit", "@alice", "x", "y")
        self.fails(WRONG_USE, "neither @NAME nor #GROUP", "--as", "bob", "history", "alice")

    def test_pages(self):
        for i in range(1, 8):
            self.as_("alice", "send", "@bob", f"message {i}")

        def contents(*arguments):
            code, out, _ = self.run_command("--as", "bob", "history", "@alice", "--json",
                                            *arguments)
            self.assertEqual(code, DONE)
            return [json.loads(line)["content"][-1] for line in out.splitlines()]

        self.assertEqual(contents("--limit", "3"), ["5", "6", "7"])
        self.assertEqual(contents("--limit", "2", "--before", "5"), ["3", "4"])
        self.assertEqual(contents("--limit", "2", "--after", "5"), ["6", "7"])
        self.assertEqual(contents("--after", "7"), [])
        code, _, err = self.run_command("--as", "bob", "history", "@alice", "--limit", "2")
        self.assertEqual((code, err), (0, "chinwag: there is more: chinwag history @alice --as bob "
                                          "--limit 2 --before 6\n"))
        self.fails(WRONG_USE, "1 to 200", "--as", "bob", "history", "@alice", "--limit", "201")

    def test_reading_and_chats(self):
        self.as_("alice", "send", "@bob", "one")
        self.as_("alice", "send", "@bob", "two")
        chat = self.list_("bob", "chats")[0]
        self.assertEqual((chat["conversation"], chat["unread"], chat["content"]),
                         ("alice", 2, "two"))
        self.as_("bob", "read", "@alice", "1")
        chat = self.list_("bob", "chats")[0]
        self.assertEqual((chat["read"], chat["unread"]), (1, 1))
        self.assertEqual(self.list_("alice", "chats")[0]["peer_read"], 1)
        self.refused("no message with this number", "bob", "read", "@alice", "3")
        self.assertRegex(self.as_("alice", "history", "@bob"),
                         r"\A\[1\] .*: one  \(read\)\n\[2\] .*: two  \((sent|received)\)\n\Z")

    def test_search(self):
        self.as_("alice", "send", "@bob", "Crème brûlée at seven")
        self.as_("alice", "group", "create", "cooks")
        self.as_("alice", "send", "#cooks", "creme fraiche")

        def found(*arguments):
            return [(entry["conversation"], entry["seq"])
                    for entry in self.list_("alice", "search", *arguments)]

        for _ in range(100):  # the index may lag behind by a second
            if len(found("creme")) == 2:
                break
        self.assertEqual(found("creme"), [("#cooks", 1), ("bob", 1)])
        self.assertEqual(found("seven brul"), [("bob", 1)])
        self.assertEqual(found("creme", "--in", "#cooks"), [("#cooks", 1)])
        self.assertEqual(self.list_("bob", "search", "fraiche"), [])
        self.refused("no word to search for", "alice", "search", "!?")
        code, out, err = self.run_command("--as", "bob", "search", "fraiche")
        self.assertEqual((code, out, err), (0, "", "chinwag: no message has all of these words\n"))
        self.assertRegex(self.as_("alice", "search", "seven"), r"^@bob \[1\] \d\d:\d\d alice \(you\): ")
        self.refused("you are not a member", "bob", "search", "creme", "--in", "#cooks")

    def test_a_recording_from_the_history(self):
        with wave.open(self.path("in.wav"), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(8000)
            file.writeframes(struct.pack("<4h", 0, 1, -2, 32767))
        self.as_("alice", "send-voice", "--plain", "@bob", self.path("in.wav"))
        entry = self.list_("bob", "history", "@alice")[0]
        self.assertEqual((entry["kind"], entry["sample_rate"]), ("voice", 8000))
        self.as_("bob", "fetch", "@alice", "1", self.path("out.wav"))
        with open(self.path("in.wav"), "rb") as sent, open(self.path("out.wav"), "rb") as heard:
            self.assertEqual(sent.read(), heard.read())
        self.refused("no file or recording with this number", "bob", "fetch", "@alice", "2", self.path("out.wav"))

    def test_listen_tells_of_edits_and_groups(self):
        self.as_("bob", "group", "create", "cooks")
        with self.listen("bob") as bob:
            self.as_("alice", "group", "join", "cooks")
            joined = json.loads(bob.out())
            self.assertEqual((joined["type"], joined["event"], joined["sender"]),
                             ("group_event", "joined", "alice"))
            self.as_("alice", "send", "#cooks", "hi")
            self.assertEqual(json.loads(bob.out())["content"], "hi")
            self.as_("alice", "edit", "#cooks", "1", "hello")
            edit = json.loads(bob.out())
            self.assertEqual((edit["type"], edit["conversation"], edit["of"], edit["content"]),
                             ("edit", "#cooks", 1, "hello"))

    # --- people -------------------------------------------------------------------

    def test_contacts_and_blocking(self):
        self.as_("alice", "contact", "add", "bob")
        self.assertEqual(self.list_("alice", "contact", "list")[0]["name"], "bob")
        self.as_("alice", "block", "bob")
        self.refused("not allowed", "bob", "send", "@alice", "hm")
        self.assertTrue(self.list_("alice", "contact", "list")[0]["blocked"])
        self.as_("alice", "unblock", "bob")
        self.as_("bob", "send", "@alice", "hm")
        self.as_("alice", "contact", "remove", "bob")
        code, out, err = self.run_command("--as", "alice", "contact", "list")
        self.assertEqual((code, out), (0, ""))
        self.assertIn("chinwag contact add NAME", err)
        self.refused("you cannot block yourself", "alice", "block", "alice")

    def test_presence(self):
        self.as_("alice", "contact", "add", "bob")
        with self.start("--as", "alice", "listen", "--json", "--events") as alice:
            alice.err_until("listening")
            with self.start("--as", "bob", "listen", "--away"):
                for state in ("online", "away"):
                    self.assertEqual(json.loads(alice.out()),
                                     {"type": "presence", "sender": "bob", "state": state})

    def test_password_and_devices(self):
        self.done("login", "bob", XDG_STATE_HOME=self.path("elsewhere"))
        devices = self.list_("bob", "device", "list")
        self.assertEqual(len(devices), 2)
        self.assertEqual([d.get("current") for d in devices].count(True), 1)
        other = [d["session"] for d in devices if "current" not in d][0]
        self.as_("bob", "device", "remove", str(other))
        self.assertEqual(len(self.list_("bob", "device", "list")), len(devices) - 1)
        self.refused("you have no device with this number", "bob", "device", "remove", str(other))
        with open(self.path("new"), "w", encoding="utf-8") as file:
            file.write("battery staple\n")
        self.as_("alice", "password", "--new-password-file", self.path("new"))
        self.fails(REFUSED, "wrong username or password", "login", "alice")
        self.done("login", "alice", "--password-file", self.path("new"))

    # --- groups -----------------------------------------------------------------------

    def test_running_a_group(self):
        self.register("carol")
        self.as_("alice", "group", "create", "cooks")
        self.as_("bob", "group", "join", "cooks")
        self.as_("alice", "group", "topic", "cooks", "soup")
        self.as_("alice", "group", "role", "cooks", "bob", "moderator")
        self.refused("moderators_to_members", "bob", "group", "kick", "cooks", "alice")
        self.refused("owner_only", "bob", "group", "access", "cooks", "invited")
        self.as_("alice", "group", "access", "cooks", "invited")
        self.refused("invited_only", "carol", "group", "join", "cooks")
        invitation = self.as_("bob", "invite", "#cooks").strip()
        listed = self.list_("bob", "invitation", "list", "#cooks")
        self.assertEqual([(e["sender"], e["uses"]) for e in listed], [("bob", 1)])
        self.refused("", "alice", "invitation", "withdraw", "99")
        other = json.loads(self.as_("alice", "invite", "#cooks", "--json"))
        self.as_("bob", "invitation", "withdraw", str(other["id"]))
        self.assertEqual(len(self.list_("alice", "invitation", "list", "#cooks")), 1)
        self.fails(WRONG_USE, "no invitation's number", "--as", "bob", "invitation", "withdraw", "x")
        self.as_("carol", "group", "join", "cooks", "--invitation", invitation)
        roles = {m["name"]: m["role"] for m in self.list_("carol", "group", "members", "cooks")}
        self.assertEqual(roles, {"alice": "owner", "bob": "moderator", "carol": "member"})
        self.as_("bob", "group", "mute", "cooks", "carol", "5")
        self.as_("carol", "group", "leave", "cooks")  # that does not end it
        again = self.as_("bob", "invite", "#cooks").strip()
        self.as_("carol", "group", "join", "cooks", "--invitation", again)
        self.refused("you are muted in this group until ", "carol", "send", "#cooks", "hi")
        self.as_("bob", "group", "unmute", "cooks", "carol")
        self.as_("carol", "send", "#cooks", "hi")
        self.as_("bob", "group", "ban", "cooks", "carol")
        with self.listen("carol") as carol:  # told when she comes
            told = json.loads(carol.out())
            self.assertEqual((told["type"], told["group"], told["event"], told["sender"],
                              told["user"], told["time"] > 0),
                             ("group_event", "cooks", "banned", "bob", "carol", True))
        self.assertEqual(self.list_("carol", "group", "list"), [])
        self.refused("bob has banned you from this group", "carol", "group", "join", "cooks")
        self.refused("not a member", "carol", "send", "#cooks", "hi")
        self.as_("alice", "group", "leave", "cooks")
        group = self.list_("bob", "group", "list")[0]
        self.assertEqual((group["role"], group["topic"], group["access"], group["members"]),
                         ("owner", "soup", "invited", 1))
        self.as_("bob", "group", "keep", "cooks", "30", "100", "--yes")
        self.assertEqual(self.list_("bob", "group", "list")[0]["kept"], 100)
        self.fails(WRONG_USE, "unlisted or invited", "--as", "bob", "group", "access", "cooks", "no")


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
