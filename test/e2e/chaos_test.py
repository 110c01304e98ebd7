"""Several nodes on one PostgreSQL under load, and RUNS faults, one after another.

    RUNS=30 SEED=1 tools/with_postgres python3 chaos_test.py PATH_OF_CHINWAGD

Six people on three nodes, two of them plain clients, whisper to each other and talk in a group as
fast as the answers come. Each run does one of the harms below, under load; then it is mended, and
after every run this must hold:
- what was acknowledged is stored, once; what was answered 1029 for good is not stored;
- ids have no holes, and at the end neither have the numbers of the group;
- every reader has read all that is stored for it, in the order of the ids, and nothing else; an
  extended one each message once, a plain one may see the last ones again as a replay;
- no node crashes; one that ends by itself is started again, and what it said is printed.
At the end everybody reads everything anew at another node, and it is the same.

ONLY=hold,kill plays these harms alone. WALL_CLOCK_MODULE names the module made of wall_clock.c, so
that wall clocks may go wrong, too."""

import collections
import os
import signal
import sys
import time

from chaos_world import BUS, DATABASE, NODES, Client, Node, World
from harness import PASSWORD, PATIENCE, Peer
from kill_test import World as KillWorld
from nats import Stranger
from standby import Pair, signal_all
from test_nodes import BELLS
from test_postgres import ask, control, start_postgres

RUNS = int(os.environ.get("RUNS", "200"))
SEED = int(os.environ.get("SEED", "1"))
SOME = 60  # acknowledgements, while a harm lasts


def kill(world):
    node = world.dice.choice(world.nodes)
    node.wanted = False
    node.kill()
    world.leave(node)
    world.go_on(SOME)
    world.start(node)
    for person in world.dice.sample(world.people, 2):
        move(world, person, node)


def move(world, person, node):
    """A plain client that leaves by itself cannot say what it has read."""
    if person.extended:
        person.leave(ended=False)
        person.go(node)


def kill_all(world):
    """The whole cluster at once."""
    for node in world.nodes:
        node.wanted = False
        node.kill()
    people = {person: person.node for person in world.people}
    for person in people:
        person.leave(ended=True)
    for node in world.nodes:
        world.start(node)
    for person, node in people.items():
        person.go(node)


def stand_still(world):
    """A node is stopped for less than its lease, and its clients wait."""
    node = world.dice.choice(world.nodes)
    node.process.send_signal(signal.SIGSTOP)
    world.last(world.dice.uniform(0.5, 5))
    node.process.send_signal(signal.SIGCONT)


def stand_still_and_move(world):
    """Its clients who count go elsewhere, and it comes back with requests that were sent again."""
    node = world.dice.choice(world.nodes)
    world.go_on(5)
    node.process.send_signal(signal.SIGSTOP)
    for person in world.all_at(node):
        move(world, person, world.other(node))
    world.last(world.dice.uniform(0, 4))
    node.process.send_signal(signal.SIGCONT)


def take_over(world):
    """A node stands still for longer than its lease; another one gets its number."""
    node = world.dice.choice(world.nodes)
    node.wanted = False
    node.process.send_signal(signal.SIGSTOP)
    for person in world.all_at(node):
        move(world, person, world.other(node))
    over = f"SELECT lease < clock_timestamp() FROM chinwag.node_leases WHERE id = {node.number}"
    world.read(lambda: ask(DATABASE, over) == "t")
    blobs = os.path.realpath(os.path.join(node.data, "blobs"))
    successor = world.start(Node(node.number, blobs, world.nats, node.room))
    world.nodes[world.nodes.index(node)] = successor
    world.retired.append(node)
    node.process.send_signal(signal.SIGCONT)
    assert node.process.wait(PATIENCE) > 0, "the node before goes on"
    world.leave(node)


def restart_postgres(world):
    world.go_on(5)
    control("stop", "-m", "fast")
    start_postgres()


def crash_postgres(world):
    world.go_on(5)
    control("stop", "-m", "immediate")
    start_postgres()


def lose_machine(world):
    """PostgreSQL crashes, and the node beside it."""
    node = world.dice.choice(world.nodes)
    node.wanted = False
    node.kill()
    control("stop", "-m", "immediate")
    world.leave(node)
    start_postgres()
    world.start(node)


