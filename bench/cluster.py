#!/usr/bin/python3
"""What several servers on one PostgreSQL cost, beside one on SQLite in the same run: `make
bench-cluster`. Run by tools/with_postgres, with POSTGRES_PLACE on a real disk.

Each round measures everything once, so that what is compared was measured within minutes: rows a
second and CPU a message by rows a commit (chinwag-bench --only durable), what it costs a server to
read what others have committed, without clients (--only look) and with them, CPU per delivery,
commits of three writers, and how much later a message is heard at another server than at its own:
woken by NOTIFY, and by NATS where nats-server is; with that also the way of live audio
(cluster_call.py). A JSON of all figures, with the controls of the run (the disk's sync, how long a
fixed piece of work waited for a processor), goes to --out; bench/capacity.py reads it. Servers and
this program share the machine: CPU is the servers' and PostgreSQL's, latencies have this program's
share in them."""

import argparse
import collections
import datetime
import hashlib
import itertools
import json
import os
import platform
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from cluster_call import call
from cluster_world import (FOLDER, ROOT, Crowd, Span, World, ask, has_bus, here_and_there,
                           percentiles)

CATCH_UP = 1000        # texts while a server stands still: fewer than it would read by pages
WRITERS = 3
WINDOWS = (1, 64)
NUMBERS = itertools.count()
# Store, servers, and whether a bus is between them.
SETUPS = (("sqlite", 1, False), ("postgres", 1, False), ("postgres", 2, False),
          ("postgres", 3, False), ("postgres", 2, True))


# --- what is measured ----------------------------------------------------------------------------

def deliveries(world, options, in_flight, listening):
    """One speaks to a group whose members are spread over the first `listening` servers."""
    speaker = world.person()
    speaker.own("create_group", group := f"g{world.people}")
    listeners = [world.person(i % listening) for i in range(options.members)]
    for listener in listeners:
        listener.own("join_group", group)
    crowd = Crowd([speaker.speaks("msg_group", group), *listeners])
    crowd.speak([speaker], in_flight, options.seconds / 5)  # a warm-up
    crowd.wait(listeners, speaker.answered)
    before = speaker.answered
    span = Span(world)
    crowd.speak([speaker], in_flight, options.seconds)
    crowd.wait(listeners, speaker.answered)
    span.end()
    texts = speaker.answered - before
    cpu_us = [1e6 * s / texts for s in span.servers_s]
    postgres_us = 1e6 * span.postgres_s / texts
    figures = {"cpu_us_per_delivery": (sum(cpu_us) + postgres_us) / options.members,
               "servers_cpu_us_per_delivery": sum(cpu_us) / options.members,
               "servers_cpu_us_per_message": sum(cpu_us),
               "postgres_cpu_us_per_message": postgres_us, "messages_per_s": texts / span.wall_s}
    if listening < len(world.servers):
        figures["reader_cpu_us_per_message"] = statistics.mean(cpu_us[listening:])
    return figures


def writers(world, options, in_flight):
    """Spread over the servers; to somebody who is not there."""
    absent = world.person()
    speakers = [world.person(i % len(world.servers)).speaks("whisper", absent.name)
                for i in range(WRITERS)]
    crowd = Crowd(speakers)
    absent.raw.close()
    crowd.speak(speakers, in_flight, options.seconds / 5)
    before = sum(speaker.answered for speaker in speakers)
    for speaker in speakers:
        speaker.times.clear()
    span = Span(world)
    crowd.speak(speakers, in_flight, options.seconds)
    span.end()
    texts = sum(speaker.answered for speaker in speakers) - before
    return {"messages_per_s": texts / span.wall_s,
            "cpu_us_per_message": 1e6 * (sum(span.servers_s) + span.postgres_s) / texts,
            **percentiles("", [t for speaker in speakers for t in speaker.times])}


def bell(world, options):
    """One text after another, in turn to somebody at the same server and at the last one."""
    listeners = [world.person(), world.person(len(world.servers) - 1)]
    speaker = world.person()
    crowd = Crowd([speaker, *listeners])
    took = {listener: [] for listener in listeners}
    for number in range(2 * options.whispers):
        listener = listeners[number % 2]
        speaker.speaks("whisper", listener.name)
        heard, began, ended = listener.heard, time.monotonic(), None
        speaker.say()
        while speaker.sent or ended is None:
            crowd.turn()
            if ended is None and listener.heard > heard:
                ended = time.monotonic()
        took[listener].append(ended - began)
    return here_and_there(*took.values())


