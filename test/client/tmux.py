"""A terminal that a program runs in, of tmux: keys in, the screen out as text. Nothing sleeps: what
the screen is to show is waited for; tmux tells of every output of the program."""

import os
import select
import subprocess
import time

from command import children
from harness import PATIENCE


class Terminal:
    """One window of a tmux server of its own, in `folder`. `command` is a list; when it has ended,
    "ended CODE" is shown."""

    def __init__(self, folder, command, environment, columns=80, rows=24):
        self.socket = os.path.join(folder, "tmux")
        self.environment = {"LC_ALL": "C.UTF-8", **environment, "TERM": "xterm-256color"}
        quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in command)
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", str(columns), "-y", str(rows),
                  "/bin/sh", "-c", f"{quoted}; echo ended $?; exec cat")
        self.tmux("set-option", "-g", "window-size", "manual")
        self.news = subprocess.Popen(
            ["tmux", "-S", self.socket, "-C", "attach"], env=self.environment,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.written = bytearray()  # by the program, as tmux tells it

    def tmux(self, *arguments):
        return subprocess.run(["tmux", "-S", self.socket, *arguments], env=self.environment,
                              check=True, stdout=subprocess.PIPE, timeout=PATIENCE).stdout.decode()

    def screen(self, *options):
        return self.tmux("capture-pane", "-p", *options)

    def until(self, good, look):
        """Looks again whenever the program has written, until it is good; what it sees is
        returned."""
        end = time.monotonic() + PATIENCE
        while not good(seen := look()):
            left = end - time.monotonic()
            ready = left > 0 and select.select([self.news.stdout], [], [], left)[0]
            news = os.read(self.news.stdout.fileno(), 65536) if ready else b""
            if not news:
                raise AssertionError(f"this is all that comes:\n{seen}")
            self.written += news
        return seen

    def writes(self, part, since):
        """Until the program has written this on the screen since then, be it gone again."""
        self.until(lambda written: part.encode() in written, lambda: self.written[since:])

    def waits(self, *parts, without=()):
        """Until the screen has all of these, and none of those; it is returned."""
        return self.until(lambda screen: all(part in screen for part in parts) and
                          not any(part in screen for part in without), self.screen)

    def waits_title(self, title):
        self.until(lambda is_now: is_now == title + "\n",
                   lambda: self.tmux("display-message", "-p", "#{pane_title}"))

    def types(self, text):
        self.tmux("send-keys", "-l", text)

    def keys(self, *names):
        self.tmux("send-keys", *names)

    def enters(self, text):
        self.types(text)
        self.keys("Enter")

    def resize(self, columns, rows):
        self.tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def process(self):
        """The program's number, in the shell of the window."""
        shell = self.tmux("display-message", "-p", "#{pane_pid}").strip()
        return children(shell)[0]

    def program(self):
        """A descriptor that is readable when the program has ended; None: it has."""
        try:
            return os.pidfd_open(self.process())
        except (IndexError, ProcessLookupError):
            return None

    def close(self):
        program = self.program()
        self.news.kill()  # the server would wait until it has read everything
        self.news.wait(timeout=PATIENCE)
        self.news.stdin.close()
        self.news.stdout.close()
        self.tmux("kill-server")
        if program is not None:  # it writes what it keeps
            select.select([program], [], [], PATIENCE)
            os.close(program)
