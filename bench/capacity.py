#!/usr/bin/python3
"""capacity.py RUN.json [FOLDER] - how large a community several servers on one PostgreSQL bear, by
the costs of a run of bench/cluster.py and the assumptions below. It plays the one thing that all
servers wait for, the row that a batch holds while it commits; the rest is arithmetic. With FOLDER
the curve is written there: capacity.csv and capacity.svg (docs/cluster.md, "Sizing")."""

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
TRIPS, TRIPS_FOREIGN = 2, 4  # round trips of a batch, and for a text of another server
BATCH_MAX = 1024          # CW_COMMIT_MAX
PRIMARY_CORES = 32
LOOP_CORES = 1            # a server delivers on one thread
LINE_BYTES_S, ROW_BYTES = 1.25e9, 600  # of the primary's network; a text with what belongs to it
WAIT_S = 0.5              # what 99 of 100 may wait for their commit
SIMULATED_S, WARM_UP_S = 6.0, 2.0
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
        self.foreign_s = self.of("catch_up", "us_per_message", nodes=2) / 1e6 + TRIPS_FOREIGN * RTT_S
        self.reader_s = self.of("reading", "reader_cpu_us_per_message", nodes=3, in_flight=64) / 1e6
        own, read = (self.of(work, "postgres_cpu_us_per_message", nodes=n, in_flight=64) / 1e6
                     for work, n in (("deliveries", 1), ("reading", 3)))
        self.primary_s, self.primary_foreign_s = own, max(0, read - own) / 2
        self.delivery_s = self.of("deliveries", "servers_cpu_us_per_delivery", nodes=1,
                                  in_flight=1) / 1e6

    def of(self, work, figure, **parameters):
        wanted = {"work": work, "store": "postgres", "figure": figure, **parameters}
        return next(row["median"] for row in self.run["rows"]
                    if all(row.get(key) == value for key, value in wanted.items()))


# --- the row, played ---
def poisson(mean):
    if mean > 30:
        return max(0, round(random.gauss(mean, math.sqrt(mean))))
    count, product = 0, random.random()
    while product > math.exp(-mean):
        count += 1
        product *= random.random()
    return count


def play(costs, nodes, per_s, foreign_s):
    """Each server makes a batch of what has come, waits for the row, reads what others have committed
    and it has not read yet (`foreign_s` each), writes, and begins again. Waits of texts (p50, p99),
    rows a commit, and how much of the time the row is held."""
    random.seed(1)
    rate = per_s / nodes
    # When it asks, who, how many texts, and since when they came.
    asks = [(first_s := random.expovariate(rate), node, 1, first_s) for node in range(nodes)]
    heapq.heapify(asks)
    free_s, held_s, rows, batches, committed = 0.0, 0.0, 0, 0, 0.0
    read, idle_since, waits, late = [0.0] * nodes, [0.0] * nodes, [], False
    while not late and asks[0][0] < SIMULATED_S:
        asked_s, node, count, since_s = heapq.heappop(asks)
        texts = min(count, BATCH_MAX)
        # While it did not wait it has read: the bell rings.
        read[node] = min(committed, read[node] + (asked_s - idle_since[node]) / foreign_s)
        begin_s, unread = max(asked_s, free_s), committed - read[node]
        free_s = begin_s + costs.commit_s + costs.row_s * texts + foreign_s * unread
        committed += texts
        read[node], idle_since[node] = committed, free_s
        if asked_s > WARM_UP_S:
            held_s, rows, batches = held_s + free_s - begin_s, rows + texts, batches + 1
            waits += [free_s - random.uniform(since_s, asked_s) for _ in range(min(texts, 8))]
        left = count - texts + poisson(rate * (free_s - asked_s))
        late = late or left > 4 * BATCH_MAX
        if left:
            heapq.heappush(asks, (free_s, node, left, asked_s))
        else:
            next_s = free_s + random.expovariate(rate)
            heapq.heappush(asks, (next_s, node, 1, next_s))
    waits.sort()
    p50, p99 = (waits[int(part * len(waits))] if waits and not late else math.inf
                for part in (0.5, 0.99))
    return {"p50_s": p50, "p99_s": p99, "rows": rows / max(batches, 1),
            "busy": min(1, held_s / (SIMULATED_S - WARM_UP_S))}


