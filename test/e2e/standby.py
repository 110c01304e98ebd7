"""A standby of the PostgreSQL of tools/with_postgres, made and ended by tests: streaming, synchronous
if they want it, promoted when the primary is killed. It is not a test itself."""

import contextlib
import os
import select
import shutil
import signal
import time

from harness import PATIENCE
from test_postgres import BIN, FOLDER, SOCKET, run

SILENCE = 8 * PATIENCE  # after which nothing is taken to come any more


class Instance:
    """A PostgreSQL with its data in `folder`/data and its socket in `folder`."""

    def __init__(self, folder):
        self.folder = folder
        self.data = os.path.join(folder, "data")

    def control(self, *what):
        return run(os.path.join(BIN, "pg_ctl"), "-D", self.data, "-w", "-t", "300", *what)

    def start(self):
        log = os.path.join(self.folder, "log")
        try:
            self.control("start", "-l", log, "-o",
                         f"-k {self.folder} -c listen_addresses= -c max_connections=40")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{run('tail', '-n', '20', log)}") from None

    def ask(self, sql, database="postgres"):
        url = f"postgresql://postgres@/{database}?host={self.folder}"
        return run(os.path.join(BIN, "psql"), "-Atq", "-v", "ON_ERROR_STOP=1", url, "-c", sql)

    def wait_for(self, sql):
        deadline = time.monotonic() + SILENCE
        while self.ask_if_it_runs(sql) != "t":
            assert time.monotonic() < deadline, sql
            select.select([], [], [], 0.05)

    def ask_if_it_runs(self, sql):
        try:
            return self.ask(sql)
        except AssertionError as error:
            return str(error)

    def runs(self):
        return os.path.exists(os.path.join(self.data, "postmaster.pid"))

    def processes(self):
        """The postmaster first."""
        with open(os.path.join(self.data, "postmaster.pid")) as file:
            master = int(file.readline())
        with open(f"/proc/{master}/task/{master}/children") as file:
            return [master, *map(int, file.read().split())]

    def signal(self, number):
        signal_all(self.processes(), number)

    def kill(self):
        """kill -9 of all of it; what stays behind in the kernel is removed."""
        with open(os.path.join(self.data, "postmaster.pid")) as file:
            lines = file.read().splitlines()
        pids = self.processes()
        self.signal(signal.SIGKILL)
        deadline = time.monotonic() + SILENCE
        while any(is_alive(pid) for pid in pids):
            assert time.monotonic() < deadline, "it does not die"
            select.select([], [], [], 0.02)
        run("ipcrm", "-m", lines[6].split()[1])
        os.unlink(os.path.join(self.data, "postmaster.pid"))
        os.unlink(os.path.join(self.folder, SOCKET))
        os.unlink(os.path.join(self.folder, SOCKET + ".lock"))  # it names a process that may be a zombie

    def remove(self):
        if self.runs():
            self.control("stop", "-m", "immediate")
        shutil.rmtree(self.data, ignore_errors=True)

    def follow(self, primary):
        """Becomes a standby of it, from nothing."""
        self.remove()
        run("mkdir", "-p", self.folder)
        run(os.path.join(BIN, "pg_basebackup"), "-h", primary.folder, "-U", "postgres", "-D", self.data,
            "-R", "-X", "stream", "-c", "fast")
        self.start()
        primary.wait_for("SELECT count(*) = 1 FROM pg_stat_replication WHERE state = 'streaming'")

    def promote(self):
        self.control("promote")


def signal_all(pids, number):
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def is_alive(pid):
    """Not even as a zombie, which holds nothing."""
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


class Pair:
    """The first one of tools/with_postgres, and a standby."""

    def __init__(self):
        self.first = Instance(FOLDER)
        self.standby = Instance(os.path.join(FOLDER, "standby"))

    def url(self, database, first=None, standby=None):
        """Both hosts, or relays before them."""
        return (f"postgresql://postgres@/{database}?host={first or self.first.folder},"
                f"{standby or self.standby.folder}&target_session_attrs=read-write")

    def begin(self, synchronous=True):
        self.standby.follow(self.first)
        if synchronous:
            self.wait(self.first)

    def wait(self, primary):
        """From now on each commit waits for the standby."""
        primary.ask("ALTER SYSTEM SET synchronous_standby_names = '*'")
        primary.ask("SELECT pg_reload_conf()")
        primary.wait_for("SELECT count(*) = 1 FROM pg_stat_replication WHERE sync_state = 'sync'")

    def fail_over(self):
        """The primary is killed; the standby takes its place."""
        self.first.kill()
        self.standby.promote()

    def change_back(self):
        """In peace: the first one is made anew, follows, and is promoted."""
        self.first.follow(self.standby)
        self.wait(self.standby)
        self.standby.control("stop", "-m", "fast")
        self.first.promote()

    def end(self):
        """The first one is alone again."""
        if not self.first.runs():
            if self.standby.runs():
                self.first.follow(self.standby)
                self.standby.control("stop", "-m", "fast")
                self.first.promote()
            else:
                self.first.start()
        self.first.ask("ALTER SYSTEM RESET synchronous_standby_names")
        self.first.ask("SELECT pg_reload_conf()")
        self.standby.remove()
