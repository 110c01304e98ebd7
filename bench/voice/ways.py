"""What a packet costs the server in a call of 25 in which one speaks: by datagrams, and at the same
time by connections, at a server of its own. It is CPU time by packets that the listeners got, so
that other programs on the machine change both alike. No sound device is needed."""

import glob
import os
import time

from people import Caller, Server, write_wav
from studio import speech

MEMBERS = 25


def cpu_ns(pid):
    """Of all threads, by the scheduler's clock: ticks would be too coarse."""
    total = 0
    for path in glob.glob(f"/proc/{pid}/task/*/schedstat"):
        with open(path) as file:
            total += int(file.read().split()[0])
    return total


class Call:
    def __init__(self, stack, build, seconds, udp):
        self.udp = udp
        self.server = stack.enter_context(Server(build, udp="yes" if udp else "no"))
        base = {**os.environ}
        path = self.server.path("said.wav")
        write_wav(path, speech(seconds + 60))
        environment = self.server.register("alice", base, None, True)
        names = [f"guest{i:02}" for i in range(MEMBERS - 1)]
        people = [self.server.register(name, base) for name in names]
        quiet = ("--raw", "--seconds", str(seconds + 60))
        self.listeners = [Caller(self.server, person, *quiet) for person in people]
        self.speaker = Caller(self.server, environment, "--wav", path, "--gate", "open", "--no-gain")

    def heard(self):
        """Packets that the listeners have got, as far as they have told."""
        return sum(listener.speaker("alice").get("received", 0) for listener in self.listeners)

    def now(self):
        return time.monotonic(), cpu_ns(self.server.process.pid), self.heard()

    def by_datagrams(self):
        return sum(bool(listener.stats and listener.stats[-1]["udp"]) for listener in self.listeners)

    def end(self):
        for caller in (self.speaker, *self.listeners):
            caller.leave()


def ways(options, stack, row):
    seconds = 12 if options.quick else 60
    each = seconds / 6
    calls = [Call(stack, options.build, seconds, udp) for udp in (True, False)]
    time.sleep(4)  # all have told, and what is to go by datagrams does
    marks = [[call.now() for call in calls]]
    for _ in range(6):
        time.sleep(each)
        marks.append([call.now() for call in calls])
    there = [call.by_datagrams() for call in calls]
    for call in calls:
        call.end()
    cost = []
    for i, name in enumerate(("by datagrams", "by connections")):
        parts = [(b[i][0] - a[i][0], b[i][1] - a[i][1], b[i][2] - a[i][2])
                 for a, b in zip(marks, marks[1:])]
        cost.append([cpu / heard / 1000 for _, cpu, heard in parts])
        packets = sum(heard for _, _, heard in parts)
        row(f"25 in a call, {name}: server's CPU", [cpu / wall / 1e7 for wall, cpu, _ in parts], "%",
            f"{packets} packets heard, {there[i]} of {MEMBERS - 1} listen by datagrams")
        row("  for each packet heard", cost[-1], "us")
    row("  datagrams by connections", [a / b for a, b in zip(*cost)], "x")
