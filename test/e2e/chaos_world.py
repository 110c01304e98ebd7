"""The world that chaos_test.py does harm to: nodes, each behind a relay to PostgreSQL, the clients
on them, and the ledger. It is not a test itself."""

import contextlib
import os
import random
import select
import socket
import threading
import time

import zmq

from harness import PATIENCE, Server, encode
from kill_test import GROUP, Person, Reader
from nats import BUS, Nats
from room import make_room
from test_postgres import FOLDER, SOCKET, UNAVAILABLE, Relay, ask

NODES = 3
WINDOW = 8      # requests of one client without an answer
SPAN = 60       # numbers of a client that are open lie within 64
SILENCE = 8 * PATIENCE  # after which nothing is taken to come any more
DATABASE = "postgres"
STANDBY = os.path.join(FOLDER, "standby")


class Line(Relay):
    """One node's way to PostgreSQL: it can be held, so that nothing passes, and cut; `gone`: for good,
    once a COMMIT was lost."""

    def __init__(self, behind=FOLDER, host=None):
        """`host`: it has a port there, by TCP, instead of a socket in its folder."""
        self.open = threading.Event()
        self.open.set()
        self.gone = False
        self.clients = set()
        self.host, self.port = host, 0
        super().__init__(behind)

    def listen(self):
        if self.host is None:
            return super().listen()
        listener = socket.create_server((self.host, self.port))
        self.port = listener.getsockname()[1]
        return listener

    def relay(self, client):
        self.clients.add(client)
        with contextlib.suppress(OSError):  # PostgreSQL may be away
            if not self.gone or self.loses:
                super().relay(client)
        self.clients.discard(client)
        client.close()

    def loses_all(self, data):
        self.open.wait()
        return False

    def cut(self):
        for client in list(self.clients):
            with contextlib.suppress(OSError):
                client.shutdown(socket.SHUT_RDWR)
        self.open.set()

    def shut(self):
        """Nobody listens there any more, as when the machine behind it is gone."""
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        if self.host is None:
            os.unlink(os.path.join(self.folder, SOCKET))
        self.cut()

    def reopen(self):
        self.listener = self.listen()
        threading.Thread(target=self.accept, daemon=True).start()

    def close(self):
        self.cut()
        super().close()


class Node(Server):
    """`wanted`: it should run, and whoever finds it ended starts it again, unless it is `cut` off from
    PostgreSQL. It knows two hosts: that of `line`, and that of `spare`, where a standby may be. With a
    room it runs there, and `line` is by TCP."""

    def __init__(self, number, blobs, nats, room=None):
        self.line, self.spare = Line(host=room and room.host), Line(STANDBY)
        parameters = "?tls=off" if room else ""  # that is another machine, as it seems
        bus = {"bus": nats.url(host=room and room.host, parameters=parameters)} if nats else {}
        super().__init__(store=self.url(), node=number, group_texts_per_s=0, registration="open", **bus)
        self.set_clock(0)
        self.room = room
        if room:
            self.address, self.attributes = room.inside, " plaintext"
            self.settings["password_cost"] = "interactive"  # others could reach it
            self.wrap = room.wrap()
        if "WALL_CLOCK_MODULE" in os.environ:
            self.wrap += ["env", f"LD_PRELOAD={os.environ['WALL_CLOCK_MODULE']}",
                          f"WALL_CLOCK={self.home}/clock"]
        self.number = number
        self.wanted = self.cut = False
        if blobs:
            os.mkdir(self.data, 0o700)
            os.symlink(blobs, os.path.join(self.data, "blobs"))

    def url(self):
        host, port = self.line.folder, ""
        if self.line.host:
            host, port = self.line.host, f"&port={self.line.port},5432&sslmode=disable"
        return (f"postgresql://postgres@/{DATABASE}?host={host},{self.spare.folder}{port}"
                "&target_session_attrs=read-write")

    def __exit__(self, kind, *_):
        super().__exit__(kind)
        self.line.close()
        self.spare.close()

    def start(self, *options):
        super().start(*options)
        self.wanted = True
        return self

    def set_clock(self, offset_ms):
        """Its wall clock differs so much from the machine's: where there is the module for that."""
        with open(f"{self.home}/clock.new", "w") as file:
            file.write(str(offset_ms))
        os.rename(f"{self.home}/clock.new", f"{self.home}/clock")

    def has_ended(self):
        return self.process.poll() is not None


