#!/usr/bin/python3
"""Reactions, answers, pins, read marks, profiles and what is found, as the chinwag command shows
them."""

import json
import os
import re
import signal
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
        self.fails(REFUSED, "not one emoji", "--as", "bob", "react", "@alice", "2", "+1")
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
        self.assertIn("mentions nobody by @here", err)
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
        self.assertRegex(self.as_("bob", "dnd", "08:00-08:00"), r"^08:00-08:00 [+-]\d\d:\d\d( [A-Z][\w/+-]*)?\n$")
        self.environment["TZ"] = "Europe/Berlin"
        self.assertRegex(self.as_("bob", "dnd", "22:00-07:00", "12345"),
                         r"^22:00-07:00 12345 \+0[12]:00 Europe/Berlin\n$")
        self.assertEqual(self.as_("bob", "dnd", "off"), "off\n")
        self.fails(REFUSED, "of all, of mentions or of nothing", "--as", "bob", "notify", "@alice", "x")
        self.fails(WRONG_USE, "write 22:00-07:00", "--as", "bob", "dnd", "25:00-07:00")
        self.fails(WRONG_USE, "no number of minutes", "--as", "bob", "mute", "@alice", "0")
        listen, terminal = self.on_terminal("--as", "bob", "listen", "--count", "1")
        self.see(terminal, b"listening as bob")
        self.as_("alice", "send", "#cooks", "@bob five")
        self.see(terminal, b"#cooks alice mentions you: @bob five\r\n\x1b[0m\x07")
        listen.wait()

    def test_what_is_written_in_a_group(self):
        """Announcements, slow mode, @here, earlier texts; alice is the server's first user."""
        self.register("alice", "bob")
        self.as_("alice", "group", "create", "news")
        self.as_("bob", "group", "join", "news")
        with self.start("--as", "bob", "listen", "--events") as listen:
            listen.err_until("listening as bob")
            self.as_("alice", "group", "announce", "news", "on")
            self.assertIn("#news * alice lets only the owner and moderators write", listen.out())
            self.as_("alice", "group", "here", "news", "nobody")
            self.assertIn("#news * alice lets nobody mention everybody by @here", listen.out())
        self.fails(REFUSED, "only its owner and the moderators write", "--as", "bob", "send",
                   "#news", "hi")
        self.fails(WRONG_USE, "on or off, not 'yes'", "--as", "alice", "group", "announce", "news",
                   "yes")
        self.fails(REFUSED, "only the owner of the group", "--as", "bob", "group", "announce",
                   "news", "off")
        self.fails(REFUSED, "(BAD_REQUEST, 1023: here)", "--as", "alice", "group", "here", "news",
                   "some")
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
                         "#news  2 members, you are member, @here by nobody, one message in 21600 s, moderators see "
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
        self.fails(REFUSED, "2 to 8 others", "--as", "alice", "group", "talk", "bob")
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
        self.fails(REFUSED, "no other administrator", "--as", "alice", "admin", "remove", "alice")
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

    def test_profiles(self):
        self.register("alice", "bob")
        picture = self.path("me.png")
        with open(picture, "wb") as file:
            file.write(b"\x89PNG\r\n\x1a\n1234")
        self.as_("bob", "contact", "add", "alice")
        self.as_("alice", "profile", "--display", "Bob's boss", "--avatar", picture,
                 "--zone", "Europe/Berlin", "--listed", "on")
        self.as_("alice", "profile", "--status", "out", "--until", "2h")
        self.assertRegex(self.as_("bob", "profile", "@alice"),
                         r"\ABob's boss \(alice\)  offline.*\n  status: out, until .*\n"
                         r"  picture: 12 bytes, image/png; --out FILE saves it\n"
                         r"  time zone: Europe/Berlin\n\Z")
        self.as_("bob", "profile", "alice", "--out", self.path("copy.png"))
        with open(picture, "rb") as one, open(self.path("copy.png"), "rb") as other:
            self.assertEqual(one.read(), other.read())
        self.assertRegex(self.as_("bob", "contact", "list"), r"\ABob's boss \(alice\)  offline")
        self.assertRegex(self.as_("bob", "people", "boss"), r"\ABob's boss \(alice\)  offline")
        self.as_("bob", "send", "@alice", "hi")
        self.assertRegex(self.as_("bob", "chats"), r"\ABob's boss \(@alice\)  offline.*hi")
        self.as_("alice", "profile", "--avatar", "", "--display", "")
        self.assertNotIn("boss", self.as_("bob", "chats"))
        self.fails(REFUSED, "alice has no picture", "--as", "bob", "profile", "alice", "--out", "x")
        for wrong in (["--display", "alice (bob)"], ["--avatar", __file__], ["--zone", "-"],
                      ["--last-seen", "maybe"], ["--status", "late", "--until", "2001-01-01"]):
            self.fails(REFUSED, "", "--as", "alice", "profile", *wrong)
        for wrong in (["--until", "2h"], ["--status", "x", "--until", "tomorrow"],
                      ["@bob", "--zone", "Z"]):
            self.fails(WRONG_USE, "", "--as", "alice", "profile", *wrong)

    def test_events_of_a_profile(self):
        self.register("alice", "bob")
        self.as_("alice", "contact", "add", "bob")
        with self.start("--as", "alice", "listen", "--events") as told:
            told.err_until("listening as alice")
            with self.listen("bob"):
                self.assertRegex(told.out(), r"\* bob is online$")
                self.as_("bob", "profile", "--display", "Bobby", "--status", "out", "--until", "2h")
                self.assertRegex(told.out(), r"\* bob is called Bobby$")
                self.assertRegex(told.out(), r"\* bob has the status: out, until \d+")
                self.as_("bob", "profile", "--status", "", "--last-seen", "off")
                self.assertRegex(told.out(), r"\* bob has no status any more$")
                self.assertRegex(told.out(), r"\* bob is offline$")
            told.end(signal.SIGINT)

    def test_links_and_directories(self):
        self.register("alice", "bob")
        self.as_("alice", "group", "create", "c\u00e4fe")
        self.as_("alice", "group", "create", "secret")
        self.as_("alice", "group", "topic", "c\u00e4fe", "Cakes")
        self.as_("alice", "group", "access", "secret", "unlisted")
        self.assertEqual(self.as_("bob", "directory", "cake"), "#c\u00e4fe  1 member: Cakes\n")
        self.assertNotIn("secret", self.as_("bob", "directory"))
        self.assertIn("in no directory", self.as_("alice", "group", "list"))
        _, link, hint = self.run_command("--as", "alice", "link", "#c\u00e4fe")
        link = link.strip()
        self.assertIn("for people at this machine", hint)
        self.assertRegex(link, r"\Achinwag://127\.[\d.]+:\d+/#c%C3%A4fe\Z")
        self.as_("bob", "join", link)
        self.as_("bob", link, "any cake?")
        self.assertIn("any cake?", self.as_("alice", link))
        self.as_("bob", self.run_command("--as", "bob", "link", "@alice")[1].strip(), "hi")
        self.assertIn("bob: hi", bare(self.as_("alice", "history", "@bob")))
        self.fails(WRONG_USE, "is a person", "--as", "bob", "join", link.replace("/#", "/@"))
        self.fails(WRONG_USE, "badly escaped", "--as", "bob", "join", link + "%zz")

    def test_a_search_shows_what_is_around(self):
        self.register("alice", "bob")
        for text in ("one", "two budgets", "three"):
            self.as_("alice", "send", "@bob", text)
        self.as_("bob", "send-file", "@alice", __file__, "--name", "budget.txt")
        self.assertEqual(bare(self.as_("bob", "search", "budget")),
                         "  @alice [3] alice: three\n"
                         "@alice [4] bob (you): [file budget.txt, "
                         f"{-(-os.path.getsize(__file__) // 1024)} KiB]\n\n"
                         "  @alice [1] alice: one\n@alice [2] alice: two budgets\n"
                         "  @alice [3] alice: three\n")
        self.assertIn("[2]", self.as_("bob", "search", "from:alice budget before:2100-01-01"))
        self.assertIn("[4]", self.as_("alice", "search", "in:bob has:file"))
        self.fails(REFUSED, "has: takes file, voice or link", "--as", "bob", "search", "has:cake")

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
        self.fails(WRONG_USE, "it is on or off, not 'maybe'", "--as", "bob", "receipts", "maybe")

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
