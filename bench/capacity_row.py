"""The row that a batch holds while it commits, played for bench/capacity.py, whose assumptions it is
given. It is not run by itself, and reads and writes nothing."""

import bisect
import heapq
import math
import random


def pieces_and_texts(unread, part, read_at_once):
    """Of a look: how many times read_at_once, and how many texts. A server reads `part` of them."""
    texts = unread * part
    return (1 - (1 - part) ** unread) * max(1, texts / read_at_once), texts


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

    def __init__(self, assumed, costs, nodes, per_s, part, early):
        self.assumed = assumed
        self.costs, self.rate, self.part, self.early = costs, per_s / nodes, part, early
        self.ended_s, self.committed = [0.0], [0]  # of each commit: when, and how many texts then
        self.read, self.idle_since = [0] * nodes, [0.0] * nodes
        self.free_s = self.assumed.STALL_S  # the row
        self.held_s, self.rows, self.batches, self.waits = 0.0, 0, 0, []
        self.looks, self.pieces, self.texts = 0, 0.0, 0.0
        # When it asks for the row, who, how many texts have come since when till when, and how often
        # it has given up the row for them. till None: it asks as soon as it can.
        self.asks = [(first_s := random.expovariate(self.rate), node, 1, first_s, None, 0)
                     for node in range(nodes)]
        heapq.heapify(self.asks)

    def reading_s(self, node, unread):
        pieces, texts = pieces_and_texts(unread, self.part, self.assumed.READ_AT_ONCE)
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
        unread, texts = self.committed[-1] - self.read[node], min(count, self.assumed.BATCH_MAX)
        if unread > self.assumed.READ_AT_ONCE and given_up < self.assumed.READS_WITHOUT_LOCK:
            self.free_s = begin_s + self.assumed.RTT_S
            again_s = self.free_s + self.look_s(node, unread)
            heapq.heappush(self.asks, (again_s, node, count, since_s, till_s, given_up + 1))
            return
        self.free_s = begin_s + self.costs.commit_s + self.costs.row_s * texts
        self.free_s += self.reading_s(node, unread)
        self.ended_s.append(self.free_s)
        self.committed.append(self.committed[-1] + texts)
        self.read[node], self.idle_since[node] = self.committed[-1], self.free_s
        if till_s > self.assumed.WARM_UP_S:
            self.rows, self.batches = self.rows + texts, self.batches + 1
            self.waits += [self.free_s - random.uniform(since_s, till_s)
                           for _ in range(min(texts, 8))]
        left = count - texts + poisson(self.rate * (self.free_s - till_s))
        next_s = self.free_s if left else self.free_s + random.expovariate(self.rate)
        heapq.heappush(self.asks, (next_s, node, left, till_s, next_s, 0) if left else
                       (next_s, node, 1, next_s, None, 0))

    def run(self):
        late = False
        while not late and self.asks[0][0] < self.assumed.SIMULATED_S:
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
            late = count > 8 * self.assumed.BATCH_MAX
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
                "busy": self.held_s / (self.free_s - self.assumed.STALL_S), "cores": cpu_s / self.free_s}