class Ledger(Reader):
    """A reader that minds the order of a sender only among what was sent once: what was refused and
    is sent again comes behind what was accepted meanwhile."""

    def __init__(self, name, extended, world):
        super().__init__(name, extended)
        self.world = world

    def take(self, sender, number, extras):
        super().take(f"{sender} again {number}" if number in self.world.again else sender, number,
                     extras)


class Client(Person):
    """A person who knows 1029 and goes to another node."""

    def __init__(self, world, name, extended):
        super().__init__(world, name, extended)
        self.reader = Ledger(name, extended, world)
        self.node = None
        self.attached = False
        self.numbers = {}  # of a message: the number that its sender has given it

    def go(self, node):
        """Begins to attach there; the rest is sent when that is answered."""
        self.node = node
        self.attached = False
        self.attach(node)
        self.world.again.update(asked[1] for asked in self.unsure)
        self.world.poller.register(self.peer.socket, zmq.POLLIN)

    def leave(self, ended):
        """`ended`: the node has; what it had still sent is read."""
        self.world.poller.unregister(self.peer.socket)
        if ended:
            self.disconnect()
        else:
            self.drain()
            self.peer.close()

    def say(self, action, number, rest):
        self.numbers[number] = self.count + 1
        super().say(action, number, rest)

    def send_message(self, dice):
        number = self.world.number()
        others = [person.name for person in self.world.people if person is not self]
        if dice.random() < 0.5:
            self.world.tried(number, [to := dice.choice(others)])
            self.say("whisper", number, encode(to, str(number)))
        else:
            self.world.tried(number, others)
            self.say("msg_group", number, encode(GROUP, str(number)))

    def may_send(self):
        oldest = min((self.numbers[number] for _, number, _ in self.waiting if number is not None),
                     default=self.count)
        return self.attached and len(self.waiting) < WINDOW and self.count - oldest < SPAN

    def answered(self, message):
        asked = self.waiting.popleft()
        action, number, _ = asked
        assert message[:2] == ["response", action] and message[2] in (0, UNAVAILABLE), \
            f"{self.name}: {message} to {asked}"
        if message[2] == UNAVAILABLE:
            self.refused(asked)
        elif number is None:
            self.attached = True
            self.repeat()
        else:
            self.world.acknowledge(number)

    def refused(self, asked):
        """1029 says that it was not stored: who has not numbered it lets it be."""
        self.world.refusals += 1
        if asked[1] is not None and not self.extended:
            self.world.never.add(asked[1])
            return
        if asked[1] is not None:
            self.world.again.add(asked[1])
            self.world.repeated += 1
        self.send_request(*asked)