def catch_up(world, options):
    """The last server stands still while the first one commits: how long it reads then."""
    speaker, listener = world.person(), world.person(len(world.servers) - 1)
    crowd = Crowd([speaker.speaks("whisper", listener.name), listener])
    last = world.servers[-1].process
    last.send_signal(signal.SIGSTOP)
    try:
        count = options.catch_up
        for _ in range(count // 10):
            speaker.say(10)
            while speaker.sent:
                crowd.turn()
    finally:
        last.send_signal(signal.SIGCONT)
    began = time.monotonic()
    crowd.wait([listener], speaker.answered)
    return {"us_per_message": 1e6 * (time.monotonic() - began) / count}


def alone(options, work):
    """Figures of the stores by themselves: by rows a commit, or by texts of another server that a
    look finds."""
    database = f"alone{next(NUMBERS)}"
    ask("postgres", f"CREATE DATABASE {database}")
    done = subprocess.run([os.path.join(options.build, "chinwag-bench"), "--only", work,
                           "--rounds", "1", "--seconds", str(options.seconds), "--json", "--folder",
                           options.folder, *(["--smoke"] if options.smoke else [])],
                          check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          env=os.environ | {"POSTGRES_DATABASE": database})
    ask("postgres", f"DROP DATABASE {database}")
    names = {"store": "sqlite", "store-postgres": "postgres"}
    for row in map(json.loads, done.stdout.splitlines()):
        if row["work"] == work and row["server"] in names:
            parameter, value = row["params"].split("=")
            yield names[row["server"]], {parameter: int(value)}, row["metric"], row["median"]


def controls(folder):
    """The machine by itself: its disk, and whether others use its processors."""
    times, work = [], b""
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(200):
            before = time.monotonic()
            file.write(bytes(4096))
            file.flush()
            os.fdatasync(file.fileno())
            times.append(time.monotonic() - before)
    wall, cpu = time.monotonic(), time.process_time()
    for _ in range(200_000):
        work = hashlib.sha256(work).digest()
    cpu = time.process_time() - cpu
    return percentiles("fdatasync_", times) | {
        "hashes_per_cpu_s": 200_000 / cpu, "wall_per_cpu": (time.monotonic() - wall) / cpu,
        "load": os.getloadavg()[0]}


# --- rounds ----------------------------------------------------------------------------------------

# Of a row; all else are parameters.
KNOWN = {"work", "store", "figure", "median", "min", "max", "values", "x_sqlite"}


class Figures:
    """Of each work and its parameters the values of all rounds."""

    def __init__(self):
        self.values = collections.defaultdict(lambda: collections.defaultdict(list))

    def add(self, figures, work, store, **parameters):
        for name, value in figures.items():
            self.values[work, store, tuple(parameters.items())][name].append(value)

    def add_run(self, rows):
        """Of an earlier run's JSON."""
        for row in rows:
            key = tuple((k, v) for k, v in row.items() if k not in KNOWN)
            self.values[row["work"], row["store"], key][row["figure"]] += row["values"]

    def of_sqlite(self, key, name):
        """Of the same round each: one server on SQLite does the same work."""
        work, store, parameters = key
        alone = tuple((k, 1 if k == "nodes" else v) for k, v in parameters if k != "bus")
        base = self.values.get((work, "sqlite", alone), {}).get(name, [])
        if store == "sqlite" or name.startswith("later_") or not base or not all(base):
            return None
        return statistics.median(a / b for a, b in zip(self.values[key][name], base))

    def rows(self):
        for key, figures in list(self.values.items()):
            work, store, parameters = key
            for name, values in figures.items():
                yield {"work": work, "store": store, **dict(parameters), "figure": name,
                       "median": statistics.median(values), "min": min(values), "max": max(values),
                       "values": values, "x_sqlite": self.of_sqlite(key, name)}


def play_bus(world, options, figures):
    """What a bus changes."""
    for work in bell, call:
        figures.add(work(world, options), work.__name__, world.store, nodes=world.nodes, bus="nats")


def play(world, options, figures):
    store, nodes = world.store, world.nodes
    for in_flight in WINDOWS:
        figures.add(deliveries(world, options, in_flight, nodes), "deliveries", store, nodes=nodes,
                    in_flight=in_flight)
    if nodes != 2:
        for in_flight in WINDOWS:
            figures.add(writers(world, options, in_flight), "writers", store, nodes=nodes,
                        in_flight=in_flight)
    if nodes == 2:
        figures.add(catch_up(world, options), "catch_up", store, nodes=nodes)
    if nodes == 3:
        figures.add(deliveries(world, options, WINDOWS[-1], 1), "reading", store, nodes=nodes,
                    in_flight=WINDOWS[-1])
    if nodes != 3:
        figures.add(bell(world, options), "bell", store, nodes=nodes)
    if store == "sqlite":
        figures.add(call(world, options), "call", store, nodes=nodes)


def one_round(options, figures, machine):
    machine.append(controls(options.folder))
    for work, name in ("durable", "store"), ("look", "look"):
        for store, parameters, metric, value in alone(options, work):
            figures.add({metric: value}, name, store, **parameters)
    for store, nodes, bus in SETUPS:
        if bus and not has_bus(options.build):
            print("no bus: the package nats-server, or its module, is not here", file=sys.stderr)
            continue
        print(f"{store}, {nodes} server{'s' * (nodes > 1)}{', a bus' * bus}", file=sys.stderr,
              flush=True)
        with World(store, nodes, bus) as world:
            (play_bus if bus else play)(world, options, figures)


def head(options):
    def first(*command):
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        return done.stdout.decode().strip()
    return {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="minutes"),
            "commit": first("git", "rev-parse", "--short", "HEAD"), "kernel": platform.release(),
            "processors": os.cpu_count(), "rounds": options.rounds, "seconds": options.seconds,
            "members": options.members, "call_seconds": options.call_seconds,
            "postgres": ask("postgres", "SHOW server_version"),
            "synchronous_commit": ask("postgres", "SHOW synchronous_commit"),
            "on_one_disk": os.stat(options.folder).st_dev == os.stat(FOLDER).st_dev}


