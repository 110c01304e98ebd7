#!/usr/bin/python3
"""capacity.py RUN.json [FOLDER] - how large a community several servers on one PostgreSQL bear, by
the costs of a run of bench/cluster.py and the assumptions below. It plays the one thing that all
servers wait for, the row that a batch holds while it commits (capacity_row.py); the rest is
arithmetic. With FOLDER the curve is written there: capacity.csv and capacity.svg (docs/cluster.md,
"Sizing")."""

import functools
import json
import math
import os
import random
import sys

from capacity_curve import draw
from capacity_row import Play, pieces_and_texts

# --- assumptions ---
USERS, NODES = 10_000_000, 100
TEXTS_A_DAY = 20          # of each user
PEAK = 3                  # the busiest hour's rate beside the day's mean
ONLINE = 0.2              # of the users, in that hour
AUDIENCES = ((0.6, 1), (0.25, 20), (0.12, 200), (0.03, 2000))  # share of texts, others who get them
RTT_S = 0.0001            # server to PostgreSQL, in one room; the run's are on one machine
TRIPS = 2                 # round trips of a transaction: its begin, and the rest with its end
# A look at what others have committed (src/store/postgres/news.c): round trips for each READ_AT_ONCE
# texts: which there are; they and their senders; what they quote and mention. Who finds more under
# the lock gives it up and reads, up to so many times.
TRIPS_LOOK, READ_AT_ONCE, READS_WITHOUT_LOCK = 3, 64, 2
BATCH_MAX = 1024          # CW_COMMIT_MAX
PRIMARY_CORES = 32
LOOP_CORES = 1            # a server delivers on one thread
LINE_BYTES_S, ROW_BYTES = 1.25e9, 600  # of the primary's network; a text with what belongs to it
WAIT_S = 0.5              # what 99 of 100 may wait for their commit
SIMULATED_S, WARM_UP_S = 6.0, 2.0
STALL_S = 0.25            # so long nobody can commit at first: it must recover from that
LEAST = 16.0              # texts a second, with which the search begins
PROPOSED_SHARDS = 16

PER_S = USERS * TEXTS_A_DAY * PEAK / 86400


# --- costs, of the run ---
class Costs:
    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.run = json.load(file)
        rows = [row["rows"] for row in self.run["rows"] if row["work"] == "store"]
        most = max(rows)
        one, many = (n / self.of("store", "rows_per_s", rows=n) for n in (1, most))
        self.row_s = (many - one) / (most - 1)
        self.commit_s = one - self.row_s + TRIPS * RTT_S
        # A look without the lock, READ_AT_ONCE texts or fewer in it, and each of them.
        nothing_s, self.look_s, self.text_s = self.of_look("p50_us")
        self.begin_s = nothing_s + TRIPS * RTT_S
        self.look_s += TRIPS_LOOK * RTT_S
        later_s = self.of("bell", "later_p50_us", nodes=2, bus=None) / 1e6
        self.bell_s = max(0, later_s - self.of("look", "p50_us", unread=1) / 1e6)
        self.primary_s = self.of("deliveries", "postgres_cpu_us_per_message", nodes=1,
                                 in_flight=64) / 1e6
        self.primary_reading_s = self.of_look("postgres_cpu_us")
        self.delivery_s = self.of("deliveries", "servers_cpu_us_per_delivery", nodes=1,
                                  in_flight=1) / 1e6

    def of(self, work, figure, **parameters):
        wanted = {"work": work, "store": "postgres", "figure": figure, **parameters}
        return next(row["median"] for row in self.run["rows"]
                    if all(row.get(key) == value for key, value in wanted.items()))

    def of_look(self, figure):
        """Of one that finds nothing; that it finds something; of each text."""
        nothing, one, many = (self.of("look", figure, unread=n) / 1e6 for n in (0, 1, READ_AT_ONCE))
        text = (many - one) / (READ_AT_ONCE - 1)
        return nothing, one - nothing - text, text


# --- what the row bears ---
@functools.cache
def play(costs, nodes, per_s, part, early):
    random.seed(1)
    return Play(sys.modules[__name__], costs, nodes, per_s, part, early).found()


