"""Runs the chinwag command against a real server, for the tests of what it does.
Nothing here sleeps: a line is waited for, or an end."""

import json
import os
import pty
import resource
import select
import subprocess
import sys
import tempfile
import time
import unittest
from contextlib import contextmanager

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "e2e"))
from harness import PATIENCE, Server, main  # noqa: E402, F401

PASSWORD = "correct horse"
DONE, REFUSED, WRONG_USE, UNREACHABLE, TIMEOUT = range(5)
TRIES = 20  # to be in the middle of what a fast machine has done before anybody looks


def noon():
    """A time zone in which it is noon: no day ends in the middle of a test, and texts of the day
    before would be shown with it."""
    return f"NOON{time.gmtime().tm_hour - 12:+d}"


class Running:
    """A chinwag that has been started."""

    def __init__(self, arguments, environment, stdin=subprocess.DEVNULL):
        self.process = subprocess.Popen(
            [os.environ["CHINWAG"], *arguments], env=environment, stdin=stdin,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.rest = {self.process.stdout: b"", self.process.stderr: b""}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def line(self, stream):
        while b"\n" not in self.rest[stream]:
            ready, _, _ = select.select([stream], [], [], PATIENCE)
            chunk = os.read(stream.fileno(), 65536) if ready else b""
            if not chunk:
                raise AssertionError(f"no line came, only {self.rest[stream]!r}")
            self.rest[stream] += chunk
        line, _, self.rest[stream] = self.rest[stream].partition(b"\n")
        return line.decode()

    def out(self):
        return self.line(self.process.stdout)

    def err_until(self, part):
        while part not in (line := self.line(self.process.stderr)):
            pass
        return line

    def says(self, line):
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()

    def end(self, signal_number=None):
        """Waits for the end: exit code, what else came on stdout and stderr."""
        if signal_number:
            self.process.send_signal(signal_number)
        out, err = self.process.communicate(timeout=PATIENCE)
        return (self.process.returncode,
                (self.rest[self.process.stdout] + out).decode(),
                (self.rest[self.process.stderr] + err).decode())


def children(process):
    """The numbers of the programs that it has started, and that are still there."""
    with open(f"/proc/{process}/task/{process}/children", encoding="ascii") as file:
        return [int(child) for child in file.read().split()]


class Commands(unittest.TestCase):
    def setUp(self):
        self.server = self.make_server().__enter__()
        self.folder = tempfile.TemporaryDirectory(prefix="chinwag-test-")
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": self.folder.name, "TZ": noon(),
            "XDG_STATE_HOME": self.path("state"), "CHINWAG_PASSWORD": PASSWORD,
            "CHINWAG_SERVER": f"{self.server.address}:{self.server.port}"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def make_server(self):
        return Server()

    def tearDown(self):
        self.folder.cleanup()
        self.server.__exit__(None)

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def start(self, *arguments, **changes):
        stdin = changes.pop("stdin", subprocess.DEVNULL)
        environment = {k: v for k, v in {**self.environment, **changes}.items() if v is not None}
        return Running(arguments, environment, stdin)

    def confirm(self, old, digits):
        """Tells link-device what the new device shows. That shows it before the server knows that the
        link was opened: until then other digits are refused for that."""
        said = "link_not_opened"
        while "link_not_opened" in said:
            old.says("000000" if digits != "000000" else "000001")
            said = old.err_until("FORBIDDEN")
        self.assertIn("the new device shows other digits", said)
        old.says(digits)

    def run_command(self, *arguments, **changes):
        with self.start(*arguments, **changes) as running:
            return running.end()

    def done(self, *arguments, **changes):
        code, out, err = self.run_command(*arguments, **changes)
        self.assertEqual((code, err), (DONE, ""), arguments)
        return out

    def fails(self, code, part, *arguments, **changes):
        result = self.run_command(*arguments, **changes)
        self.assertEqual((result[0], result[1]), (code, ""), result)
        self.assertIn(part, result[2])

    def until(self, holds):
        """Looks again until it is so: what the server does in idle moments has no answer."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            self.assertLess(time.monotonic(), deadline)
            select.select([], [], [], 0.01)

    @staticmethod
    def sizes(folder, belongs):
        """Of the files there whose names are such ones."""
        while True:
            names = [name for name in os.listdir(folder) if belongs(name)]
            try:
                return {name: os.path.getsize(os.path.join(folder, name)) for name in names}
            except FileNotFoundError:
                pass  # renamed or removed meanwhile

    def on_disk(self):
        """The sizes of the files that the server has."""
        return self.sizes(os.path.join(self.server.data, "blobs"),
                          lambda name: name.startswith("file-"))

    @contextmanager
    def room(self, most):
        """What is started meanwhile can write no file beyond so many bytes."""
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, before[1]))
        try:
            yield
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)

    def listen(self, name):
        running = self.start("--as", name, "listen", "--json")
        running.err_until(f"listening as {name}")
        return running

    def messages(self, name, count):
        code, out, _ = self.run_command("--as", name, "listen", "--json", "--count", str(count))
        self.assertEqual(code, DONE)
        return [json.loads(line) for line in out.splitlines()]

    def register(self, *names):
        for name in names:
            self.done("register", name)

    def on_terminal(self, *arguments, **changes):
        """Starts it on a terminal of its own: process and terminal."""
        master, slave = pty.openpty()
        process = subprocess.Popen([os.environ["CHINWAG"], *arguments],
                                   env={**self.environment, **changes}, stdin=slave,
                                   stdout=slave, stderr=slave)
        os.close(slave)
        self.addCleanup(os.close, master)
        self.addCleanup(process.wait)
        self.addCleanup(process.kill)
        return process, master

    def answer(self, text, *arguments):
        """Runs a command with a terminal that types this; (code, what the terminal shows)."""
        pid, terminal = pty.fork()
        if pid == 0:
            os.execve(os.environ["CHINWAG"], [os.environ["CHINWAG"], *arguments], self.environment)
        shown = b""
        asked = False
        while select.select([terminal], [], [], PATIENCE)[0]:
            try:
                chunk = os.read(terminal, 4096)
            except OSError:
                break
            if not chunk:
                break
            shown += chunk
            if b"[y/N] " in shown and not asked:
                asked = True
                os.write(terminal, text)
        os.close(terminal)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode()

    def see(self, terminal, part):
        shown = b""
        while part not in shown:
            shown += self.shown(terminal)

    def shown(self, terminal):
        """What it draws next. Unread, it would in the end stop the program."""
        ready, _, _ = select.select([terminal], [], [], PATIENCE)
        self.assertTrue(ready, "nothing is drawn")
        return os.read(terminal, 4096)
