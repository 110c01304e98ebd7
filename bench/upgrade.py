#!/usr/bin/python3
"""How long an upgrade of a server under load takes, as its clients see it: `make bench-upgrade`.

Talkers of each transport (pyzmq by NULL and CURVE, WebSocket with and without TLS) send messages one
after another, each until it is on the disk; two `chinwag call` speak and listen. The server is told
to let the next program take over. What is printed: the longest time that a talker was without an
acknowledgement, and that the listener heard nothing; and whether anything was lost or refused."""

import argparse
import math
import os
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(ROOT, "test", "e2e"))
os.environ.setdefault("CHINWAGD", os.path.join(ROOT, "build", "chinwagd"))
CHINWAG = os.path.join(ROOT, "build", "chinwag")
from harness import PASSWORD, Peer  # noqa: E402
from test_upgrade import TRANSPORTS, Talker, Upgradable, Visitor, upgrade  # noqa: E402

BLOCK = 480 * 2  # 10 ms of 48,000 Hz, 16 bits


class Timed(Talker):
    """Notes the longest time between two acknowledgements since `begin`."""

    def __init__(self, server, transport, number, stop):
        self.number = number
        self.last, self.gap = time.monotonic(), 0.0
        super().__init__(server, transport, "reader", stop)
        if transport in ("null", "curve"):
            self.peer.socket.reconnect_ivl = 100  # as libzmq has it

    def user(self):
        return f"{super().user()}-{self.number}"

    def say(self, number):
        super().say(number)
        now = time.monotonic()
        self.gap, self.last = max(self.gap, now - self.last), now


class Ear(threading.Thread):
    """What `chinwag call --raw` puts out: the longest silence in it, in seconds."""

    def __init__(self, pipe):
        super().__init__(daemon=True)
        self.pipe, self.heard, self.silent, self.gap = pipe, threading.Event(), 0, 0

    def run(self):
        while len(block := self.pipe.read(BLOCK)) == BLOCK:
            if any(block):
                self.heard.set()
                self.silent = 0
            elif self.heard.is_set():
                self.silent += 1
                self.gap = max(self.gap, self.silent)


def speak(pipe):
    second = struct.pack("<48000h", *(round(9000 * math.sin(i * 0.08)) for i in range(48000)))
    try:
        while True:
            pipe.write(second)
    except (OSError, ValueError):
        pass


class Call:
    """Alice speaks, bob listens."""

    def __init__(self, server, home):
        self.environment = dict(os.environ, HOME=home, XDG_STATE_HOME=home, CHINWAG_PASSWORD=PASSWORD,
                                CHINWAG_SERVER=f"{server.address}:{server.port}")
        for words in ("register alice", "register bob", "--as alice group create cooks",
                      "--as bob group join cooks"):
            subprocess.run([CHINWAG, *words.split()], env=self.environment, check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.programs = [self.join("alice", subprocess.DEVNULL), self.join("bob", subprocess.PIPE)]
        self.ear = Ear(self.programs[1].stdout)
        self.ear.start()
        threading.Thread(target=speak, args=(self.programs[0].stdin,), daemon=True).start()
        if not self.ear.heard.wait(30):
            raise SystemExit("nothing is heard in the call")

    def join(self, name, out):
        return subprocess.Popen([CHINWAG, "--as", name, "call", "--raw", "cooks"], stdout=out,
                                env=self.environment, stdin=subprocess.PIPE,
                                stderr=subprocess.DEVNULL)

    def end(self):
        for program in self.programs:
            program.kill()
            program.wait()


def wait_for_all(talkers):
    """Each has been acknowledged something after now."""
    before = [len(talker.acknowledged) for talker in talkers]
    while not all(len(t.acknowledged) > n + 5 or t.error for t, n in zip(talkers, before)):
        time.sleep(0.05)


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def one(server, talkers, ear):
    """An upgrade: what each transport waited, and the silence."""
    wait_for_all(talkers)
    for talker in talkers:
        talker.gap = 0.0
    ear.gap = ear.silent = 0
    began = time.monotonic()
    upgrade(server)
    listens = time.monotonic() - began
    wait_for_all(talkers)
    time.sleep(1)  # what is heard comes later than what is sent
    return listens, {t: [x.gap for x in talkers if x.transport == t] for t in TRANSPORTS}, ear.gap / 100


def check(server, talkers, visitor):
    database = sqlite3.connect(server.database())
    stored = database.execute("SELECT count(*) FROM messages").fetchone()[0]
    acknowledged = sum(len(talker.acknowledged) for talker in talkers)
    print(f"{acknowledged} messages acknowledged, {stored} stored; {visitor.connected} connections of "
          f"visitors, {len(visitor.refused)} refused; "
          f"{sum(t.error is not None for t in talkers)} errors")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--talkers", type=int, default=10, help="of each transport")
    parser.add_argument("--upgrades", type=int, default=5)
    options = parser.parse_args()
    stop = threading.Event()
    with tempfile.TemporaryDirectory() as home, \
            Upgradable(connections_per_address=0, waiting_per_address=0) as server:
        Peer(server).register("reader").close()
        talkers = [Timed(server, t, i, stop) for t in TRANSPORTS for i in range(options.talkers)]
        visitor, call = Visitor(server, stop), Call(server, home)
        for thread in (*talkers, visitor):
            thread.start()
        print(f"{options.talkers} talkers of each transport, a call of two")
        print(f"{'next program listens':>22}" + "".join(f"{t:>16}" for t in TRANSPORTS) +
              f"{'silence':>10}")
        for _ in range(options.upgrades):
            listens, gaps, silence = one(server, talkers, call.ear)
            print(f"{listens:>20.2f} s" + "".join(
                f"{percentile(g, 0.5):>7.2f} /{max(g):>5.2f} s" for g in gaps.values()) +
                f"{silence:>8.2f} s", flush=True)
        stop.set()
        for thread in (*talkers, visitor):
            thread.join()
        call.end()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait()
        check(server, talkers, visitor)


main()