class World:
    def __init__(self, seed):
        self.dice = random.Random(seed)
        self.poller = zmq.Poller()
        self.nats = Nats(address="0.0.0.0") if BUS else None  # one node is in a room
        first = Node(1, None, self.nats)
        blobs = os.path.join(first.data, "blobs")
        self.room = make_room()  # of the last one
        self.nodes = [first] + [Node(i, blobs, self.nats, self.room if i == NODES else None)
                                for i in range(2, NODES + 1)]
        self.retired = []
        self.people = [Client(self, f"person{i}", extended=i % 3 != 0) for i in range(6)]
        self.recipients = {}    # number -> names, of all that was tried
        self.acknowledged = []
        self.again = set()      # numbers that were sent more than once
        self.never = set()      # numbers that were refused for good
        self.refusals = self.repeated = self.ended = 0
        self.stored = []        # numbers in the order of their ids
        self.since = time.monotonic()
        self.silence = 0        # seconds: the longest time without an acknowledgement

    def close(self, kind):
        for person in self.people:
            if person.peer:
                person.peer.close()
        for node in self.nodes + self.retired:  # one of them has the files of all
            if node.process:
                node.kill()
        for node in self.nodes + self.retired:
            node.__exit__(kind)
        if self.room:
            self.room.close()
        if self.nats:
            self.nats.close()

    def number(self):
        return len(self.recipients)

    def tried(self, number, names):
        self.recipients[number] = names

    def acknowledge(self, number):
        self.acknowledged.append(number)
        now = time.monotonic()
        self.silence = max(self.silence, now - self.since)
        self.since = now

    def begin(self):
        for node in self.nodes:
            node.start()
        for node in self.nodes if self.nats else []:
            for other in self.nodes:
                if other is not node:
                    node.wait_log(f"node {other.number} is heard")
        for i, person in enumerate(self.people):
            node = self.nodes[i % NODES]
            person.first_login(node, first=i == 0)
            person.node, person.attached = node, True
            self.poller.register(person.peer.socket, zmq.POLLIN)

    def all_at(self, node):
        return [person for person in self.people if person.node is node]

    def other(self, but):
        return self.dice.choice([node for node in self.nodes if node is not but])

    def leave(self, node):
        """Everybody at a node that has ended goes to others."""
        for person in self.all_at(node):
            person.leave(ended=True)
            person.go(self.other(node))

    def supervise(self):
        """What systemd does, and clients do: a node that has ended is started again."""
        for node in self.nodes:
            if node.wanted and node.has_ended():
                assert node.process.returncode > 0, f"node {node.number} crashed"
                self.ended += 1
                print(f"node {node.number} ended:", node.log().splitlines()[-1])
                if node.cut:
                    node.wanted = False
                    self.leave(node)
                    continue
                people = self.all_at(node)
                for person in people:
                    person.leave(ended=True)
                self.start(node)
                for person in people:
                    person.go(node)

    def start(self, node):
        """Until it runs: PostgreSQL may be away, or still have the connection of the one before."""
        deadline = time.monotonic() + SILENCE
        while True:
            try:
                return node.start()
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
                node.process.wait()
                select.select([], [], [], 0.2)

    def read(self, enough, load=True):
        """Reads until enough() says so; under load everybody sends meanwhile."""
        deadline = time.monotonic() + SILENCE
        while not enough():
            assert time.monotonic() < deadline, \
                f"no end: {[(p.name, p.node.number, p.attached, list(p.waiting)[:2]) for p in self.people]}"
            for person in self.people if load else ():
                while person.may_send():
                    person.send_message(self.dice)
            self.poller.poll(50)
            for person in self.people:
                person.drain()
            self.supervise()

    def go_on(self, count):
        """Until so many more are acknowledged."""
        target = len(self.acknowledged) + count
        self.read(lambda: len(self.acknowledged) >= target)

    def last(self, seconds):
        """A fault lasts so long, whatever happens meanwhile."""
        end = time.monotonic() + seconds
        self.read(lambda: time.monotonic() >= end)

    def settle(self):
        """Everything is answered, and all that is stored has come: no more, and in its order."""
        self.read(lambda: all(person.attached and not person.waiting for person in self.people),
                  load=False)
        self.check_stored()
        wanted = {person: [number for number in self.stored if person.name in self.recipients[number]]
                  for person in self.people}
        self.read(lambda: all(len(person.reader.log) >= len(log) for person, log in wanted.items()),
                  load=False)
        for person, log in wanted.items():
            assert person.reader.log == log, f"{person.name}: another order, or more than is stored"

    def check_stored(self):
        rows = ask(DATABASE, "SELECT id, convert_from(body, 'UTF8') FROM chinwag.messages"
                             f" WHERE id > {len(self.stored)} ORDER BY id")
        for row in rows.split():
            number, body = map(int, row.split("|"))
            assert number == len(self.stored) + 1, f"id {number} follows {len(self.stored)}"
            self.stored.append(body)
        stored = set(self.stored)
        assert len(stored) == len(self.stored), "something is stored twice"
        lost = set(self.acknowledged) - stored
        assert not lost, f"acknowledged and lost: {sorted(lost)}"
        assert not self.never & stored, f"refused and stored: {sorted(self.never & stored)}"
        assert len(set(self.acknowledged)) == len(self.acknowledged)
