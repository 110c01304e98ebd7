#!/usr/bin/python3
"""capacity.py RUN.json [FOLDER] - how large a community several servers on one PostgreSQL bear, by
the costs of a run of bench/cluster.py and the assumptions below. It plays the one thing that all
servers wait for, the row that a batch holds while it commits; the rest is arithmetic. With FOLDER
the curve is written there: capacity.csv and capacity.svg (docs/cluster.md, "Sizing")."""

import bisect
import functools
import heapq
import json
import math
import os
import random
import sys

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


def pieces_and_texts(unread, part):
    """Of a look: how many times READ_AT_ONCE, and how many texts. A server reads `part` of them."""
    texts = unread * part
    return (1 - (1 - part) ** unread) * max(1, texts / READ_AT_ONCE), texts


# --- the row, played ---
def poisson(mean):
    if mean > 30:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    count, product = 0, random.random()
    while product > math.exp(-mean):
        count += 1
        product *= random.random()
    return count


class Play:
    """Each server makes a batch of what has come, waits for the row, reads what others have committed
    and it has not read yet, writes, and begins again; while nothing comes, and with `early` while it
    waits, it reads when the bell rings: `part` of the others' texts. Texts are counted from the first
    one of all: who has read up to where."""

    def __init__(self, costs, nodes, per_s, part, early):
        self.costs, self.rate, self.part, self.early = costs, per_s / nodes, part, early
        self.ended_s, self.committed = [0.0], [0]  # of each commit: when, and how many texts then
        self.read, self.idle_since = [0] * nodes, [0.0] * nodes
        self.free_s = STALL_S  # the row
        self.held_s, self.rows, self.batches, self.waits = 0.0, 0, 0, []
        self.looks, self.pieces, self.texts = 0, 0.0, 0.0
        # When it asks for the row, who, how many texts have come since when till when, and how often
        # it has given up the row for them. till None: it asks as soon as it can.
        self.asks = [(first_s := random.expovariate(self.rate), node, 1, first_s, None, 0)
                     for node in range(nodes)]
        heapq.heapify(self.asks)

    def reading_s(self, node, unread):
        pieces, texts = pieces_and_texts(unread, self.part)
        self.read[node] += unread
        self.pieces += pieces
        self.texts += texts
        return pieces * self.costs.look_s + texts * self.costs.text_s

    def look_s(self, node, unread):
        """Without the row."""
        chance = 1 - (1 - self.part) ** unread
        self.looks += chance
        return chance * self.costs.begin_s + self.reading_s(node, unread)

    def read_until(self, node, until_s):
        """It does nothing else till then. When it has ended its last look."""
        free_s = self.idle_since[node]
        while (i := bisect.bisect_right(self.committed, self.read[node])) < len(self.committed):
            begin_s = max(free_s, self.ended_s[i] + self.costs.bell_s)
            if begin_s >= until_s:
                break
            seen = self.committed[bisect.bisect_right(self.ended_s, begin_s) - 1]
            free_s = begin_s + self.look_s(node, seen - self.read[node])
        return max(free_s, until_s)

    def have_row(self, node, count, since_s, till_s, given_up, begin_s):
        unread, texts = self.committed[-1] - self.read[node], min(count, BATCH_MAX)
        if unread > READ_AT_ONCE and given_up < READS_WITHOUT_LOCK:
            self.free_s = begin_s + RTT_S
            again_s = self.free_s + self.look_s(node, unread)
            heapq.heappush(self.asks, (again_s, node, count, since_s, till_s, given_up + 1))
            return
        self.free_s = begin_s + self.costs.commit_s + self.costs.row_s * texts
        self.free_s += self.reading_s(node, unread)
        self.ended_s.append(self.free_s)
        self.committed.append(self.committed[-1] + texts)
        self.read[node], self.idle_since[node] = self.committed[-1], self.free_s
        if till_s > WARM_UP_S:
            self.rows, self.batches = self.rows + texts, self.batches + 1
            self.waits += [self.free_s - random.uniform(since_s, till_s)
                           for _ in range(min(texts, 8))]
        left = count - texts + poisson(self.rate * (self.free_s - till_s))
        next_s = self.free_s if left else self.free_s + random.expovariate(self.rate)
        heapq.heappush(self.asks, (next_s, node, left, till_s, next_s, 0) if left else
                       (next_s, node, 1, next_s, None, 0))

    def run(self):
        late = False
        while not late and self.asks[0][0] < SIMULATED_S:
            asked_s, node, count, since_s, till_s, given_up = heapq.heappop(self.asks)
            if till_s is None:
                till_s = self.read_until(node, asked_s)
                count += poisson(self.rate * (till_s - asked_s))
                heapq.heappush(self.asks, (till_s, node, count, since_s, till_s, 0))
                continue
            begin_s = max(asked_s, self.free_s)
            if self.early:
                self.idle_since[node] = asked_s
                begin_s = self.read_until(node, begin_s)
            self.have_row(node, count, since_s, till_s, given_up, begin_s)
            self.held_s += self.free_s - begin_s
            late = count > 8 * BATCH_MAX
        return late

    def found(self):
        """Waits of texts (p50, p99), rows a commit, how much of the time the row is held, and how
        many of the primary's cores are busy."""
        late = self.run()
        self.waits.sort()
        p50, p99 = (self.waits[int(part * len(self.waits))] if self.waits and not late else math.inf
                    for part in (0.5, 0.99))
        read = zip(self.costs.primary_reading_s, (self.looks, self.pieces, self.texts))
        cpu_s = self.committed[-1] * self.costs.primary_s + sum(each * n for each, n in read)
        return {"p50_s": p50, "p99_s": p99, "rows": self.rows / max(self.batches, 1),
                "busy": self.held_s / (self.free_s - STALL_S), "cores": cpu_s / self.free_s}


