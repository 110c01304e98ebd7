"""What is made of the table of commands: help, suggestions, short forms, questions, the manual page
and the completion of bash."""

import json
import os
import re
import subprocess
import sys

from command import DONE, REFUSED, WRONG_USE, Commands, main

BUILD = os.path.abspath(os.path.dirname(sys.argv[2])) if len(sys.argv) > 2 else "build"


class TableTest(Commands):
    def commands(self):
        """The names in the overview."""
        return re.findall(r"^  ([a-z-]+(?: [a-z]+)?)(?:  |$)",
                          self.done("help").split("\nOptions of all")[0], re.M)

    def test_help_of_every_command(self):
        names = self.commands()
        self.assertGreater(len(names), 40)
        for name in names:
            words = name.split()
            text = self.done("help", *words)
            self.assertEqual(text, self.done(*words, "--help"))
            self.assertEqual(text, self.done(*words, "-h"))
            self.assertTrue(text.startswith(f"chinwag {name}"), text)
            self.assertIn("\n  chinwag ", text, f"{name} has no example")
            self.assertLessEqual(max(map(len, text.splitlines())), 80, text)
        self.assertEqual(self.done("help"), self.done("--help"))
        self.assertEqual(self.done("help", "group"), self.done("group", "--help"))
        self.fails(WRONG_USE, "chinwag - chat and voice")

    def test_examples_are_commands(self):
        """Each example is one that the parser takes: its command and options exist."""
        for name in self.commands():
            text = self.done("help", *name.split())
            for line in re.findall(r"^  chinwag (.*)$", text.split("\nExample")[1], re.M):
                options = re.findall(r"(?<= )--([a-z-]+)", line)
                self.assertTrue(line.startswith((name, "@bob")), line)
                for option in options:
                    self.assertIn(f"--{option}", text + "--server", line)

    def test_misspelt_words(self):
        for words, nearest in (("sned @bob hi", "send"), ("grop list", "group list"),
                               ("group kik x y", "group kick"), ("contat", "contact"),
                               ("histroy @bob", "history"), ("group-list", "group list")):
            code, _, err = self.run_command(*words.split())
            self.assertEqual(code, WRONG_USE)
            self.assertIn(f"did you mean: chinwag {nearest}\n", err)
        self.assertNotIn("did you mean", self.run_command("xyzzy")[2])
        self.fails(WRONG_USE, "there is no option '--sever'\n  did you mean --server?",
                   "whoami", "--sever", "x")
        for words, word in ((("send", "@bob", "- buy milk"), "- buy milk"),
                            (("reset-password", "-Wn"), "-Wn"), (("send", "@bob", "-n"), "-n")):
            self.fails(WRONG_USE, f"there is no option '{word}'\n  a text that begins with - goes "
                       f"behind --: -- '{word}'", *words)
        self.fails(WRONG_USE, "--count wants a value", "listen", "--count")
        self.fails(WRONG_USE, "--json takes no value", "listen", "--json=x")
        self.fails(WRONG_USE, "goes between '...'", "send", "@bob", "two", "words")

    def test_short_forms(self):
        self.register("alice", "bob")
        self.assertEqual(self.done("--as", "alice", "@bob", "soup?", "--print-number"), "1\n")
        self.assertEqual(self.done("--as", "bob", "reply", "@alice", "1", "yes", "--print-number"),
                         "2\n")
        self.assertRegex(self.done("--as", "bob", "@alice"),
                         r"^\[1\] \d\d:\d\d alice: soup\?\n"
                         r"\[2\] \d\d:\d\d bob \(you\) answers \[1\] \(alice: soup\?\): yes  \(sent\)\n$")

    def test_events_are_sentences(self):
        self.register("alice", "bob")
        alice = lambda *arguments: self.done("--as", "alice", *arguments)
        alice("group", "create", "cooks")
        with self.start("--as", "bob", "listen", "--events") as bob:
            bob.err_until("listening")
            self.done("--as", "bob", "group", "join", "cooks")
            bob.out()
            for arguments, sentence in (
                    (("group", "role", "cooks", "bob", "moderator"), "alice made bob a moderator"),
                    (("group", "topic", "cooks", "Soups"), "alice set the topic: Soups"),
                    (("group", "access", "cooks", "invited"),
                     "alice lets only users with an invitation join"),
                    (("group", "mute", "cooks", "bob", "5"), "alice muted bob until "),
                    (("group", "unmute", "cooks", "bob"), "alice lets bob write again"),
                    (("group", "ban", "cooks", "bob"), "alice banned bob")):
                alice(*arguments)
                self.assertIn(f"#cooks * {sentence}", bob.out())

    def test_refusals_are_in_the_words_of_the_command(self):
        self.register("alice", "bob")
        self.done("--as", "alice", "group", "create", "cooks")
        self.done("--as", "alice", "send", "@bob", "soup?")
        for arguments, words in (
                (("react", "@bob", "1", "ab"), "this is not one emoji, as \U0001f44d is one (BAD_"
                 "REQUEST, 1023: no_emoji)"),
                (("notify", "#cooks", "sometimes"), "you are told of all, of mentions or of nothing"),
                (("group", "here", "cooks", "some"), "everybody is mentioned by all, by moderators"),
                (("group", "role", "cooks", "bob", "king"), "a role is owner, moderator or member"),
                (("group", "talk", "bob"), "a talk is among 2 to 8 others, each named once"),
                (("device", "rename", "1", "x" * 65), "the name of a device has 1 to 64 bytes"),
                (("fetch", "@bob", "77", "."), "the conversation has no file or recording with"),
                (("profile", "--status", "x" * 129), "this is too long: it has at most 128 bytes")):
            with self.subTest(arguments):
                code, out, err = self.run_command("--as", "alice", *arguments)
                self.assertEqual((code, out), (REFUSED, ""), err)
                self.assertTrue(err.startswith("chinwag: " + words), err)
                self.assertNotIn("`", err)
        for minutes in ("525601", "-1", "x", "307445734561825861"):
            self.fails(WRONG_USE, f"'{minutes}' is no number of minutes from 0 to 525,600",
                       "--as", "alice", "group", "mute", "cooks", "bob", "--", minutes)

    # --- questions ------------------------------------------------------------------

    def test_what_cannot_be_taken_back_is_asked(self):
        self.register("bob", "alice")
        self.done("group", "create", "cooks")
        self.done("--as", "bob", "group", "join", "cooks")
        keep = ("--as", "alice", "group", "keep", "cooks", "30", "100")
        role = ("--as", "alice", "group", "role", "cooks", "bob", "owner")
        kept = lambda: [json.loads(line).get("kept") for line in
                        self.done("--as", "alice", "group", "list", "--json").splitlines()]
        code, shown = self.answer(b"n\n", *keep)
        self.assertEqual((code, kept()), (WRONG_USE, [None]))
        self.assertIn("Keep in #cooks only the messages of the last 30 days, and the newest 100?",
                      shown)
        self.assertIn("nothing was done", shown)
        self.assertEqual(self.answer(b"y\n", *keep)[0], DONE)
        self.assertEqual(kept(), [100])
        self.assertEqual(self.answer(b"\n", *role)[0], WRONG_USE)
        self.assertEqual(self.answer(b"yes\n", *role)[0], DONE)
        # Nothing is lost by these, so nobody is asked.
        self.done("--as", "bob", "group", "keep", "cooks", "0", "0")
        self.done("--as", "bob", "group", "role", "cooks", "alice", "moderator")

    def test_register_asks_the_server_first(self):
        """A name that is taken is refused before a password was typed."""
        self.register("alice")
        del self.environment["CHINWAG_PASSWORD"]
        code, shown = self.answer(b"", "register", "alice")
        self.assertEqual(code, REFUSED)
        self.assertIn("this username is taken", shown)
        self.assertNotIn("assword for", shown)

    # --- what the build makes ---------------------------------------------------------

    def test_manual_page(self):
        with open(os.path.join(BUILD, "chinwag.1"), encoding="utf-8") as file:
            page = file.read()
        for name in self.commands():
            self.assertIn(f".SS chinwag {name}".replace("-", "\\-"), page)
        for line in page.splitlines():
            self.assertRegex(line, r"^(\.(TH|SH|SS|PP|TP|nf|fi|br|B)\b|[^.']|$)")

    def test_completion_of_bash(self):
        def complete(*words):
            script = (f"source {BUILD}/chinwag.bash; COMP_WORDS=(\"$@\"); "
                      "COMP_CWORD=$(($# - 1)); _chinwag; printf '%s\\n' \"${COMPREPLY[@]}\"")
            return subprocess.run(["bash", "-c", script, "-", "chinwag", *words], check=True,
                                  stdout=subprocess.PIPE, text=True).stdout.split()

        self.assertEqual(complete("gro"), ["group"])
        self.assertEqual(complete("group", "un"), ["unban", "unmute"])
        self.assertEqual(complete("help", "group", "un"), ["unban", "unmute"])
        self.assertEqual(complete("group", "keep", "cooks", "--y"), ["--yes"])
        self.assertIn("--print-number", complete("send", "@bob", "--"))
        self.assertNotIn("--yes", complete("send", "@bob", "--"))


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
