#!/usr/bin/python3
"""Chat and a call beside a transfer of a file: `make bench-lanes`.

A relay is the line of a household: 1 Mbit/s and 50 ms in each direction, for all connections
through it, with little room in its sockets, so that it is the narrowest place, and takes from its
connections in turns. With --queue-ms it is a router with a long queue for all of them. Ann is behind it,
Bob is at the server. Each says something every 100 ms, and sends a frame of a call every 20 ms. The
delays are printed without and with a transfer, in turns; with --loopback instead the same for a
file of 1 GiB without the relay, and the server's memory; beside nothing and beside a plain copy, too,
and how long this program and the server's loop waited for a processor: where the copy costs as much, or
this program waited as long, it is not the server that is slow."""

import argparse
import heapq
import multiprocessing
import os
import re
import select
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "test", "e2e"))
from harness import PASSWORD, Raw, Server, decode, encode  # noqa: E402

BYTES_PER_S = 125_000
DELAY_S = 0.05
SEGMENT = 536
KIB, MIB = 1024, 1024 * 1024
CALL_S, CHAT_S = 0.02, 0.1
PIECE = BYTES_PER_S * 20 // 1000
KINDS = ("fetch", "send", "both", "same")  # same: fetched over the connection that talks
# With --loopback: nothing, and a copy of the file by dd that is synced as an upload is. What these cost
# is the machine's, not Chinwag's.
CONTROLS = ("nothing", "copy")
AFTER_S = 1  # for what is on its way at the end of a phase


# --- the line ---------------------------------------------------------------------------------

class Direction:
    def __init__(self):
        self.free_at = 0
        self.sources = []  # sockets, in the order of their turns
        self.arrivals = []


def small(sock):
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)  # the least that there is
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def run_relay(listener, server, queue_s):
    up, down, other, count = Direction(), Direction(), {}, 0
    while True:
        now = time.monotonic()
        ready = [listener] + [s for d in (up, down) if now + queue_s >= d.free_at
                              for s in d.sources]
        due = [d.free_at - queue_s for d in (up, down) if now + queue_s < d.free_at]
        due += [d.arrivals[0][0] for d in (up, down) if d.arrivals]
        wait = max(0, min(due) - now) if due else None
        readable, _, _ = select.select(ready, [], [], wait)
        now = time.monotonic()
        if listener in readable:
            home, _ = listener.accept()
            out = small(socket.socket())
            out.connect(server)
            other[home], other[out] = out, home
            up.sources.append(small(home))
            down.sources.append(out)
        for direction in (up, down):
            source = next((s for s in direction.sources if s in readable), None)
            if source is not None and now + queue_s >= direction.free_at:
                direction.sources.remove(source)
                try:
                    data = source.recv(SEGMENT)
                except OSError:
                    data = b""
                if data:
                    direction.sources.append(source)
                begin = max(direction.free_at, now - 0.002)
                direction.free_at = begin + len(data) / BYTES_PER_S
                count += 1
                heapq.heappush(direction.arrivals,
                               (direction.free_at + DELAY_S, count, other[source], data))
            while direction.arrivals and direction.arrivals[0][0] <= now:
                _, _, target, data = heapq.heappop(direction.arrivals)
                try:
                    if data:
                        target.sendall(data)
                    else:
                        target.shutdown(socket.SHUT_WR)
                except OSError:
                    pass


