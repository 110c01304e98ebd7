#!/usr/bin/python3
"""Reactions, answers, pins and read marks, as the chinwag command shows them."""

import json
import os
import re
import signal
import sys

from command import DONE, REFUSED, WRONG_USE, Commands, main

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

    def cooks(self):
        self.register("alice", "bob", "carol")
        self.as_("alice", "group", "create", "cooks")
        for name in "bob", "carol":
            self.as_(name, "group", "join", "cooks")

    def test_mentions(self):
        self.cooks()
        self.as_("alice", "send", "#cooks", "@Bob's soup, see `@carol`")
        self.as_("alice", "send", "#cooks", "@here lunch")
        code, out, err = self.run_command("--as", "bob", "send", "#cooks", "@here no")
        self.assertEqual((code, out), (DONE, ""))
        self.assertIn("only the owner and the moderators of a group mention everybody", err)
        self.assertEqual(self.history("bob", "#cooks"),
                         "[1] alice mentions you: @Bob's soup, see `@carol`\n"
                         "[2] alice mentions you: @here lunch\n"
                         "[3] bob (you): @here no\n")
        self.assertEqual(bare(self.as_("carol", "mentions")),
                         "#cooks [2] alice mentions you: @here lunch\n")
        self.assertIn("#cooks  2 unread, 2 mention you  ", self.as_("bob", "chats"))
        phone = self.path("phone")
        self.done("login", "bob", XDG_STATE_HOME=phone)
        self.done("read", "#cooks", "1", XDG_STATE_HOME=phone)
        self.assertIn("#cooks  1 unread, 1 mentions you  ", self.as_("bob", "chats"))
        listed = [json.loads(line) for line in self.as_("bob", "mentions", "--json").splitlines()]
        self.assertEqual([(line["seq"], line["mentions"], line["mentioned"]) for line in listed],
                         [(2, [{"kind": "here"}], True), (1, [{"name": "bob"}], True)])

    def test_what_is_told(self):
        """... of on all devices: levels, mutes, hours; a bell, and bold what mentions the user."""
        self.cooks()
        self.assertEqual(self.as_("bob", "notify", "#cooks"), "default\n")
        self.assertEqual(self.as_("bob", "notify", "@alice", "nothing"), "nothing\n")
        with self.start("--as", "bob", "listen", "--json", "--events") as listen:
            listen.err_until("listening as bob")
            for to, text in ("#cooks", "one"), ("#cooks", "@bob two"), ("@bob", "three"):
                self.as_("alice", "send", to, text)
            heard = [json.loads(listen.out()) for _ in range(3)]
            self.assertEqual([line.get("notify", False) for line in heard], [False, True, False])
            self.assertEqual(self.as_("bob", "mute", "#cooks"), "default, muted\n")
            event = json.loads(listen.out())
            self.assertEqual((event["type"], event["conversation"], event["level"]),
                             ("notify", "#cooks", "default"))
            self.as_("alice", "send", "#cooks", "@bob four")
            four = json.loads(listen.out())
            self.assertTrue(four["mentioned"] and not four.get("notify"))
            listen.end(signal.SIGINT)  # it has saved how far it came
        self.assertIn("#cooks  3 unread, 2 mention you  muted  ", self.as_("bob", "chats"))
        self.assertRegex(self.as_("bob", "mute", "#cooks", "5"), r"^default, muted until .*\d\n$")
        self.assertEqual(self.as_("bob", "unmute", "#cooks"), "default\n")
        self.assertEqual(self.as_("bob", "dnd"), "off\n")
        self.assertRegex(self.as_("bob", "dnd", "08:00-08:00"), r"^08:00-08:00 [+-]\d\d:\d\d\n$")
        self.assertEqual(self.as_("bob", "dnd", "off"), "off\n")
        self.fails(REFUSED, "all, mentions, nothing or default", "--as", "bob", "notify", "@alice", "x")
        self.fails(WRONG_USE, "write 22:00-07:00", "--as", "bob", "dnd", "25:00-07:00")
        self.fails(WRONG_USE, "no number of minutes", "--as", "bob", "mute", "@alice", "0")
        listen, terminal = self.on_terminal("--as", "bob", "listen", "--count", "1")
        self.see(terminal, b"listening as bob")
        self.as_("alice", "send", "#cooks", "@bob five")
        self.see(terminal, b"#cooks alice mentions you: @bob five\r\n\x1b[0m\x07")
        listen.wait()

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