def lose_postgres(world):
    """It is away until requests are refused."""
    control("stop", "-m", world.dice.choice(["fast", "immediate"]))
    before = world.refusals
    world.read(lambda: world.refusals > before + SOME)  # some by the fault, more by its lasting
    start_postgres()


def crash_backend(world):
    """One process of PostgreSQL is killed: it then restarts all."""
    world.go_on(5)
    backends = ask(DATABASE, "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'chinwag%'"
                             " AND pid <> pg_backend_pid()").split()
    os.kill(int(world.dice.choice(backends)), signal.SIGKILL)


def freeze_postgres(world):
    pids = pair.first.processes()
    signal_all(pids, signal.SIGSTOP)
    world.last(world.dice.uniform(0.5, 12))
    signal_all(pids, signal.SIGCONT)


def cut(world):
    """The connections of all nodes are cut, some times."""
    for _ in range(5):
        world.dice.choice(world.nodes).line.cut()
        world.go_on(world.dice.randrange(1, 20))


def lose_commits(world):
    """A COMMIT, or the answer to one, is lost together with the connection."""
    for loses in "request", "answer", "answer":
        line = world.dice.choice([person.node for person in world.people]).line
        line.loses = loses
        world.read(lambda: line.loses is None)


def lose_outcome(world):
    """Nor can the node ask what became of a COMMIT: it answers nothing and ends."""
    node = world.dice.choice([person.node for person in world.people])
    node.wanted = False
    node.line.gone, node.line.loses = True, world.dice.choice(["request", "answer"])
    world.read(node.has_ended)
    assert node.process.returncode > 0, f"node {node.number} crashed"
    world.leave(node)
    node.line.gone, node.line.loses = False, None
    world.start(node)


def jump(world):
    """Wall clocks are wrong, and change."""
    for node in world.nodes:
        node.set_clock(world.dice.randrange(-3600000, 3600000))
    world.go_on(SOME)


def hold(world):
    """Nothing passes between a node and PostgreSQL; its clients who count go elsewhere, or not."""
    node = world.dice.choice(world.nodes)
    node.line.open.clear()
    node.cut = True
    if world.dice.random() < 0.5:
        for person in world.all_at(node):
            move(world, person, world.other(node))
    world.last(world.dice.uniform(0.5, 20))
    if world.dice.random() < 0.5:
        node.line.cut()
    node.line.open.set()
    reach_again(world, node)


def reach_again(world, node):
    """With a bus it ends when the others have reached PostgreSQL for some time, and it did not."""
    node.cut = False
    if not node.wanted:
        world.start(node)


def part(world):
    """The network between a node and PostgreSQL drops what it is given, or one way of it; clients who
    count go elsewhere, or not."""
    node = world.nodes[-1]
    world.go_on(5)
    out = world.dice.random() < 0.7
    node.room.part(node.line.port, out, not out or world.dice.random() < 0.7)
    node.cut = True
    if world.dice.random() < 0.5:
        for person in world.all_at(node):
            move(world, person, world.other(node))
    world.last(world.dice.uniform(0.5, 20))
    node.room.join()
    reach_again(world, node)


def lose_primary(world):
    """The primary is killed, and its synchronous standby promoted; later they change back."""
    pair.begin()
    world.go_on(SOME)
    pair.first.kill()
    for node in world.nodes:  # libpq passes over a host that refuses, not over one that hangs up
        node.line.shut()
    world.last(world.dice.uniform(0, 7))
    pair.standby.promote()
    world.go_on(SOME)
    pair.change_back()
    for node in world.nodes:
        node.line.reopen()
    world.go_on(5)
    pair.end()


def freeze_standby(world):
    """Commits wait for a standby that stands still."""
    pair.begin()
    world.go_on(5)
    pair.standby.signal(signal.SIGSTOP)
    world.last(world.dice.uniform(0.5, 9))
    pair.standby.signal(signal.SIGCONT)
    world.go_on(5)
    pair.end()


