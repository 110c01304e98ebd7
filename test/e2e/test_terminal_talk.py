"""Calls and voice messages in the terminal client: two people at screens (tmux, and kitty for keys
that are held), each with a microphone and a loudspeaker (ear.py)."""

import json
import os
import re
import signal
import sys

from ear import ALICE, BOB, NOBODY, Ear, InStudio, hears
from command import DONE, PATIENCE, main
from kitty import Kitty
from studio import RATE
from tmux import Terminal

BLOCKS = "▁▂▃▄▅▆▇█"


class TerminalTalkTest(InStudio):
    def setUp(self):
        super().setUp()
        self.cooks()
        self.screens = []

    def tearDown(self):
        for screen in self.screens:  # before the folders with their sockets go
            screen.close()
        super().tearDown()

    def open(self, name, terminal=Terminal, **changes):
        folder = self.path(name)
        os.mkdir(folder)
        environment = {**self.environment, **self.devices(name), **changes}
        program = [os.environ["CHINWAG"], "--as", name]
        screen = terminal(folder, program, environment, *((110, 24) if terminal is Terminal else ()))
        self.screens.append(screen)
        screen.waits("#cooks", "[1] ")
        return screen

    def call(self, screen, count):
        screen.enters("/call")
        screen.waits(f"[call: {count}, you: on air", "in the call of #cooks")

    def test_two_talk(self):
        alice, bob = self.open("alice"), self.open("bob")
        self.call(alice, 1)
        self.call(bob, 2)
        with Ear(self.studio, "ear") as ear:
            self.play(ALICE, "mouth")
            ear.until(ALICE)
            bob.until(lambda shown: any(f", alice {block}]" in shown for block in BLOCKS),
                      bob.screen)
            bob.enters("/vol alice 40")
            bob.waits("@alice 40% \N{EIGHTH NOTE}")
            bob.enters("/vol alise 40")
            bob.waits("nobody with this name")
            bob.keys("C-u")
            alice.keys("M-m")
            alice.waits("[call: 2, you: muted")
            bob.waits(without=[", alice "])
            alice.keys("M-m")
            alice.waits("[call: 2, you: on air")
            ear.until(ALICE)
        bob.enters("/deafen")
        bob.waits("you: deafened")
        bob.enters("/status")
        bob.waits("in the call of #cooks, you: deafened; with you:")
        alice.keys("M-x")
        alice.waits("[call: 1]", without=["you:"])
        bob.waits("[call: 1, you: deafened")

    def test_push_to_talk_by_a_key_that_is_pressed_twice(self):
        alice, bob = self.open("alice"), self.in_call("bob")
        alice.enters("/ptt f9")
        alice.waits("push to talk: F9 begins and ends what you say")
        alice.enters("/call")
        alice.waits("[call: 2, you: F9 talks")
        self.talk(alice, "you: F9 talks", "you: talking", lambda: alice.keys("F9"),
                  lambda: alice.keys("F9"))
        alice.enters("/leave")
        alice.waits(without=["you:"])
        self.assertEqual(bob.end(signal.SIGINT)[0], DONE)

    def talk(self, screen, silent, talking, press, release):
        """What is said before is not heard; what is said while it is pressed is, and then nothing."""
        with Ear(self.studio, "ear") as ear:
            player = self.play(NOBODY, "mouth", every_ms=40)
            screen.until(lambda shown: any(f"{silent} {block}" in shown for block in BLOCKS[2:]),
                         screen.screen)
            player.kill()
            screen.waits(f"{silent} {BLOCKS[0]}")
            press()
            screen.waits(talking)
            self.play(ALICE, "mouth")
            ear.until(ALICE)
            self.hears_a_second(ear)  # a key that comes sooner is one that is held
            release()
            screen.waits(silent)
        self.assertFalse(hears(ear.samples, NOBODY))

    def hears_a_second(self, ear):
        first = ear.count
        while ear.count < first + RATE:
            ear.more.clear()
            self.assertTrue(ear.more.wait(PATIENCE))

    def test_a_key_that_is_held_in_kitty(self):
        alice, bob = self.open("alice", KittyScreen), self.in_call("bob")
        alice.enters("/ptt")
        alice.waits("push to talk: F12 begins and ends")
        alice.enters("/call")
        alice.waits("[call: 2, you: hold F12")
        self.talk(alice, "you: hold F12", "you: talking", lambda: alice.holds("F12"),
                  lambda: alice.lets_go("F12"))
        # Meanwhile all keys come in kitty's words, and mean what they meant.
        alice.enters("Soup? [x] 'Q' {0}")
        alice.waits("  Soup? [x] 'Q' {0}", without=["under way"])
        alice.key("M", "o", "BackSpace", "e", "Left", "shift+a", "End", "ctrl+a", "x", "alt+m")
        alice.waits("> xMAe", "you: muted")
        alice.key("ctrl+u", "ctrl+e", "ctrl+u", "alt+m")
        alice.waits("you: hold F12")
        # Who looks elsewhere lets go.
        alice.holds("F12")
        alice.waits("you: talking")
        alice.looks_elsewhere()
        alice.waits("you: hold F12")
        alice.looks_here()
        alice.lets_go("F12")
        alice.enters("/leave")
        alice.waits("[call: 1]", without=["you:"])
        alice.enters("/quit")
        alice.waits("$ ")
        alice.enters("echo typed as ever")
        alice.waits("typed as ever\n$ ")
        self.assertEqual(bob.end(signal.SIGINT)[0], DONE)

    def test_the_shell_has_its_keys_after_a_crash_and_when_suspended(self):
        alice = self.open("alice", KittyScreen)
        alice.enters("/ptt space")
        alice.enters("/call")
        alice.waits("[call: 1, you: hold space")
        alice.key("ctrl+z")
        alice.waits("$ ", without=["[call:"])
        alice.enters("echo typed by who is away; fg")
        alice.waits("[call: 1, you: hold space", without=["echo"])
        os.kill(alice.program(), signal.SIGSEGV)
        alice.waits("$ ", without=["[call:"])
        alice.enters("echo typed as ever")
        alice.waits("typed as ever\n$ ")

    def test_a_voice_message(self):
        alice, bob = self.open("alice"), self.open("bob")
        alice.enters("/msg bob I send you something")
        alice.waits("[2] bob", "I send you something", without=["under way"])
        self.play(ALICE, "mouth")
        with Ear(self.studio, "mouth") as mouth:
            mouth.until(ALICE)
        with Ear(self.studio, "aside") as aside, Ear(self.studio, "ear") as ear:
            alice.keys("M-v")
            alice.until(lambda shown: re.search(r"\[recording [1-9]", shown) and
                        any(block in shown for block in BLOCKS[3:]), alice.screen)
            alice.keys("Space")
            alice.waits("Enter sends, Space")
            aside.until(ALICE)
            recorded = self.seconds(r"\[recorded ", alice.waits("[recorded ", "Space listens"))
            self.assertNotIn("voice message", self.done("--as", "bob", "history", "@alice"))
            alice.keys("Enter")
            shown = alice.waits("[voice message, ", without=["[recorded"])
            self.assertAlmostEqual(self.seconds(r"\[voice message, ", shown), recorded, delta=0.11)
            bob.keys("M-a")
            bob.waits("[voice message, ")
            bob.enters("/play")
            ear.until(ALICE)
            bob.waits("[voice message, ", without=["[playing"])
        self.assertFalse(hears(ear.samples, BOB))
        alice.keys("M-v")
        alice.waits("[recording ")
        alice.keys("C-c")
        alice.waits("nothing was sent", without=["[recording"])
        self.assertEqual(self.done("--as", "bob", "history", "@alice").count("voice message"), 1)

    def seconds(self, before, shown):
        return float(re.search(before + "([0-9.]+)", shown)[1])

    def paused_at(self, screen):
        return self.seconds(r"\] alice \[paused ", screen.waits("] alice [paused"))

    def test_pausing_and_seeking(self):
        self.long_message(60)
        bob = self.open("bob")
        bob.enters("/msg alice")
        bob.waits("[voice message, 60.0 s]")
        bob.keys("M-p")
        bob.waits("] alice [playing")
        bob.keys("M-p")
        at = self.paused_at(bob)
        for words, by in (("/seek 20", 20), ("/seek -10", -10)):
            bob.enters(words)
            at = round(at + by, 1)
            bob.waits(f"] alice [paused {at} of 60.0 s; Alt+p goes on]")
        bob.keys("M-.")
        bob.waits(f"] alice [paused {round(at + 5, 1)} of")
        bob.enters("/speed 2")
        bob.waits(" of 60.0 s, 2x; Alt+p goes on]")
        bob.keys("M-p")
        bob.waits("] alice [playing")
        bob.enters("/play")
        bob.waits("a voice message is being played: /stop ends that")
        bob.enters("/stop")
        bob.waits(without=["] alice [playing", "] alice [paused"])

    def test_somebody_calls(self):
        alice, bob = self.open("alice"), self.open("bob")
        for answer, meets in (("M-x", "alice does not take the call"), ("M-c", None)):
            bob.enters("/msg alice")
            bob.waits("] alice")
            bob.keys("M-c")
            bob.waits("you: calling")
            alice.waits("[bob is calling: Alt+c answers, Alt+x declines]")
            alice.keys(answer)
            alice.waits(without=["is calling:"])
            if meets:
                bob.waits(meets, without=["you: calling"])
        alice.waits("[call with bob, you: on air", "] bob")
        bob.waits("[call with alice, you: on air")
        with Ear(self.studio, "ear") as ear:
            self.play(ALICE, "mouth")
            ear.until(ALICE)
        bob.enters("/leave")
        alice.waits(without=["call with"])

    def test_other_devices(self):
        alice, bob = self.open("alice"), self.in_call("bob")
        alice.enters("/devices")
        alice.waits("microphone  mouth.monitor", "loudspeaker ear")
        self.call(alice, 2)
        self.play(ALICE, "room")
        with Ear(self.studio, "ear") as ear:
            alice.enters("/devices trumpet")
            alice.waits("no sound device has 'trumpet' in its name")
            alice.enters("/devices room.monitor,aside")
            ear.until(ALICE)
        self.assertEqual(bob.end(signal.SIGINT)[0], DONE)

    def test_without_a_sound_device(self):
        alice = self.open("alice", PULSE_SERVER="unix:" + self.path("no"),
                          ALSA_CONFIG_PATH="/dev/null")
        for n, command in enumerate(("/call", "/record"), 1):
            alice.enters(command)
            alice.until(lambda screen: screen.count("cannot open the ") == n and
                        "you:" not in screen and "microphone is being" not in screen, alice.screen)
            alice.keys("C-l")
        alice.enters("without sound one can write")
        alice.waits("alice   without sound one can write", without=["under way"])


class KittyScreen(Kitty):
    """A shell in which the program is started, so that the shell's keys can be tried."""

    def __init__(self, folder, program, environment):
        self.pid_file = os.path.join(folder, "pid")
        super().__init__(folder, ["/bin/sh", "-i"], {**environment, "PS1": "$ ", "ENV": ""})
        self.waits("$ ")
        words = " ".join(program)
        self.enters(f"{words}")

    def looks_elsewhere(self):
        self.xdotool("windowfocus", self.xdotool("search", "--maxdepth", "0", "").split()[0])

    def looks_here(self):
        self.xdotool("windowfocus", "--sync", self.window)

    def program(self):
        """The number of what runs in the foreground."""
        windows = json.loads(self.remote("ls"))
        return windows[0]["tabs"][0]["windows"][0]["foreground_processes"][0]["pid"]


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
