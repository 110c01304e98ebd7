#!/usr/bin/python3
"""What the terminal client takes while nothing happens: of a processor in five minutes, which
idle_clock.so lets pass at once, and of memory. The last argument is idle_clock.so."""

import os
import sys

from command import main
from terminals import Terminals

MINUTES = 5  # of idle_clock.c
CORE_MOST = 0.002  # of one core: the aim of the project
MEMORY_MOST_KIB = 12 * 1024


class IdleTest(Terminals):
    def setUp(self):
        super().setUp()
        self.cook()
        self.begin, self.end = self.path("begin"), self.path("end")

    def open(self, *arguments, **changes):
        return super().open("--as", "alice", *arguments, LD_PRELOAD=IDLE_CLOCK, IDLE_BEGIN=self.begin,
                            IDLE_END=self.end, **changes)

    def wait_for_end(self):
        self.until(lambda: os.path.exists(self.end) and os.path.getsize(self.end) != 0)
        with open(self.end, encoding="ascii") as said:
            return map(int, said.read().split())

    def memory(self, process, name):
        with open(f"/proc/{process}/smaps_rollup", encoding="ascii") as rollup:
            return next(int(line.split()[1]) for line in rollup if line.startswith(name + ":"))

    def rests(self, screen, what, waits_most):
        """From a key on, which wakes it (and is nothing that the server is told), for five minutes."""
        with open(self.begin, "wb"):
            pass
        screen.keys("M-n")
        waits, us = self.wait_for_end()
        print(f"{what}: {waits} waits and {us / 1000:.1f} ms of a processor in {MINUTES} minutes, "
              f"{us / (MINUTES * 60e6) * 100:.4f} % of a core", file=sys.stderr)
        self.assertLess(us, MINUTES * 60e6 * CORE_MOST)
        self.assertLessEqual(waits, waits_most)
        screen.waits("[1] #cooks")
        own = self.memory(screen.process(), "Private_Dirty")
        print(f"{what}: {own} KiB of its own, {self.memory(screen.process(), 'Rss')} with the libraries",
              file=sys.stderr)
        self.assertLess(own, MEMORY_MOST_KIB)

    def test_connected(self):
        self.fill(300)
        screen = self.open()
        screen.waits("line 300 of bob", "[1] #cooks", without=["loading", "no connection"])
        self.rests(screen, "connected", 12 * MINUTES)
        screen.waits("line 300 of bob", without=["no connection"])  # it has noticed nothing

    def test_without_a_server(self):
        """It counts down to the next attempt, in each second."""
        screen = self.open()
        screen.waits("[1] #cooks", without=["loading", "no connection"])
        self.server.kill()
        screen.waits("[no connection")
        self.rests(screen, "without a server", 120 * MINUTES)


if __name__ == "__main__":
    IDLE_CLOCK = os.path.abspath(sys.argv.pop(3))
    os.environ["CHINWAG"] = os.path.abspath(sys.argv.pop(2))
    main()
