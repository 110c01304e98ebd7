#!/usr/bin/python3
"""The terminal client as people have it: the program in a terminal (tmux), a server, and others who
write by commands. What the screen shows in detail is in test/screen."""

import os
import re
import select
import signal
import subprocess
import sys
import time
import wave

from command import DONE, WRONG_USE, children, main
from harness import PATIENCE
from terminals import Terminals


class ChatTest(Terminals):
    def setUp(self):
        super().setUp()
        self.cook()

    def open(self, *arguments, **changes):
        return super().open("--as", "alice", *arguments, **changes)

    def test_two_people_talk(self):
        self.by("bob", "send", "@alice", "are you there?")
        screen = self.open()
        screen.waits("bob", "are you there?", "[1] bob")
        screen.enters("yes, since noon")
        screen.waits("alice   yes, since noon", without=["under way"])
        self.assertEqual(self.history("bob", "@alice")[-1], "alice: yes, since noon")
        self.by("bob", "send", "@alice", "and \x1b[31mhungry\x1b[0m?")
        screen.waits(r"and \x1b[31mhungry\x1b[0m?")
        screen.waits("[1] bob", without=["Act"])
        self.by("bob", "send", "#cooks", "soup, @alice")
        screen.waits("[Act: 2!]", "#cooks      !1")
        screen.waits_title("(!1) chinwag")
        screen.keys("M-a")
        screen.waits("[2] #cooks", "@ soup, @alice", without=["Act"])
        screen.enters("/reply with bread")
        screen.waits("│ bob: soup, @alice", "with bread", without=["under way"])
        screen.enters("/react :tada")
        screen.keys("C-c")
        screen.types("/react :tada")
        screen.keys("Tab", "Enter")
        screen.waits("\N{PARTY POPPER} (you)")
        screen.enters("/quit")
        screen.waits("ended 0")

    def test_each_short_command_does_what_it_says(self):
        """Those of slash.def that stand for a command of the command line; others have tests of their own."""
        self.register("carol")
        self.by("carol", "group", "join", "cooks")
        self.by("bob", "send", "#cooks", "soup?")
        screen = self.open(columns=130, rows=50)
        screen.waits("soup?", "[1] #cooks")
        for line, said in (
                ("/invite", "an invitation to #cooks, good until"), ("/members", "alice  owner"),
                ("/ban bob", "alice banned bob"), ("/unban bob", "alice lets bob join again"),
                ("/mute carol", "/mute NAME MINUTES"), ("/mute carol 5", "alice muted carol until"),
                ("/unmute carol", "alice lets carol write again"), ("/kick carol", "alice removed carol"),
                ("/pin 1", "alice pinned [1]"), ("/pins", "soup?  pinned"), ("/unpin 1", "alice took the pin off [1]"),
                ("/whois bob", "bob  offline"), ("/history", "bob: soup?"), ("/group mute", "usage: /group mute NAME"),
                ("/password", "passwords are not asked for here: do this in a shell"),
                ("/open 1", "this message has nothing to open"), ("/save 1 .", "no file or recording with this number")):
            screen.keys("C-u")
            screen.enters(line)
            screen.waits(said)
        for n, line in enumerate(("/add carol", "/report 1 spam", "/block bob", "/unblock bob"), 1):
            screen.enters(line)
            screen.until(lambda shown: len(re.findall(r"│ +done\b", shown)) == n, screen.screen)
        screen.enters("/notify mentions")
        screen.until(lambda shown: re.search(r"│ +mentions\b", shown), screen.screen)
        screen.enters("/refuse")
        screen.waits("#cooks is a group, and this is about a person")
        self.assertIn("carol", self.by("alice", "contact", "list"))
        self.assertNotIn("chinwag: ", screen.screen())

    def test_what_was_done_is_said_where_it_was_typed(self):
        self.by("bob", "send", "@alice", "soup?")
        screen = self.open()
        screen.waits("[1] bob", "soup?")
        self.server.process.send_signal(signal.SIGSTOP)  # it takes its time
        screen.enters("/contact add bob")
        screen.keys("M-2")
        screen.waits("[2] #cooks")
        self.server.process.send_signal(signal.SIGCONT)
        self.until(lambda: not children(screen.process()))
        screen.keys("M-1")
        screen.until(lambda shown: re.search(r"│ +done\b", shown), screen.screen)
        screen.keys("M-2")
        self.assertNotIn("done", screen.waits("[2] #cooks"))

    def test_refusals_are_words(self):
        """No codes, no names of the protocol, and commands as they are typed here."""
        screen = self.open(columns=140)
        screen.waits("[1] #cooks")
        screen.enters("/pin 99")
        screen.waits("/history @NAME|#GROUP shows the numbers")
        screen.enters("/join_group nowhere")
        screen.waits("/group create NAME")
        screen.enters("/react 1 notanemoji")
        self.by("alice", "group", "mute", "cooks", "bob", "60")
        screen.enters("/me waves")
        screen.waits("* alice   waves", without=["under way"])
        self.assertEqual(self.history("bob", "#cooks")[-1], "* alice waves")
        shown = screen.screen()
        for code in ("chinwag: ", "BAD_REQUEST", "DOES_NOT_EXIST", ": no-", "_waves_", "'#"):
            self.assertNotIn(code, shown)
        screen.enters("/quit")
        screen.waits("ended 0")

    def test_voice_messages_play_one_after_the_other(self):
        path = self.path("tone.wav")
        with wave.open(path, "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(48000)
            file.writeframes(bytes(48000))
        for _ in range(3):
            self.by("bob", "send-voice", "@alice", path)
        screen = self.open(SDL_AUDIODRIVER="dummy")
        screen.waits("bob", "[voice message, 0.5 s]")
        screen.enters("/msg bob")
        screen.waits("] bob", "[voice message, 0.5 s]")
        screen.enters("/play 1")
        screen.until(lambda heard: heard.count("listened to") == 3, lambda: self.by("bob", "history", "@alice"))
        screen.waits("[voice message, 0.5 s]", without=["[playing", "[paused"])

    def test_the_server_dies_and_comes_back(self):
        screen = self.open(columns=120)
        screen.waits("#cooks")
        self.server.kill()
        screen.waits("[no connection")
        screen.enters("typed without a server")
        screen.waits("… typed without a server", "[1 under way]")
        self.server.start()
        screen.waits("typed without a server", without=["under way", "no connection"])
        self.assertEqual([line for line in self.history("bob", "#cooks") if "typed" in line],
                         ["alice: typed without a server"])

    def test_paging_back_to_the_first_line(self):
        self.fill(400)
        screen = self.open(columns=100, rows=30)
        screen.waits("line 400 of bob", "[1] #cooks")
        while "line 1 of bob" not in screen.screen():
            before = screen.screen()
            screen.keys("PageUp")
            top = next(line for line in before.splitlines() if "line" in line)
            screen.waits(without=[top])
        screen.waits("[earlier; Alt+End: newest]", "line 1 of bob")
        self.by("bob", "send", "#cooks", "while alice looks back")
        screen.keys("M-End")
        screen.waits("while alice looks back", "line 400 of bob", without=["earlier"])

    def test_sizes(self):
        self.fill(50)
        screen = self.open()
        screen.waits("line 50 of bob", "│")
        for columns, rows in ((1, 1), (40, 10), (2, 2), (200, 60), (3, 50), (300, 3), (80, 24)):
            screen.resize(columns, rows)
        for number in range(40):  # a storm, which nobody waits for
            screen.resize(40 + number * 3 % 50, 5 + number % 20)
        screen.resize(120, 20)
        shown = screen.waits("line 50 of bob", "@alice", "[1] #cooks")
        self.assertEqual(len(shown.splitlines()), 20)
        screen.resize(40, 10)
        screen.waits("line 50 of bob", "[1] #cooks", without=["@alice", "│"])

    def test_commands_of_the_command_line(self):
        screen = self.open(columns=140)
        screen.waits("[1] #cooks")
        screen.enters("/topic Soups of all kinds")
        screen.waits("#cooks  Soups of all kinds", "alice set the topic")
        screen.enters("/group list")
        screen.waits("2 members, you are owner")
        screen.enters("/create_group gardeners")
        screen.waits("[2] #gardeners", "@alice")
        screen.enters("/kick nobody")
        screen.waits("there is no such user", "check the spelling of the name", without=["chinwag: "])
        screen.enters("/part #gardeners")
        screen.waits("[1] #cooks", without=["2 #gardeners"])
        screen.enters("/forget-server nowhere.example.org:1")
        screen.waits("nowhere.example.org", without=["--as", "--server"])
        screen.enters("/joni")
        screen.waits("there is no command /joni; did you mean /join?")
        screen.keys("C-u")
        screen.enters("//join is a command")
        screen.waits("alice   /join is a command", without=["under way"])

    def test_back_to_the_shell(self):
        screen = self.open()
        screen.waits("[1] #cooks")
        screen.types("a draft")
        screen.waits("> a draft")
        process = screen.process()
        screen.keys("C-z")
        screen.waits(without=["[1] #cooks"])
        self.wait_for_state(process, "T")
        os.kill(process, signal.SIGCONT)
        screen.waits("[1] #cooks", "> a draft")
        os.kill(process, signal.SIGTERM)
        screen.waits("ended 0")

    def wait_for_state(self, process, state):
        end = time.monotonic() + PATIENCE
        while True:
            with open(f"/proc/{process}/stat", encoding="utf-8") as stat:
                if stat.read().rpartition(")")[2].split()[0] == state:
                    return
            self.assertLess(time.monotonic(), end)
            os.sched_yield()

    def test_no_colour_and_no_utf8(self):
        self.by("bob", "send", "#cooks", "grün \N{POT OF FOOD}")
        screen = self.open(NO_COLOR="1", LC_ALL="C")
        shown = screen.waits("gr?n ?", "[1] #cooks", "|")
        self.assertTrue(shown.isascii())
        for colour in range(30, 38):
            self.assertNotIn(f"\x1b[{colour}m", screen.screen("-e"))

    def test_by_lines(self):
        self.by("bob", "send", "#cooks", "_stirs the soup_")
        self.by("bob", "send", "#cooks", "soup?")
        with self.start("--as", "alice", "chat", "--plain-screen",
                        stdin=subprocess.PIPE) as running:
            self.assertEqual(running.out(), "* this is #cooks ")
            while not (line := running.out()).endswith("* bob stirs the soup"):
                pass
            line = running.out()
            self.assertTrue(line.endswith(" bob: soup?"), line)
            self.assertTrue(line.startswith("#cooks ["), line)
            running.process.stdin.write("yes, with bread\n/joni\n".encode())
            running.process.stdin.flush()
            self.assertIn("did you mean /join?", running.out())
            while "alice: yes, with bread" not in self.by("bob", "history", "#cooks"):
                pass
            running.process.stdin.write(b"/topic Breads\nand butter\n")
            running.process.stdin.close()
            running.process.stdin = None
            self.assertEqual(running.end()[0], DONE)  # all of it is done before
        self.assertIn("alice: and butter", self.by("bob", "history", "#cooks"))
        self.assertIn("Breads", self.by("bob", "group", "list"))

    def test_each_line_is_answered(self):
        self.register("carol")  # without a conversation, where what is said is not kept
        with self.start("--as", "carol", "chat", "--plain-screen", stdin=subprocess.PIPE) as running:
            running.process.stdin.write(b"/joni\n/quitt\n")
            running.process.stdin.close()
            running.process.stdin = None
            self.assertIn("did you mean /join?", running.out())
            self.assertIn("did you mean /quit?", running.out())
            self.assertEqual(running.end()[0], DONE)

    def test_the_first_time(self):
        terminal = self.run_in([os.environ["CHINWAG"]],
                               {**self.environment, "XDG_STATE_HOME": self.path("new")})
        terminal.waits("Nobody is logged in", "Your name there:")
        terminal.enters("carol")
        terminal.waits("already? [y/N]")
        terminal.enters("maybe")
        terminal.waits("[y/N] maybe", "[y/N]\n")
        terminal.keys("Enter")
        terminal.waits("Welcome to Chinwag", "/msg NAME TEXT", without=["y/N"])
        terminal.enters("/msg bob hi, it is Carol")
        terminal.waits("[1] bob", "carol   hi, it is Carol", without=["under way"])
        self.assertEqual(self.history("bob", "@carol"), ["carol: hi, it is Carol"])

    def test_a_call(self):
        screen = self.open(columns=120, SDL_AUDIODRIVER="dummy")
        screen.waits("[1] #cooks")
        screen.enters("/call")
        screen.waits("alice joined the call", "in the call of #cooks", "[call: 1, you: on air",
                     "@alice \N{EIGHTH NOTE}")
        screen.keys("M-m")
        screen.waits("[call: 1, you: muted")
        screen.enters("/deafen")
        screen.waits("[call: 1, you: deafened")
        screen.enters("typed in a call")
        screen.waits("alice   typed in a call", without=["under way", "Ctrl-C", "(you)"])
        screen.enters("/leave")
        screen.waits("alice left the call", without=["[call:"])
        screen.enters("/leave")
        screen.waits("you are in no call")

    def test_one_at_a_time(self):
        screen = self.open()
        screen.waits("[1] #cooks")
        self.fails(WRONG_USE, "another listen of alice is running", "--as", "alice", "listen")

    def test_the_terminal_goes_away(self):
        # The look for leaks at the end stops the process by ptrace, and may hang without a terminal.
        screen = self.open(ASAN_OPTIONS="detect_leaks=0")
        screen.waits("[1] #cooks")
        process = os.pidfd_open(screen.process())
        self.addCleanup(os.close, process)
        screen.close()
        self.terminals.clear()
        ready, _, _ = select.select([process], [], [], PATIENCE)
        self.assertTrue(ready, "it goes on without a terminal")


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
