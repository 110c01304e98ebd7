"""How long live audio is under way in a call: to participants at the speaker's server, and to others at
the last one of them. The way is that of real calls by connections: three speak all the time, a packet
of Opus each 20 ms, evenly one after another; a packet has its number in it, by which whoever hears it
knows when it was said. What datagrams and devices add is not in it (docs/performance.md has that).
Used by cluster.py."""

import re
import struct
import time

from msgpack import ExtType

from cluster_world import Crowd, Person, Raw, Span, encode, here_and_there

SPEAKERS, LISTENERS = 3, 3  # listeners at each of the two servers
PACKET_S = 0.02
SAMPLES = 960  # of it
MARK = re.compile(rb"#(\d{8})#")
MARK_N = 10
BEGINS = b"\x78"            # of an Opus packet: one frame of 20 ms
FILLING = b"\xa5" * 69      # 80 bytes in all: 32 kbit/s
WARM_UP = 30                # packets
LATE_S = 0.5                # what has not come by then is lost
TRIES = 50                  # so often a warm-up, until all hear


class Caller(Person):
    """In the call. `came`: when each packet did, by its number."""

    def __init__(self, server, name):
        super().__init__(server, name, {"client": "bench", "features": ["opus"]})
        self.came, self.rest = {}, b""

    def joins(self, group):
        self.own("join_call", group)
        self.begins = encode("update", "call_data", self.name, self.token, group)

    def says(self, number, nth):
        """`nth`: among its own."""
        packet = struct.pack(">II", nth, nth * SAMPLES) + BEGINS + b"#%08d#" % number + FILLING
        self.raw.send_frame(self.begins + encode(ExtType(2, packet)))

    def take(self):
        data = self.raw.socket.recv(1 << 18)
        now = time.monotonic()
        if not data:
            raise SystemExit(f"{self.name} was thrown out of the call")
        data = self.rest + data
        self.came.update((int(found[1]), now) for found in MARK.finditer(data))
        self.rest = data[1 - MARK_N:]  # too short for a mark
        return 0


class Talk:
    """`said`: when each packet was, by its number."""

    def __init__(self, speakers, listeners):
        self.speakers, self.listeners, self.said = speakers, listeners, {}
        self.crowd = Crowd([*speakers, *listeners])

    def speak(self, packets):
        first, begin = len(self.said), time.monotonic()
        for number in range(first, first + packets):
            due = begin + (number - first) * PACKET_S / SPEAKERS
            while (left := due - time.monotonic()) > 0:
                self.crowd.turn(left)
            self.crowd.turn(0)  # also who is behind its time
            self.said[number] = time.monotonic()
            self.speakers[number % SPEAKERS].says(number, number // SPEAKERS)
        return range(first, first + packets)

    def all_hear(self, numbers):
        return all(number in listener.came for listener in self.listeners for number in numbers)

    def begin(self):
        """Servers tell each other who is in the call."""
        for _ in range(TRIES):
            numbers = self.speak(WARM_UP)[:WARM_UP // 2]
            self.wait(numbers)
            if self.all_hear(numbers):
                return
        raise SystemExit("the call is not heard everywhere")

    def wait(self, numbers):
        end = time.monotonic() + LATE_S
        while not self.all_hear(numbers) and (left := end - time.monotonic()) > 0:
            self.crowd.turn(left)

    def delays(self, listeners, numbers):
        return [listener.came[number] - self.said[number] for listener in listeners
                for number in numbers if number in listener.came]


def call(world, options):
    speakers = [world.person(0, Caller) for _ in range(SPEAKERS)]
    here = [world.person(0, Caller) for _ in range(LISTENERS)]
    there = [world.person(len(world.servers) - 1, Caller) for _ in range(LISTENERS)]
    speakers[0].own("create_group", group := f"g{world.people}")
    for caller in [*speakers[1:], *here, *there]:
        caller.own("join_group", group)
    for caller in [*speakers, *here, *there]:
        caller.joins(group)
    talk = Talk(speakers, here + there)
    talk.begin()
    span = Span(world)
    numbers = talk.speak(int(options.call_seconds / PACKET_S) * SPEAKERS)
    talk.wait(numbers)
    span.end()
    came = talk.delays(here, numbers), talk.delays(there, numbers)
    heard = sum(map(len, came)) + len(numbers) * (SPEAKERS - 1)
    delays = here_and_there(*came) if all(came) else {}  # nothing came here, or there
    return delays | {
        "lost": 1 - sum(map(len, came)) / (len(numbers) * 2 * LISTENERS),
        "servers_cpu_us_per_heard": 1e6 * sum(span.servers_s) / heard}
