"""Kills the server ROUNDS times under full load and looks for losses.

    ROUNDS=200 SEED=1 python3 kill_test.py PATH_OF_CHINWAGD

Six people, half of them plain clients and half extended ones, whisper to each
other, talk in a group and now and then send a voice message, as fast as the
answers come. After a random number of answers the server gets SIGKILL, starts
again on the same data, and everybody goes on with the token of the first round.
Extended clients count their messages and send those again that were not answered.

What must hold, for every reader and every message in it:
- what was acknowledged to its sender arrives; what nobody sent does not;
- the messages of one sender arrive in the order in which they were sent;
- an extended reader, who says since which id, sees each message once;
- what is sent again is stored once, and answered;
- a plain reader may see the last ones again, but only as a replay: in the
  order of the first time and without a gap.
At the end a fresh reader sees exactly what each of them has seen, and the group's
history numbers its messages without a gap, each once.

Two more upload files meanwhile: kill_uploads.py says what must hold of these.

Under tools/with_postgres the rows are in that PostgreSQL."""

import collections
import os
import random
import struct
import sys
import time

import zmq

from harness import PASSWORD, PATIENCE, Peer, Server, decode, encode
from kill_uploads import KEEPER, Files, Keeper, Uploader

ROUNDS = int(os.environ.get("ROUNDS", "200"))
SEED = int(os.environ.get("SEED", "1"))
SETTINGS = {}
if "POSTGRES_FOLDER" in os.environ:
    SETTINGS["store"] = f"postgresql://postgres@/postgres?host={os.environ['POSTGRES_FOLDER']}"

ACKNOWLEDGED_MAX = 600  # in one round, before the kill
WINDOW = 48             # requests of one client without an answer
REST_EVERY = 10         # rounds until one ends in peace, without a kill
GROUP = "everybody"

# Samples that follow the two that tell which message it is: more than a row of
# the database holds.
VOICE_TAIL = b"\xd1\x12\x34" * 25000
VOICE_SAMPLES = 2 + 25000


def voice(number):
    """A sample list that only message `number` has."""
    head = struct.pack(">BIBhBh", 0xDD, VOICE_SAMPLES, 0xD1, number >> 15, 0xD1, number & 0x7FFF)
    return head + VOICE_TAIL


def voice_number(data, start):
    """The number in a sample list that starts there, and where it ends."""
    _, _, _, high, _, low = struct.unpack_from(">BIBhBh", data, start)
    number = high << 15 | low
    end = start + len(voice(0))
    if data[start:end] != voice(number):
        raise AssertionError("a voice message was altered")
    return number, end


class Reader:
    """What one person has received, and whether that was allowed."""

    def __init__(self, name, extended):
        self.name = name
        self.extended = extended
        self.log = []               # numbers of messages, as they came the first time
        self.seen = {}              # number -> place in the log
        self.newest = {}            # sender -> number of the newest message
        self.place = None           # where in the log a replay has got to
        self.last_id = 0
        self.replayed = 0

    def connected(self):
        self.place = len(self.log) if self.extended else None

    def take(self, sender, number, extras):
        if self.extended:
            assert extras["id"] > self.last_id, f"{self.name}: id {extras['id']} came late"
            self.last_id = extras["id"]
        if self.place is None:
            self.place = self.seen.get(number, len(self.log))
        if self.place < len(self.log):
            assert self.log[self.place] == number, \
                f"{self.name}: {number} in place of {self.log[self.place]} in a replay"
            self.replayed += 1
        else:
            assert number not in self.seen, f"{self.name}: {number} came again"
            assert number > self.newest.get(sender, -1), \
                f"{self.name}: {number} of {sender} came after {self.newest[sender]}"
            self.newest[sender] = number
            self.seen[number] = len(self.log)
            self.log.append(number)
        self.place += 1


