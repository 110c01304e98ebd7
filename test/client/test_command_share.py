#!/usr/bin/python3
"""Reactions, answers, pins and read marks, as the chinwag command shows them."""

import json
import os
import re
import sys

from command import DONE, REFUSED, WRONG_USE, Commands, Server, main

THUMB, HEART = "\U0001f44d", "\u2764\ufe0f"


def bare(out):
    """Without the times of day."""
    return re.sub(r"\] \d\d:\d\d ", "] ", out)


class ShareTest(Commands):
    def as_(self, name, *arguments):
        return self.done("--as", name, *arguments)

    def history(self, name, *arguments):
        return bare(self.as_(name, "history", *arguments))

    def unread(self, name):
        lines = self.as_(name, "chats", "--json").splitlines()
        return {line["conversation"]: line.get("unread", 0) for line in map(json.loads, lines)}

    def test_reactions_and_answers(self):
        self.register("alice", "bob")
        self.as_("alice", "send", "@bob", "soup at twelve?\nor later")
        with self.listen("alice") as listen:
            self.as_("bob", "react", "@alice", "1", "\u2764")
            event = json.loads(listen.out())
            self.assertEqual((event["type"], event["sender"], event["conversation"], event["seq"],
                              event["emoji"]), ("react", "bob", "bob", 1, HEART))
            self.as_("bob", "reply", "@alice", "1", "yes")
            event = json.loads(listen.out())
            self.assertEqual((event["quote_sender"], event["quote"]),
                             ("alice", "soup at twelve?\nor later"))
        self.as_("alice", "react", "@bob", "1", THUMB)
        self.as_("alice", "read", "@bob", "2")
        self.assertEqual(self.history("bob", "@alice"),
                         f"[1] alice: soup at twelve?\n    or later  [{HEART} 1 (you), {THUMB} 1]\n"
                         "[2] bob (you) answers [1] (alice: soup at twelve?...): yes  (read)\n")
        self.as_("bob", "unreact", "@alice", "1", HEART)
        self.as_("alice", "delete", "@bob", "1")
        self.assertEqual(self.history("alice", "@bob"),
                         "[1] alice (you): (deleted)\n[2] bob answers [1]: yes\n")
        self.fails(REFUSED, "one emoji of Unicode", "--as", "bob", "react", "@alice", "2", "+1")
        self.fails(WRONG_USE, "", "--as", "bob", "react", "@alice", "x", THUMB)

    def test_what_is_written_in_a_group(self):
        """Announcements, slow mode, earlier texts; alice is the server's first user."""
        self.register("alice", "bob")
        self.as_("alice", "group", "create", "news")
        self.as_("bob", "group", "join", "news")
        with self.start("--as", "bob", "listen", "--events") as listen:
            listen.err_until("listening as bob")
            self.as_("alice", "group", "announce", "news", "on")
            self.assertIn("#news * alice lets only the owner and moderators write", listen.out())
        self.fails(REFUSED, "only its owner and the moderators write", "--as", "bob", "send",
                   "#news", "hi")
        self.fails(WRONG_USE, "on or off, not 'yes'", "--as", "alice", "group", "announce", "news",
                   "yes")
        self.fails(REFUSED, "only the owner of the group", "--as", "bob", "group", "announce",
                   "news", "off")
        self.as_("alice", "group", "announce", "news", "off")
        self.as_("alice", "group", "slow", "news", "21600")
        self.as_("alice", "group", "versions", "news", "7")
        self.as_("bob", "send", "#news", "soup")
        self.fails(REFUSED, "in slow mode: you can write there again at ", "--as", "bob", "send",
                   "#news", "salad")
        self.as_("bob", "edit", "#news", "1", "salad")
        self.assertRegex(self.as_("alice", "versions", "#news", "1"), r"^\d\d:\d\d  soup\n$")
        self.assertEqual(json.loads(self.as_("alice", "versions", "#news", "1", "--json"))["content"],
                         "soup")
        self.fails(REFUSED, "only the owner and the moderators", "--as", "bob", "versions", "#news",
                   "1")
        self.assertEqual(self.as_("bob", "group", "list"),
                         "#news  2 members, you are member, one message in 21600 s, moderators see "
                         "earlier texts for 7 days\n")
        self.as_("alice", "delete", "#news", "1")
        self.assertEqual(self.history("bob", "#news"), "[1] bob (you): (deleted by alice)\n")
        self.fails(REFUSED, "no message with this number", "--as", "alice", "versions", "#news", "1")

    def test_the_set_up_link(self):
        """As the server prints it, word for word."""
        with Server(registration="invited") as server:
            lines = [server.process.stdout.readline().decode() for _ in range(4)]
            words = lines[1].replace("NAME", "alice").split()
            self.assertIn("logged in as alice", self.done(*words[1:]))
            self.assertEqual(self.done("--server", words[2], "admin", "status"),
                             f"alice is an administrator of {words[2]}\n")
            self.fails(REFUSED, "set-up link is not good", *lines[3].split()[1:])

    def test_groups_without_a_name(self):
        self.register("alice", "bob", "carol")
        self.fails(REFUSED, "2 to 8 names", "--as", "alice", "group", "talk", "bob")
        self.fails(REFUSED, "check the spelling of the name", "--as", "alice", "group", "talk",
                   "bob dave")
        name = self.as_("alice", "group", "talk", "bob carol").strip()
        self.assertRegex(name, "^#talk-[0-9a-f]{12}$")
        self.as_("bob", "send", name, "soup?")
        self.assertEqual(self.as_("carol", "group", "list"),
                         f"{name}  3 members, you are member, by invitation: alice, bob, carol\n")

    def test_administrators(self):
        self.register("alice", "bob")
        self.assertIn("alice is an administrator", self.as_("alice", "admin", "status"))
        self.assertIn("bob is no administrator", self.as_("bob", "admin", "status"))
        self.as_("bob", "group", "create", "news")
        self.as_("bob", "group", "create", "cooks")
        self.fails(REFUSED, "only an administrator", "--as", "bob", "group", "heading", "news",
                   "House", "1")
        self.as_("alice", "group", "heading", "news", "House", "2")
        self.as_("alice", "group", "heading", "cooks", "House", "1")
        self.as_("alice", "heading", "House", "5")
        self.as_("alice", "group", "newcomers", "news", "on")
        self.fails(REFUSED, "group heading NAME HEADING 0", "--as", "alice", "heading", "Attic", "1")
        self.register("carol")
        listed = [json.loads(line) for line in self.as_("bob", "group", "list", "--json").splitlines()]
        self.assertEqual([(group["name"], group["heading"], group["order"], group["members"],
                           group.get("newcomers", False)) for group in listed],
                         [("cooks", "House", 5001, 1, False), ("news", "House", 5002, 2, True)])
        self.fails(REFUSED, "the only administrator", "--as", "alice", "admin", "remove", "alice")
        self.fails(REFUSED, "set-up link is not good", "--as", "bob", "set-up", "c0de")
        self.as_("alice", "admin", "add", "bob")
        self.as_("bob", "admin", "remove", "@alice")
        self.assertIn("alice is no administrator", self.as_("alice", "admin", "status"))

    def test_pins(self):
        self.register("alice", "bob")
        self.as_("alice", "group", "create", "cooks")
        self.as_("bob", "group", "join", "cooks")
        self.as_("bob", "send", "#cooks", "soup at 12")
        self.as_("bob", "send", "#cooks", "fine")
        self.fails(REFUSED, "owner and the moderators", "--as", "bob", "pin", "#cooks", "1")
        self.as_("alice", "pin", "#cooks", "1")
        self.assertEqual(bare(self.as_("bob", "pins", "#cooks")),
                         "[1] bob (you): soup at 12  pinned\n")
        self.assertEqual(self.history("alice", "#cooks"),
                         "[1] bob: soup at 12  pinned\n[2] bob: fine\n")
        self.as_("alice", "unpin", "cooks", "1")
        self.assertEqual(self.as_("bob", "pins", "#cooks"), "")

    def test_what_is_shown_is_read(self):
        """... on all devices, and its sender sees it."""
        self.register("alice", "bob")
        self.as_("alice", "send", "@bob", "one")
        self.as_("alice", "send", "@bob", "two")
        self.assertEqual(self.history("alice", "@bob"),
                         "[1] alice (you): one  (sent)\n[2] alice (you): two  (sent)\n")
        phone = self.path("phone")
        self.done("login", "bob", XDG_STATE_HOME=phone)
        with self.start("--as", "alice", "listen", "--json", "--events") as told:
            told.err_until("listening as alice")
            with self.listen("bob"):
                event = {}
                while (event.get("type"), event.get("id")) != ("delivered", 2):
                    event = json.loads(told.out())
        self.assertEqual(self.unread("bob"), {"alice": 2})
        self.as_("bob", "history", "@alice", "--limit", "1", "--before", "2", "--read")
        self.assertEqual(self.unread("bob"), {"alice": 1})
        self.assertEqual(self.history("alice", "@bob"),
                         "[1] alice (you): one  (read)\n[2] alice (you): two  (received)\n")
        chats = self.done("chats", "--json", XDG_STATE_HOME=phone)
        self.assertEqual(json.loads(chats)["unread"], 1)
        self.done("history", "@alice", "--read", XDG_STATE_HOME=phone)
        self.assertEqual(self.unread("bob"), {"alice": 0})
        self.assertIn("alice (you): two  (read)\n", self.as_("alice", "chats"))

    def test_receipts_can_be_left_off(self):
        self.register("alice", "bob")
        self.as_("alice", "send", "@bob", "one")
        self.assertEqual(self.as_("bob", "receipts"), "on\n")
        self.assertEqual(self.as_("bob", "receipts", "off"), "off\n")
        self.as_("bob", "history", "@alice", "--read")
        self.assertEqual(self.history("alice", "@bob"), "[1] alice (you): one  (sent)\n")
        self.assertEqual(self.unread("bob"), {"alice": 0})
        self.done("login", "bob", XDG_STATE_HOME=self.path("phone"))
        self.assertEqual(self.done("receipts", XDG_STATE_HOME=self.path("phone")), "off\n")
        self.assertEqual(self.as_("bob", "receipts", "on"), "on\n")
        self.assertEqual(self.history("alice", "@bob"), "[1] alice (you): one  (read)\n")
        self.fails(WRONG_USE, "receipts are on or off", "--as", "bob", "receipts", "maybe")

    def test_listening_reads(self):
        self.register("alice", "bob")
        self.as_("alice", "group", "create", "cooks")
        self.as_("bob", "group", "join", "cooks")
        for target in ("@bob", "#cooks", "@bob"):
            self.as_("alice", "send", target, "hi")
        code, _, _ = self.run_command("--as", "bob", "listen", "--count", "3")
        self.assertEqual((code, self.unread("bob")), (DONE, {"alice": 2, "#cooks": 1}))
        for target in ("@bob", "#cooks", "@bob"):
            self.as_("alice", "send", target, "hi")
        code, _, _ = self.run_command("--as", "bob", "listen", "--count", "3", "--read")
        self.assertEqual((code, self.unread("bob")), (DONE, {"alice": 0, "#cooks": 0}))


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