def lose_bells(world):
    for _ in range(3):
        world.read(lambda: "t" in ask(
            DATABASE, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {BELLS}"))
        world.go_on(SOME // 3)


def lose_nats(world):
    """The bus is away; all go on, and have it again."""
    world.nats.kill()
    world.go_on(SOME)
    world.nats.start()


def freeze_nats(world):
    """Nobody is told that it does not answer."""
    world.nats.process.send_signal(signal.SIGSTOP)
    world.last(world.dice.uniform(0.5, 8))
    world.nats.process.send_signal(signal.SIGCONT)


def forge_nats(world):
    """Somebody repeats all that is said on the bus, some of it changed, beside garbage."""
    stranger = Stranger(world.nats)
    for _ in range(5):
        world.go_on(SOME // 5)
        for subject, body in stranger.flush():
            wrong = bytearray(body)
            wrong[world.dice.randrange(len(wrong))] ^= 1
            for bytes_of in body, bytes(wrong), world.dice.randbytes(100):
                stranger.publish(subject, bytes_of)
    stranger.close()


NATS_HARMS = [lose_nats, freeze_nats, forge_nats] if BUS else []
HARMS = [*NATS_HARMS, kill, kill_all, stand_still, stand_still_and_move, take_over, restart_postgres,
         crash_postgres, lose_machine, lose_postgres, crash_backend, freeze_postgres, cut,
         lose_commits, lose_outcome, hold, part, lose_primary, freeze_standby, lose_bells, jump]

pair = Pair()


def harms(dice, room):
    """Each once in a row that is shuffled, and again; partitions if there is a room for them."""
    only = os.environ.get("ONLY")
    chosen = [harm for harm in HARMS if not only or harm.__name__ in only.split(",")]
    chosen = [harm for harm in chosen if room or harm is not part]
    while True:
        yield from dice.sample(chosen, len(chosen))


class Table:
    COLUMNS = "runs", "acknowledged", "refused", "sent again", "nodes ended", "longest wait s"

    def __init__(self):
        self.rows = collections.defaultdict(lambda: [0] * len(self.COLUMNS))

    def play(self, world, harm):
        before = [len(world.acknowledged), world.refusals, world.repeated, world.ended]
        world.since, world.silence = time.monotonic(), 0
        harm(world)
        world.go_on(SOME)
        world.settle()
        after = [len(world.acknowledged), world.refusals, world.repeated, world.ended]
        row = self.rows[harm.__name__]
        row[0] += 1
        for i, (old, new) in enumerate(zip(before, after)):
            row[i + 1] += new - old
        row[-1] = max(row[-1], round(world.silence, 1))

    def print(self):
        print("| harm |", " | ".join(self.COLUMNS), "|")
        print("| --- |" + " --- |" * len(self.COLUMNS))
        for name, row in sorted(self.rows.items()):
            print(f"| {name} |", " | ".join(map(str, row)), "|")


def check_fresh_view(world):
    """Who reads everything again, at any node, sees what was seen."""
    for i, person in enumerate(world.people):
        fresh = Client(world, person.name, extended=True)
        fresh.peer = Peer(world.nodes[i % NODES])
        fresh.peer.socket.rcvhwm = 0
        fresh.peer.send("request", "login", person.name, PASSWORD, {"since": 0})
        assert fresh.peer.recv()[:3] == ["response", "login", 0]
        fresh.reader.connected()
        while len(fresh.reader.log) < len(person.reader.log):
            assert fresh.peer.socket.poll(PATIENCE * 1000), f"{person.name}: the fresh view is short"
            fresh.drain()
        assert fresh.reader.log == person.reader.log, f"{person.name}: another order"
        fresh.peer.close()


def play(world, table):
    world.begin()
    world.go_on(SOME)
    for number, harm in zip(range(RUNS), harms(world.dice, world.room)):
        try:
            table.play(world, harm)
        except BaseException:
            print(f"seed {SEED}, run {number + 1}: {harm.__name__}", file=sys.stderr)
            raise
    check_fresh_view(world)
    KillWorld.check_history(world)
    for node in world.nodes:
        assert node.stop() == 0, "a node did not end cleanly"


def main():
    os.environ["CHINWAGD"] = sys.argv[1]
    before = time.monotonic()
    world, table = World(SEED), Table()
    try:
        play(world, table)
    except BaseException as error:
        world.close(error)
        raise
    world.close(None)
    table.print()
    print(f"seed {SEED}: {RUNS} runs, {len(world.recipients)} messages tried,"
          f" {len(world.acknowledged)} acknowledged, 0 lost, 0 twice, {len(world.never)} refused for"
          f" good and not stored, {world.repeated} sent again, {time.monotonic() - before:.0f} s")


if __name__ == "__main__":
    main()