def most(costs, nodes, foreign_s):
    """Texts a second that the row bears, to within 4 %."""
    good, bad = LEAST, 2 * LEAST
    while bad < 1e7 and play(costs, nodes, bad, foreign_s)["p99_s"] <= WAIT_S:
        good, bad = bad, bad * 2
    while bad / good > 1.04:
        middle = math.sqrt(good * bad)
        fine = play(costs, nodes, middle, foreign_s)["p99_s"] <= WAIT_S
        good, bad = (middle, bad) if fine else (good, middle)
    return good


# --- the rest, by arithmetic ---
def interest_of(nodes):
    """Of the servers without the sender: how many have somebody who gets a text."""
    return sum(share * (1 - (1 - 1 / nodes) ** (others * ONLINE)) for share, others in AUDIENCES)


def others(costs, nodes, foreign_s, interest, shards):
    """Texts a second at which something else is full."""
    foreign = (nodes - 1) * interest
    delivered = ONLINE * sum(share * count for share, count in AUDIENCES)
    return {"a server's loop: deliveries": LOOP_CORES * nodes / (costs.delivery_s * delivered),
            "a server's thread: texts of others": shards / foreign_s,
            "the primary's processors": shards * PRIMARY_CORES
            / (costs.primary_s + foreign * costs.primary_foreign_s),
            "the primary's network": shards * LINE_BYTES_S / (ROW_BYTES * (1 + foreign))}


def scenarios(costs, nodes):
    """Name, what a server takes for a text of another one, how many of them it reads, PostgreSQL
    clusters."""
    part, bulk_s = interest_of(nodes), costs.reader_s + costs.primary_foreign_s
    return (("as it is", costs.foreign_s, 1.0, 1), ("others' texts by one question", bulk_s, 1.0, 1),
            ("... only those its users get", bulk_s * part, part, 1),
            (f"... and {PROPOSED_SHARDS} shards", bulk_s * part, part, PROPOSED_SHARDS))


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
    lines = ["scenario,servers,texts_a_second,commit_p50_ms,commit_p99_ms,rows_a_commit,row_held"]
    print(f"a batch {costs.commit_s * 1e6:,.0f} us and {costs.row_s * 1e6:.1f} a text; a text of another "
          f"server {costs.foreign_s * 1e6:,.0f} us; wanted: {PER_S:,.0f} texts a second")
    for nodes in (1, 3, 10, 30, NODES):
        for name, foreign_s, interest, shards in scenarios(costs, nodes):
            per_s = most(costs, nodes, foreign_s)
            points.setdefault(name, []).append((nodes, shards * per_s))
            for part in (0.25, 0.5, 0.75, 0.9, 1):
                found = play(costs, nodes, part * per_s, foreign_s)
                lines.append(f"{name},{nodes},{part * per_s * shards:.0f},{found['p50_s'] * 1e3:.2f},"
                             f"{found['p99_s'] * 1e3:.2f},{found['rows']:.1f},{found['busy']:.2f}")
            if nodes == NODES:
                full = {"the row": per_s * shards, **others(costs, nodes, foreign_s, interest, shards)}
                print(f"{name}, {nodes} servers: {USERS * per_s * shards / PER_S:,.0f} users by the row")
                for what, bound in sorted(full.items(), key=lambda each: each[1]):
                    print(f"  {what:<38}{bound:>12,.0f} texts a second, {bound / PER_S:.2f} x wanted")
    if len(sys.argv) > 2:
        for name, text in (("capacity.csv", "\n".join(lines) + "\n"), ("capacity.svg", draw(points))):
            with open(os.path.join(sys.argv[2], name), "w", encoding="utf-8") as file:
                file.write(text)


main()