class Person:
    """One client: sends, counts answers, reads."""

    def __init__(self, world, name, extended):
        self.world = world
        self.name = name
        self.extended = extended
        self.token = None
        self.peer = None
        self.waiting = collections.deque()  # (action, number, rest) without an answer
        self.unsure = []                    # those of them that may be sent again
        self.count = 0                      # messages so far
        self.reader = Reader(name, extended)

    def wishes(self):
        return [{"features": [], "since": self.reader.last_id}] if self.extended else []

    def first_login(self, server, first):
        self.peer = Peer(server).register(self.name)
        self.peer.send("request", "login", self.name, PASSWORD, *self.wishes())
        self.token = self.peer.recv()[4]
        self.ask("create_group" if first else "join_group", GROUP)

    def ask(self, action, *arguments):
        self.peer.send("request", action, self.name, self.token, *arguments)
        answer = self.peer.recv()
        assert answer[:3] == ["response", action, 0], answer

    def attach(self, server):
        self.peer = Peer(server)
        self.peer.socket.rcvhwm = 0
        self.reader.connected()
        self.unsure = [asked for asked in self.waiting if self.extended and asked[1] is not None]
        self.waiting.clear()
        self.send_request("attach", None, encode(*self.wishes()))

    def repeat(self):
        for asked in self.unsure:
            self.world.repeated += 1
            self.send_request(*asked)

    def send_request(self, action, number, rest):
        head = encode("request", action, self.name, self.token)
        self.waiting.append((action, number, rest))
        self.peer.send_bytes(head + rest)

    def say(self, action, number, rest):
        """A message; extended clients count theirs. All that is open lies within 64."""
        self.count += 1
        self.send_request(action, number, rest + (encode({"n": self.count})
                                                  if self.extended else b""))

    def send_message(self, dice):
        number = self.world.number()
        others = [person.name for person in self.world.people if person is not self]
        kind = dice.random()
        if kind < 0.01:
            self.world.tried(number, [to := dice.choice(others)])
            self.say("voice_msg", number, encode(to, 1, 8000) + voice(number))
        elif kind < 0.5:
            self.world.tried(number, [to := dice.choice(others)])
            self.say("whisper", number, encode(to, str(number)))
        else:
            self.world.tried(number, others)
            self.say("msg_group", number, encode(GROUP, str(number)))

    def drain(self):
        """Reads all that has come."""
        while True:
            try:
                data = self.peer.socket.recv(zmq.NOBLOCK)
            except zmq.Again:
                return
            self.take(data)

    def take(self, data):
        if data.startswith(b"\xa6update\xa9voice_msg"):
            start = data.index(b"\xcd\x1f\x40\xdd") + 3  # behind the sample rate of 8000
            number, end = voice_number(data, start)
            message = decode(data[:start]) + [number] + decode(data[end:])
        else:
            message = decode(data)
        if message[0] == "response":
            self.answered(message)
            return
        extras = message.pop() if self.extended else None
        sender = message[3] if message[1] == "msg_group" else message[2]
        number = int(message[-1])
        assert self.name in self.world.recipients.get(number, ()), \
            f"{self.name}: {message[:5]} was never sent to him"
        self.reader.take(sender, number, extras)

    def answered(self, message):
        action, number, _ = self.waiting.popleft()
        assert message[:3] == ["response", action, 0], f"{self.name}: {message} to {action}"
        if number is not None:
            self.world.acknowledged.append(number)

    def disconnect(self):
        """After the server's end: what it had still sent is read."""
        self.peer.wait_disconnected()
        self.drain()
        self.peer.close()


