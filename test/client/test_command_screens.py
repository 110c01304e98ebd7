#!/usr/bin/python3
"""What people see: listen, history, chats and help on terminals of 40 and of 200 columns, as they are
in screens.txt beside this file. SCREENS=write takes today's texts: read the diff."""

import fcntl
import os
import pty
import re
import struct
import sys
import termios

from command import Commands, main
from harness import Peer

FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "screens.txt")
COLUMNS = (40, 200)


class ScreensTest(Commands):
    maxDiff = None

    def screen(self, columns, *arguments):
        """What the command writes to a terminal, times and places made equal."""
        pid, terminal = pty.fork()
        if pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
            os.execve(os.environ["CHINWAG"], [os.environ["CHINWAG"], *arguments],
                      self.environment)
        shown = b""
        try:
            while chunk := os.read(terminal, 65536):
                shown += chunk
        except OSError:  # the command has ended
            pass
        os.close(terminal)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0, shown)
        text = shown.decode().replace("\r\n", "\n")
        text = text.replace(self.environment["CHINWAG_SERVER"], "SERVER")
        text = re.sub(r"\b\d\d\d\d-\d\d-\d\d \d\d:\d\d\b|\b\d\d:\d\d\b", "12:34", text)
        text = re.sub(r"  (online|away|offline)  ", "  STATE  ", text)
        return text.replace("\x1b", "\\e").replace("\a", "\\a\n")

    def raw(self, name, *request):
        """A request that the command itself would not send."""
        peer = Peer(self.server).login_extended(name)
        peer.send("request", request[0], name, peer.token, *request[1:])
        while peer.recv()[0] != "response":
            pass
        peer.close()

    def fill(self):
        self.register("alice", "bob")
        alice = lambda *arguments: self.done("--as", "alice", *arguments)
        bob = lambda *arguments: self.done("--as", "bob", *arguments)
        bob("profile", "--display", "Bob the Cook")
        alice("group", "create", "cooks")
        alice("group", "topic", "cooks", "Soups of all kinds, and who brings the spoons this time")
        bob("group", "join", "cooks")
        alice("send", "#cooks", "Who brings the spoons? I have peas, carrots and onions, and a pot "
              "that is large enough for all of us.")
        bob("reply", "#cooks", "1", "I do")
        bob("react", "#cooks", "1", "\u2764")
        alice("react", "#cooks", "1", "\u2764")
        alice("pin", "#cooks", "1")
        self.raw("bob", "msg_group", "cooks", "a\tb\r\nline two \x1b[31mred\x00 \u202eltr")
        bob("send", "#cooks", "\u4e16\u754c \U0001f372 Gr\u00fc\u00dfe @alice")
        alice("edit", "#cooks", "1", "Who brings the spoons? I have peas.")
        bob("delete", "#cooks", "2")
        with open(self.path("recipe.txt"), "w", encoding="utf-8") as file:
            file.write("peas " * 1000)
        bob("send-file", "@alice", self.path("recipe.txt"), "--caption", "my grandmother's")
        alice("send", "@bob", "thank you")

    def screens(self):
        self.fill()
        for columns in COLUMNS:
            for arguments in (("help",), ("help", "send"), ("help", "group", "keep"),
                              ("--as", "alice", "history", "#cooks"),
                              ("--as", "alice", "history", "@bob"),
                              ("--as", "alice", "chats"), ("--as", "bob", "chats")):
                yield columns, arguments, self.screen(columns, *arguments)
        for columns, name in zip(COLUMNS, ("bob", "alice")):
            yield (columns, ("--as", name, "listen", "--count", "2"),
                   self.screen(columns, "--as", name, "listen", "--count", "2"))

    def test_as_they_were(self):
        shown = ""
        for columns, arguments, text in self.screens():
            lines = text.splitlines(keepends=True)
            if arguments == ("help",):  # its list of commands is that of the table
                lines[12:-24] = ["...\n"]
            shown += f"=== {columns} columns: chinwag {' '.join(arguments)}\n{''.join(lines)}"
            if "help" in arguments:
                long = [line for line in text.splitlines() if len(line) >= columns]
                # Nothing is, but examples, which people copy.
                self.assertEqual([line for line in long if not line.startswith("  chinwag ")], [])
        self.assertNotIn("\\e[31m", shown)
        for character in "\0\u202e":
            self.assertNotIn(character, shown)
        if os.environ.get("SCREENS") == "write":
            with open(FILE, "w", encoding="utf-8") as file:
                file.write(shown)
        with open(FILE, encoding="utf-8") as file:
            self.assertEqual(shown, file.read())


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