def earlier_run(options):
    """Of the same program and options, or it does not count."""
    with open(options.add, encoding="utf-8") as file:
        earlier = json.load(file)
    differs = [key for key, value in head(options).items()
               if key not in ("date", "rounds") and earlier["head"].get(key) != value]
    if differs:
        raise SystemExit(f"{options.add} is of another {', '.join(differs)}")
    return earlier


def show(result):
    print(f"{'work':<11}{'store':<9}{'':<24}{'figure':<29}{'median':>10}{'min - max':>22}"
          f"{'x SQLite':>10}")
    for row in result["rows"]:
        parameters = " ".join(f"{k}={v}" for k, v in row.items() if k not in KNOWN)
        times = "" if row["x_sqlite"] is None else f"{row['x_sqlite']:.2f}"
        print(f"{row['work']:<11}{row['store']:<9}{parameters:<24}{row['figure']:<29}"
              f"{row['median']:>10.4g}{row['min']:>11.4g} -{row['max']:>9.4g}{times:>10}")
    for name in result["controls"][0]:
        print(f"control    {name:<20}", *(f"{each[name]:.4g}" for each in result["controls"]))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build", help="the folder with chinwagd and chinwag-bench")
    parser.add_argument("--out", default="bench-cluster.json")
    parser.add_argument("--add", metavar="RUN", help="the rounds of this earlier one count, too")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement")
    parser.add_argument("--members", type=int, default=300)
    parser.add_argument("--whispers", type=int, default=1000, help="to each of two")
    parser.add_argument("--call-seconds", type=float, default=10)
    parser.add_argument("--folder", default="/var/tmp", help="of the servers: a real disk")
    parser.add_argument("--smoke", action="store_true", help="a test: all of it once, tiny")
    options = parser.parse_args()
    options.catch_up = CATCH_UP
    if options.smoke:
        options.rounds, options.seconds, options.members, options.whispers = 1, 0.05, 6, 5
        options.catch_up, options.call_seconds = 50, 0.1
    os.environ["CHINWAGD"] = os.path.join(options.build, "chinwagd")
    tempfile.tempdir = options.folder = tempfile.mkdtemp(prefix="chinwag-cluster-",
                                                         dir=options.folder)
    try:
        figures, machine = Figures(), []
        earlier = earlier_run(options) if options.add else None
        for _ in range(options.rounds):
            one_round(options, figures, machine)
        machine.append(controls(options.folder))
        if earlier:
            figures.add_run(earlier["rows"])
            machine = earlier["controls"] + machine
            options.rounds += earlier["head"]["rounds"]
        result = {"head": head(options), "controls": machine, "rows": list(figures.rows())}
    finally:
        shutil.rmtree(options.folder)
    with open(options.out, "w", encoding="utf-8") as file:
        rows = ",\n".join("  " + json.dumps(row) for row in result["rows"])
        file.write(f'{{"head": {json.dumps(result["head"])},\n "controls":'
                   f' {json.dumps(result["controls"])},\n "rows": [\n{rows}]}}\n')
    show(result)


main()
