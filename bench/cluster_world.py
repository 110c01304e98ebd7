"""The servers that cluster.py measures, their processor time, and people who talk to them, all by one
thread. cluster.py and cluster_call.py use it; what is measured, they say."""

import collections
import contextlib
import os
import select
import sys
import time

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..")
sys.path.insert(0, os.path.join(ROOT, "test", "e2e"))
from harness import PASSWORD, PATIENCE, Raw, Server, encode  # noqa: E402
from nats import PROGRAM, Nats  # noqa: E402
from test_postgres import FOLDER, ask, url  # noqa: E402

TEXT = "~" + "x" * 99  # one ~ each: deliveries are counted by it
# No limits, as for chinwag-bench.
SETTINGS = dict.fromkeys(("bytes_per_s", "refusals_per_s", "group_texts_per_s", "quota_mib",
                          "connections_per_address", "waiting_per_address", "hashes_per_address",
                          "registrations_per_hour"), 0)


# --- figures -------------------------------------------------------------------------------------

def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(part * len(values)))]


def percentiles(prefix, seconds):
    return {f"{prefix}p50_us": percentile(seconds, 0.5) * 1e6,
            f"{prefix}p99_us": percentile(seconds, 0.99) * 1e6}


def here_and_there(here, there):
    """Of what comes at the sender's server, and at another one."""
    figures = percentiles("here_", here) | percentiles("there_", there)
    return figures | {f"later_{p}_us": figures[f"there_{p}_us"] - figures[f"here_{p}_us"]
                      for p in ("p50", "p99")}


# --- processor time ----------------------------------------------------------------------------

def threads_cpu_s(pid):
    """Of a process; one that has just ended has none."""
    total = 0
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as file:
                total += int(file.read().split()[0])
    return total / 1e9


def postgres_cpu_s():
    with open(os.path.join(FOLDER, "data", "postmaster.pid"), encoding="ascii") as file:
        first = file.readline().strip()
    with open(f"/proc/{first}/task/{first}/children", encoding="ascii") as file:
        return sum(map(threads_cpu_s, file.read().split()))


class Span:
    """Processor time of each server, and of PostgreSQL, from here to `end`."""

    def __init__(self, world):
        self.world = world
        self.before = self.now()
        self.began = time.monotonic()

    def now(self):
        return [*(threads_cpu_s(server.process.pid) for server in self.world.servers),
                postgres_cpu_s() if self.world.store == "postgres" else 0]

    def end(self):
        self.wall_s = time.monotonic() - self.began
        *self.servers_s, self.postgres_s = (b - a for a, b in zip(self.before, self.now()))


# --- servers and people ------------------------------------------------------------------------

def has_bus(build):
    """Can there be one? It needs nats-server, and the module for it."""
    return PROGRAM is not None and os.path.exists(os.path.join(build, "src/bus/chinwag-nats.so"))


class World(contextlib.ExitStack):
    """So many servers on one store; `bus`: a NATS between them."""

    count = 0

    def __init__(self, store, nodes, bus=False):
        super().__init__()
        self.store, self.nodes, self.bus, self.servers, self.people = store, nodes, bus, [], 0
        self.settings = dict(SETTINGS)
        World.count += 1
        self.database = f"bench{World.count}"

    def __enter__(self):
        if self.store == "postgres":
            ask("postgres", f"CREATE DATABASE {self.database}")
            self.callback(ask, "postgres", f"DROP DATABASE {self.database} WITH (FORCE)")
            self.settings["store"] = url(self.database)
        try:
            if self.bus:
                nats = Nats()
                self.callback(nats.close)
                self.settings["bus"] = nats.url()
            for number in range(1, self.nodes + 1):
                self.start(number)
            for server in self.servers if self.bus else ():
                server.wait_count("is heard", self.nodes - 1)
        except BaseException:
            self.close()
            raise
        return self

    def start(self, number):
        settings = self.settings | ({"node": number} if self.store == "postgres" else {})
        # The harness makes malloc perturb memory, which costs.
        server = Server(wrap=["env", "-u", "MALLOC_PERTURB_"], **settings)
        if self.servers:
            os.mkdir(server.data, 0o700)
            os.symlink(os.path.join(self.servers[0].data, "blobs"),
                       os.path.join(server.data, "blobs"))
        self.servers.append(self.enter_context(server))

    def person(self, node=0, kind=None):
        self.people += 1
        person = (kind or Person)(self.servers[node], f"p{self.people}")
        self.callback(person.raw.close)
        return person


class Person:
    """By ZMTP without encryption. One speaks and counts answers, or listens and counts texts."""

    def __init__(self, server, name, *wishes):
        self.name, self.heard, self.answered = name, 0, 0
        self.raw = Raw(server)
        self.raw.handshake(minor=0)
        self.do("register", name, PASSWORD)
        self.token = self.do("login", name, PASSWORD, *wishes)[4]

    def do(self, *request):
        self.raw.request("request", *request)
        while (answer := self.raw.recv())[0] != "response":
            pass
        if answer[2] != 0:
            raise SystemExit(f"{request}: {answer}")
        return answer

    def own(self, action, *arguments):
        return self.do(action, self.name, self.token, *arguments)

    def speaks(self, action, to):
        """From now on, by `say`."""
        self.text = Raw.frame(encode("request", action, self.name, self.token, to, TEXT))
        self.answer = Raw.frame(encode("response", action, 0))
        self.sent, self.times, self.rest = collections.deque(), [], b""
        return self

    def say(self, count=1):
        self.sent.extend([time.monotonic()] * count)
        self.raw.socket.sendall(self.text * count)

    def take(self):
        """Reads what has come: how many answers."""
        data = self.raw.socket.recv(1 << 18)
        self.heard += data.count(b"~")
        if not hasattr(self, "answer"):
            return 0
        data = self.rest + data
        count, now = len(data) // len(self.answer), time.monotonic()
        if data[:count * len(self.answer)] != self.answer * count:
            raise SystemExit(f"{self.name} was refused, or hears what it should not")
        self.rest = data[count * len(self.answer):]
        self.times += [now - self.sent.popleft() for _ in range(count)]
        self.answered += count
        return count


class Crowd:
    """All who speak and listen, by one epoll."""

    def __init__(self, people):
        self.by_descriptor = {person.raw.socket.fileno(): person for person in people}
        self.epoll = select.epoll()
        for descriptor in self.by_descriptor:
            self.epoll.register(descriptor, select.EPOLLIN)

    def turn(self, wait_s=None):
        """Who has something: the person, and its answers. Nobody has to within `wait_s`."""
        ready = self.epoll.poll(2 * PATIENCE if wait_s is None else wait_s)
        if not ready and wait_s is None:
            raise SystemExit("nothing comes any more")
        return [(self.by_descriptor[d], self.by_descriptor[d].take()) for d, _ in ready]

    def speak(self, speakers, in_flight, seconds):
        """So many of each are always under way; at the end until all are answered."""
        end = time.monotonic() + seconds
        for speaker in speakers:
            speaker.say(in_flight)
        while any(speaker.sent for speaker in speakers):
            going_on = time.monotonic() < end
            for person, answers in self.turn():
                if answers and going_on:
                    person.say(answers)

    def wait(self, listeners, count):
        while any(listener.heard < count for listener in listeners):
            self.turn()