@functools.cache
def play(costs, nodes, per_s, part, early):
    random.seed(1)
    return Play(costs, nodes, per_s, part, early).found()


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
    foreign, (pieces, texts) = (nodes - 1) * part, pieces_and_texts(READ_AT_ONCE, part)
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


# --- what is written ---
def draw(points):
    """Texts a second by servers, both logarithmic."""
    def x(nodes):
        return 60 + 420 * math.log10(nodes) / 2

    def y(per_s):
        return 260 - 40 * math.log10(max(per_s, 1))
    parts = ['<svg xmlns="http://www.w3.org/2000/svg" viewBox="-10 0 720 300" font-family="sans-serif"'
             ' font-size="11" fill="none"><rect x="-10" width="720" height="300" fill="#fff"/>']
    text = '<text x="{}" y="{}" fill="{}"{}>{}</text>'.format
    for power in range(7):
        parts += [f'<path d="M60 {y(10 ** power)}H480" stroke="#ddd"/>',
                  text(54, y(10 ** power) + 4, "#333", ' text-anchor="end"', f"{10 ** power:,}")]
    for nodes in (1, 3, 10, 30, 100):
        parts.append(text(x(nodes), 276, "#333", ' text-anchor="middle"', nodes))
    parts += [text(270, 294, "#333", ' text-anchor="middle"', "servers"),
              text(60, 14, "#333", "", "texts a second that the row bears"),
              f'<path d="M60 {y(PER_S):.0f}H480" stroke="#a00" stroke-dasharray="4 3"/>']
    labels = [(y(PER_S), "#a00", f"{USERS:,} users: {PER_S:,.0f}")]
    for (name, line), colour in zip(points.items(), ("#a60", "#048", "#080", "#808")):
        path = "L".join(f"{x(n):.0f} {y(per_s):.0f}" for n, per_s in line)
        parts.append(f'<path d="M{path}" stroke="{colour}" stroke-width="2"/>')
        labels.append((y(line[-1][1]), colour, name))
    last = 0
    for height, colour, name in sorted(labels):
        last = max(height + 4, last + 13)
        parts.append(text(486, round(last), colour, "", name))
    return "\n".join(parts) + "</svg>\n"


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
        for name, text in (("capacity.csv", "\n".join(lines) + "\n"), ("capacity.svg", draw(points))):
            with open(os.path.join(sys.argv[2], name), "w", encoding="utf-8") as file:
                file.write(text)


main()
