"""What a call says: the group's text, mutes, a suspended terminal, names that nobody has."""

import os
import select
import signal
import sys
import termios

from command import DONE, WRONG_USE, Commands, main


class CallTest(Commands):
    def setUp(self):
        super().setUp()
        self.register("alice", "bob")
        self.done("--as", "alice", "group", "create", "cooks")
        self.done("--as", "bob", "group", "join", "cooks")

    def as_(self, name, *arguments):
        return self.done("--as", name, *arguments)

    def test_the_groups_text_is_shown(self):
        self.as_("alice", "send", "#cooks", "before the call")
        with self.start("--as", "bob", "call", "cooks", "--out", self.path("out.wav")) as bob:
            bob.err_until("in the call of #cooks")
            # It knows the last message only when it has asked once: until then this is sent.
            line = ""
            number = 1
            while "soup" not in line:
                self.as_("alice", "send", "#cooks", "soup\nand stew")
                number += 1
                line = bob.line(bob.process.stderr)
            self.assertRegex(line, r"^\[\d+\] \d\d:\d\d alice: soup$")
            self.assertNotIn("before the call", line)
            self.assertEqual(bob.line(bob.process.stderr), "    and stew")
            self.assertEqual(bob.end(signal.SIGINT)[0], DONE)

    def test_audio_goes_by_datagrams(self):
        """The server counts those whose way is open; it is asked until it knows of both."""
        calls = [self.start("--as", name, "call", "cooks", "--out", self.path(f"{name}.wav"))
                 for name in ("alice", "bob")]
        with calls[0], calls[1]:
            report = ""
            while "2 in calls by datagrams" not in report:
                before = len(self.server.log())
                self.server.process.send_signal(signal.SIGUSR1)
                while "in calls by datagrams" not in (report := self.server.log()[before:]):
                    select.select([], [], [], 0.02)
            for call in calls:
                self.assertEqual(call.end(signal.SIGINT)[0], DONE)

    def test_a_volume_of_nobody(self):
        with self.start("--as", "bob", "call", "cooks", "--out", self.path("out.wav"),
                        "--volume", "alice=50", "--volume", "alise=50") as bob:
            code, _, err = bob.end()
        self.assertEqual(code, WRONG_USE)
        self.assertIn("--volume: #cooks has no member 'alise'", err)
        self.assertNotIn("'alice'", err)

    def test_the_line_says_who_has_muted(self):
        call, terminal = self.on_terminal("--as", "bob", "call", "cooks", "--out",
                                          self.path("out.wav"))
        self.see(terminal, b"#cooks:")
        self.as_("alice", "group", "mute", "cooks", "bob", "5")
        self.see(terminal, b"] muted by a moderator")
        self.as_("alice", "group", "unmute", "cooks", "bob")
        self.see(terminal, b"lets you speak again")
        os.write(terminal, b"m")
        self.see(terminal, b"] muted #cooks")
        os.write(terminal, b"q")
        self.assertEqual(call.wait(), DONE)
        # Muted before the call.
        self.as_("alice", "group", "mute", "cooks", "bob", "5")
        call, terminal = self.on_terminal("--as", "bob", "call", "cooks", "--out",
                                          self.path("out.wav"))
        self.see(terminal, b"] muted by a moderator")
        self.as_("alice", "group", "kick", "cooks", "bob")
        self.see(terminal, b"you were taken out of the group")
        self.assertNotEqual(call.wait(), DONE)

    def test_a_suspended_call_gives_the_terminal_back(self):
        call, terminal = self.on_terminal("--as", "bob", "call", "cooks", "--out",
                                          self.path("out.wav"))
        self.see(terminal, b"#cooks:")
        self.assertEqual(termios.tcgetattr(terminal)[3] & termios.ECHO, 0)
        call.send_signal(signal.SIGTSTP)
        _, status = os.waitpid(call.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status))
        self.assertNotEqual(termios.tcgetattr(terminal)[3] & termios.ECHO, 0)
        call.send_signal(signal.SIGCONT)
        self.see(terminal, b"#cooks:")
        self.assertEqual(termios.tcgetattr(terminal)[3] & termios.ECHO, 0)
        os.write(terminal, b"q")
        self.assertEqual(call.wait(), DONE)


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