class World:
    def __init__(self, server):
        self.server = server
        self.dice = random.Random(SEED)
        self.people = [Person(self, f"person{i}", extended=i % 2 == 1) for i in range(6)]
        self.files = Files(server)
        self.uploaders = [Uploader(self, self.files, i) for i in range(2)]
        self.recipients = {}    # number -> names, of all that was tried
        self.acknowledged = []
        self.starts = []        # seconds that each start took
        self.repeated = 0

    def number(self):
        return len(self.recipients)

    def tried(self, number, names):
        self.recipients[number] = names

    def begin(self):
        for i, person in enumerate(self.people):
            person.first_login(self.server, first=i == 0)
        keeper = Peer(self.server).register(KEEPER)
        keeper.close()
        self.server.kill()
        for person in self.people:
            person.disconnect()

    def start(self):
        rows = self.files.rows()
        self.files.check_rows(rows)
        if self.dice.random() < 0.05:  # not even a start may do harm when cut short
            self.server.spawn().kill()
            self.server.process.wait()
        before = time.monotonic()
        self.server.start()
        self.starts.append(time.monotonic() - before)
        self.files.check_folder(rows)
        for client in self.people + self.uploaders:
            client.attach(self.server)
        # A voice message is too long for a connection that is still a stranger's.
        self.read_answers()
        for person in self.people:
            person.repeat()
        self.read_answers()

    def read(self, enough, load=False):
        """Reads until enough() says so; under load everybody sends meanwhile."""
        poller = zmq.Poller()
        for person in self.people:
            poller.register(person.peer.socket, zmq.POLLIN)
        while not enough():
            for person in self.people if load else ():
                while len(person.waiting) < WINDOW:
                    person.send_message(self.dice)
            for uploader in self.uploaders if load else ():
                uploader.step()
            if not poller.poll(PATIENCE * 1000):
                raise AssertionError("the server has fallen silent")
            for person in self.people:
                person.drain()

    def read_answers(self):
        self.read(lambda: not any(person.waiting for person in self.people))

    def round(self, in_peace):
        self.start()
        target = len(self.acknowledged) + self.dice.randrange(ACKNOWLEDGED_MAX)
        self.read(lambda: len(self.acknowledged) >= target, load=True)
        if in_peace:
            self.settle()
            assert self.server.stop() == 0, "the server did not end cleanly"
        else:
            self.server.kill()
        for client in self.people + self.uploaders:
            client.disconnect()

    def settle(self):
        """Until everybody has all that was sent to him."""
        self.read_answers()
        fence = {}
        for person in self.people:
            others = [other.name for other in self.people if other is not person]
            number = self.number()
            self.tried(number, others)
            person.say("msg_group", number, encode(GROUP, str(number)))
            fence[number] = others
        self.read(lambda: all(number in person.reader.seen for person in self.people
                              for number in fence if person.name in fence[number]))

    def losses(self):
        """Acknowledged messages that somebody never got."""
        readers = {person.name: person.reader for person in self.people}
        return sum(number not in readers[name].seen
                   for number in self.acknowledged for name in self.recipients[number])

    def check_fresh_view(self):
        """Who reads everything again sees what was seen, in one order."""
        for person in self.people:
            fresh = Person(self, person.name, extended=True)
            fresh.peer = Peer(self.server)
            fresh.peer.socket.rcvhwm = 0
            fresh.peer.send("request", "login", person.name, PASSWORD, {"since": 0})
            assert fresh.peer.recv()[:3] == ["response", "login", 0]
            fresh.reader.connected()
            while len(fresh.reader.log) < len(person.reader.log):
                if not fresh.peer.socket.poll(PATIENCE * 1000):
                    raise AssertionError(f"{person.name}: the fresh view is short")
                fresh.drain()
            assert fresh.reader.log == person.reader.log, f"{person.name}: another order"
            fresh.peer.close()

    def check_files(self):
        for uploader in self.uploaders:
            uploader.finish()
        senders = [name for uploader in self.uploaders for name in uploader.names]
        Keeper(self.server).check(self.files, senders)
        assert self.server.stop() == 0, "the server did not end cleanly"
        rows = self.files.rows()
        self.files.check_rows(rows)
        self.files.check_folder(rows)

    def check_history(self):
        """The group's row of numbers has no gap, and no message twice."""
        person = self.people[1]
        last, numbers = 0, set()
        while True:
            person.peer.send("request", "history", person.name, person.token, "#" + GROUP,
                             {"after": last, "limit": 200})
            page = person.peer.recv()
            assert page[:3] == ["response", "history", 0], page
            if not page[3]["list"]:
                return last
            for entry in page[3]["list"]:
                assert entry["seq"] == last + 1, f"{entry['seq']} follows {last}"
                assert entry["content"] not in numbers, f"{entry['content']} is stored twice"
                numbers.add(entry["content"])
                last = entry["seq"]


def main():
    os.environ["CHINWAGD"] = sys.argv[1]
    before = time.monotonic()
    with Server(**SETTINGS) as server:
        world = World(server)
        world.begin()
        for i in range(ROUNDS):
            world.round(in_peace=i % REST_EVERY == REST_EVERY - 1)
        world.start()
        world.settle()
        lost = world.losses()
        world.check_history()
        world.check_fresh_view()
        world.check_files()
    starts = sorted(world.starts)
    print(f"seed {SEED}: {ROUNDS} rounds, {len(world.recipients)} messages tried, "
          f"{len(world.acknowledged)} acknowledged, {lost} lost, "
          f"{world.repeated} sent again, "
          f"{sum(len(person.reader.log) for person in world.people)} received, "
          f"{sum(person.reader.replayed for person in world.people)} seen again by plain clients, "
          f"{len(world.files.kept)} files received, {world.files.resumed} uploads resumed, "
          f"start {1000 * starts[len(starts) // 2]:.0f} ms (median), "
          f"{time.monotonic() - before:.0f} s")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
