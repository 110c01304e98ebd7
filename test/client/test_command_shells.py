#!/usr/bin/python3
"""The completions that are made of the table of commands, in the shells themselves: bash, zsh and fish
on a terminal, where somebody types and presses the tabulator."""

import os
import pty
import re
import select
import shutil
import sys
import tempfile
import unittest

from command import main
from harness import PATIENCE

BUILD = os.path.abspath(os.path.dirname(sys.argv[2])) if len(sys.argv) > 2 else "build"
SHOW = "\x18s"  # Ctrl-X s: the shell is told to print its line between < and >

# What is typed, and the line then.
LINES = (("chinwag grou\t", "chinwag group"),
         ("chinwag group unb\t", "chinwag group unban"),
         ("chinwag histo\t", "chinwag history"),
         ("chinwag send @bob --pr\t", "chinwag send @bob --print-number"),
         ("chinwag group keep cooks --y\t", "chinwag group keep cooks --yes"))


class Shell:
    """An interactive shell on a terminal of its own, without the user's own files."""

    def __init__(self, program, *arguments, begin, home):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(home)
            os.execve(program, [program, *arguments],
                      {"HOME": home, "PATH": os.environ["PATH"], "TERM": "dumb", "PS1": "$ ",
                       "XDG_CONFIG_HOME": home, "XDG_DATA_HOME": home, "LC_ALL": "C.UTF-8"})
        self.shown = ""
        self.type(begin + "; echo rea''dy\r")
        self.until(r"ready\r?\n")

    def type(self, text):
        os.write(self.terminal, text.encode())

    def until(self, pattern):
        while not (found := re.search(pattern, self.shown)):
            ready, _, _ = select.select([self.terminal], [], [], PATIENCE)
            if not ready:
                raise AssertionError(f"no {pattern!r} in {self.shown!r}")
            self.shown += os.read(self.terminal, 65536).decode(errors="replace")
        self.shown = self.shown[found.end():]
        return found

    def end(self):
        os.close(self.terminal)
        try:
            os.kill(self.pid, 9)
        except ProcessLookupError:
            pass
        os.waitpid(self.pid, 0)


class ShellsTest(unittest.TestCase):
    def setUp(self):
        self.home = self.enterContext(tempfile.TemporaryDirectory())

    def shell(self, name, *arguments, begin):
        program = shutil.which(name)
        self.assertIsNotNone(program, f"{name} is not installed: tools/setup test")
        shell = Shell(program, *arguments, begin=begin, home=self.home)
        self.addCleanup(shell.end)
        return shell

    def check(self, shell):
        for typed, line in LINES:
            shell.type(typed + SHOW)
            self.assertEqual(shell.until(r"<([^<>]*)>")[1].rstrip(), line)
            shell.type("\x15")  # the line is gone

    def test_bash(self):
        self.check(self.shell(
            "bash", "--norc", "--noprofile", "-i",
            begin=f"source {BUILD}/chinwag.bash; show() {{ printf '<%s>' \"$READLINE_LINE\"; }};"
                  " bind -x '\"\\C-xs\": show'"))

    def test_zsh(self):
        self.check(self.shell(
            "zsh", "-f", "-i",
            begin=f"fpath=({BUILD} $fpath); autoload -U compinit; compinit -D;"
                  " show() { print -rn -- \"<$BUFFER>\" }; zle -N show; bindkey '^Xs' show"))

    def test_fish(self):
        # Where it is missing, fish begins to make completions of all manual pages, which goes on behind its end.
        os.makedirs(os.path.join(self.home, "fish", "generated_completions"))
        self.check(self.shell(
            "fish", "-i",
            begin=f"source {BUILD}/chinwag.fish; bind \\cxs 'printf \"<%s>\" (commandline)'"))


if __name__ == "__main__":
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