class Relay:
    def __init__(self, server, queue_s):
        listener = small(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        self.address, self.port = listener.getsockname()
        self.process = multiprocessing.Process(
            target=run_relay, args=(listener, (server.address, server.port), queue_s), daemon=True)
        self.process.start()
        listener.close()

    def end(self):
        self.process.kill()
        self.process.join()


# --- people -----------------------------------------------------------------------------------

class Person:
    def __init__(self, place, name):
        self.name, self.data = name, b""
        self.raw = Raw(place)
        self.raw.handshake(minor=0)
        self.file = None  # of the last message with one
        self.token = self.ask("login", name, PASSWORD, {"client": "lanes", "features": []})[4]
        self.heard = {}  # (kind, number): when
        self.fetches = None

    def ask(self, *request):
        self.raw.request("request", *request)
        while (answer := self.raw.recv())[0] != "response":
            self.take(answer)
        assert answer[2] == 0, answer
        return answer

    def asks(self, action, *arguments):
        return self.ask(action, self.name, self.token, *arguments)

    def say(self, kind, number, to):
        if kind == "chat":
            self.raw.request("request", "whisper", self.name, self.token, to, str(number))
        else:
            samples = [number // 10000 % 100, number // 100 % 100, number % 100] + [0] * 57
            self.raw.request("update", "call_data", self.name, self.token, "kitchen", samples)

    def read(self):
        """Takes what has come."""
        self.data += self.raw.socket.recv(65536)
        while len(self.data) >= 9:
            long = self.data[0] & 2
            n = int.from_bytes(self.data[1:9], "big") if long else self.data[1]
            head = 9 if long else 2
            if len(self.data) < head + n:
                return
            body, self.data = self.data[head:head + n], self.data[head + n:]
            self.take(decode(body))

    def take(self, message):
        now = time.monotonic()
        if message[:2] == ["update", "whisper"] and "file" in message[4]:
            self.file = message[4]["file"]
        elif message[:2] == ["update", "whisper"]:
            self.heard["chat", int(message[3])] = now
        elif message[:2] == ["update", "call_data"]:
            a, b, c = message[3][:3]
            self.heard["call", a * 10000 + b * 100 + c] = now
        elif message[:2] == ["response", "fetch_file"] and self.fetches:
            self.fetches.taken(message)


class Fetches:
    """A file fetched over the same connection as chat and the call: six short pieces at a time,
    which are what the line holds."""

    def __init__(self, person, file):
        self.person, self.file, self.at, self.got = person, file, 0, 0
        self.begun, self.on = time.monotonic(), True
        person.fetches = self
        for _ in range(6):
            self.ask()

    def ask(self):
        self.person.raw.request("request", "fetch_file", self.person.name, self.person.token,
                                self.file, self.at, {"limit": PIECE})
        self.at += PIECE

    def taken(self, message):
        assert message[2] == 0, message
        self.got += len(message[5])
        if self.on:
            self.ask()

    def end(self):
        self.on = False
        return f"{self.got / (time.monotonic() - self.begun) / 1000:.0f} kB/s"


def talk(ann, bob, seconds, first):
    """Both talk. Returns the delays in ms, by kind and direction, and the next number."""
    said, begin = {}, time.monotonic()
    due = [(begin, "call"), (begin, "chat")]
    heapq.heapify(due)
    number, end = first, begin + seconds
    while (now := time.monotonic()) < end + AFTER_S:
        wait = end + AFTER_S - now
        if due:
            wait = min(wait, max(0, due[0][0] - now))
        ready, _, _ = select.select([ann.raw.socket, bob.raw.socket], [], [], wait)
        for person in (ann, bob):
            if person.raw.socket in ready:
                person.read()
        while due and due[0][0] <= time.monotonic():
            at, kind = heapq.heappop(due)
            number += 1
            said[kind, number] = time.monotonic()
            for person, to in ((ann, "bob"), (bob, "ann")):
                person.say(kind, number, to)
            if at < end:
                heapq.heappush(due, (at + (CALL_S if kind == "call" else CHAT_S), kind))
    delays, lost = {}, 0
    for person, direction in ((ann, "down"), (bob, "up")):
        for what, at in said.items():
            if what in person.heard:
                delays.setdefault((what[0], direction), []).append(
                    1000 * (person.heard[what] - at))
            else:
                lost += 1
        person.heard.clear()
    return delays, lost, number


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * p / 100))]


# --- transfers --------------------------------------------------------------------------------

class Command:
    """A transfer by the chinwag command."""

    def __init__(self, home, place, *arguments):
        environment = dict(os.environ, HOME=home, XDG_STATE_HOME=home, CHINWAG_PASSWORD=PASSWORD,
                           CHINWAG_SERVER=f"{place.address}:{place.port}")
        self.process = subprocess.Popen([os.environ["CHINWAG"], *arguments],
                                        env=environment, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, text=True)

    def end(self):
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.communicate()[1].strip()