@functools.cache
def most(costs, nodes, part, early):
    """Texts a second that the row bears, to within 4 %."""
    good, bad = LEAST, 2 * LEAST
    while bad < 1e7 and play(costs, nodes, bad, part, early)["p99_s"] <= WAIT_S:
        good, bad = bad, bad * 2
    while bad / good > 1.04:
        middle = math.sqrt(good * bad)
        fine = play(costs, nodes, middle, part, early)["p99_s"] <= WAIT_S
        good, bad = (middle, bad) if fine else (good, middle)
    return good


# --- the rest, by arithmetic ---
def interest_of(nodes):
    """Of the servers without the sender: how many have somebody who gets a text."""
    return sum(share * (1 - (1 - 1 / nodes) ** (others * ONLINE)) for share, others in AUDIENCES)


def others(costs, nodes, part, shards):
    """Texts a second at which something else is full."""
    foreign, (pieces, texts) = (nodes - 1) * part, pieces_and_texts(READ_AT_ONCE, part, READ_AT_ONCE)
    reading_s = (pieces * costs.look_s + texts * costs.text_s) / READ_AT_ONCE
    delivered = ONLINE * sum(share * count for share, count in AUDIENCES)
    return {"a server's loop: deliveries": LOOP_CORES * nodes / (costs.delivery_s * delivered),
            "a server's thread: texts of others": shards / reading_s,
            "the primary's network": shards * LINE_BYTES_S / (ROW_BYTES * (1 + foreign))}


def scenarios(nodes):
    """Name, which part of the others' texts a server reads, whether also while it waits for the row,
    PostgreSQL clusters."""
    part = interest_of(nodes)
    return (("as it is", 1.0, False, 1), ("reading while it waits for the row", 1.0, True, 1),
            ("... only texts that its users get", part, True, 1),
            (f"... and {PROPOSED_SHARDS} shards", part, True, PROPOSED_SHARDS))


def main():
    costs, points = Costs(sys.argv[1]), {}
    lines = ["scenario,servers,texts_a_second,commit_p50_ms,commit_p99_ms,rows_a_commit,row_held,"
             "primary_cores"]
    print(f"a batch {costs.commit_s * 1e6:,.0f} us and {costs.row_s * 1e6:.1f} a text; a look at others' "
          f"{costs.look_s * 1e6:,.0f} us and {costs.text_s * 1e6:.1f} a text, without the lock "
          f"{costs.begin_s * 1e6:,.0f} more; wanted: {PER_S:,.0f} texts a second")
    for nodes in (1, 3, 10, 30, NODES):
        for name, part, early, shards in scenarios(nodes):
            per_s = most(costs, nodes, part, early)
            points.setdefault(name, []).append((nodes, shards * per_s))
            for load in (0.25, 0.5, 0.75, 0.9, 1):
                found = play(costs, nodes, load * per_s, part, early)
                lines.append(f"{name},{nodes},{load * per_s * shards:.0f},{found['p50_s'] * 1e3:.2f},"
                             f"{found['p99_s'] * 1e3:.2f},{found['rows']:.1f},{found['busy']:.2f},"
                             f"{found['cores']:.1f}")
            if nodes == NODES:
                per_s *= shards
                full = {"the row": per_s, "the primary's processors":
                        per_s * PRIMARY_CORES / found["cores"], **others(costs, nodes, part, shards)}
                print(f"{name}, {nodes} servers: {USERS * per_s / PER_S:,.0f} users by the row")
                for what, bound in sorted(full.items(), key=lambda each: each[1]):
                    print(f"  {what:<38}{bound:>12,.0f} texts a second, {bound / PER_S:.2f} x wanted")
    if len(sys.argv) > 2:
        for name, text in (("capacity.csv", "\n".join(lines) + "\n"),
                           ("capacity.svg", draw(points, USERS, PER_S))):
            with open(os.path.join(sys.argv[2], name), "w", encoding="utf-8") as file:
                file.write(text)


main()