class Copy:
    """The file once more, by another program."""

    def __init__(self, source, target):
        self.process = subprocess.Popen(
            ["dd", f"if={source}", f"of={target}", "bs=256K", "oflag=dsync"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def end(self):
        self.process.terminate()
        self.process.wait()
        return ""


def waited_ms(task):
    """How long it has waited for a processor."""
    with open(f"/proc/{task}/schedstat", encoding="ascii") as file:
        return int(file.read().split()[1]) / 1e6


class Bench:
    def __init__(self, options):
        self.options, self.number = options, 0
        self.home = tempfile.mkdtemp(prefix="chinwag-lanes-")
        self.server = Server(file_mib_max=2048, uploads_mib=8192, quota_mib=8192).start()
        self.relay = None if options.loopback else Relay(
            self.server, options.queue_ms / 1000)
        near = self.relay or self.server
        setup = Raw(self.server)
        setup.handshake(minor=0)
        for name in ("ann", "bob"):
            setup.request("request", "register", name, PASSWORD)
            assert setup.recv()[2] == 0
        setup.close()
        self.ann, self.bob = Person(near, "ann"), Person(self.server, "bob")
        self.bob.asks("create_group", "kitchen")
        self.bob.asks("join_call", "kitchen")
        self.ann.asks("join_group", "kitchen")
        self.ann.asks("join_call", "kitchen")
        self.near = near
        for place, name in ((self.server, "bob"), (near, "ann")):
            login = Command(self.home, place, "login", name)
            assert login.process.wait() == 0, login.end()

    def path(self, name):
        return os.path.join(self.home, name)

    def make(self, mib):
        with open(self.path("file"), "wb") as file:
            file.truncate(mib * MIB)
        sending = Command(self.home, self.server, "--as", "bob", "send-file", "@ann", self.path("file"))
        assert sending.process.wait() == 0, sending.end()
        while self.ann.file is None:
            self.ann.read()

    def transfers(self, kind):
        """Begins what goes on beside the talk."""
        if kind in ("fetch", "both"):
            yield Command(self.home, self.near, "--as", "ann", "fetch", "@bob", "1",
                          self.path("copy"))
        if kind in ("send", "both"):
            yield Command(self.home, self.near, "--as", "ann", "send-file", "@bob",
                          self.path("file"))
        if kind == "copy":
            yield Copy(self.path("file"), self.path("copy"))
        if kind == "same":
            yield Fetches(self.ann, self.ann.file)

    def talk(self, seconds):
        delays, lost, self.number = talk(self.ann, self.bob, seconds, self.number)
        return delays, lost

    def waited(self):
        """By this program, and by the server's loop, which is its first thread."""
        pid = self.server.process.pid
        return waited_ms("self"), waited_ms(f"{pid}/task/{pid}")

    def clear(self):
        for name in os.listdir(self.home):
            if name.startswith("copy"):
                print(f"  fetched {os.path.getsize(self.path(name)) / MIB:.1f} MiB")
                os.unlink(self.path(name))

    def drop_upload(self, said):
        """One that was cut off keeps one of the few places of its user."""
        upload = re.search(r"--resume ([0-9]+)", said)
        if upload:
            person = Person(self.server, "ann")
            person.asks("drop_upload", int(upload[1]))
            person.raw.close()

    def rounds(self, kind):
        print(f"beside: {kind}")
        table = {}
        for _ in range(self.options.rounds):
            quiet, _ = self.talk(self.options.seconds)
            running = list(self.transfers(kind))
            time.sleep(2)  # until the transfer knows the line
            memory, waited = self.server.memory_kib(), self.waited()
            beside, lost = self.talk(self.options.seconds)
            memory = self.server.memory_kib() - memory
            waited = [(now - before) / (self.options.seconds + AFTER_S)
                      for before, now in zip(waited, self.waited())]
            said = [transfer.end() for transfer in running]
            self.clear()
            for key, values in beside.items():
                row = table.setdefault(key, [])
                row.append([f(percentile(v, p)) for p in (50, 99) for f, v in
                            ((float, quiet[key]), (float, values))])
            if lost:
                print(f"  {lost} did not arrive")
            for line in said:
                if line:
                    print("  " + line.splitlines()[-1])
                self.drop_upload(line)
            print(f"  the server's memory: {memory:+} KiB; waited for a processor: this program "
                  f"{waited[0]:.1f} ms a second, the server's loop {waited[1]:.1f}")
        for (what, direction), rows in sorted(table.items()):
            q50, b50, q99, b99 = (statistics.median(column) for column in zip(*rows))
            print(f"  {what} {direction:5} p50 {q50:7.1f} -> {b50:7.1f} ({b50 - q50:+6.1f} ms)"
                  f"   p99 {q99:7.1f} -> {b99:7.1f} ({b99 - q99:+6.1f} ms)", flush=True)

    def end(self):
        if self.relay:
            self.relay.end()
        self.server.stop()
        self.server.__exit__(None)
        shutil.rmtree(self.home)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--queue-ms", type=float, default=0)
    parser.add_argument("--build", default="build", help="the folder with both programs")
    parser.add_argument("--loopback", action="store_true")
    parser.add_argument("--mib", type=int, help="of the file; 1024 with --loopback, else 64")
    parser.add_argument("--beside", choices=KINDS + CONTROLS,
                        help="this transfer, or control, only")
    options = parser.parse_args()
    os.environ["CHINWAGD"] = os.path.join(options.build, "chinwagd")
    os.environ["CHINWAG"] = os.path.join(options.build, "chinwag")
    bench = Bench(options)
    try:
        bench.make(options.mib or (1024 if options.loopback else 64))
        every = CONTROLS + KINDS if options.loopback else KINDS
        for kind in [options.beside] if options.beside else every:
            bench.rounds(kind)
    finally:
        bench.end()


main()
