/* The jitter buffer on simulated networks and between clocks that differ: the same cases and the
 * same counts as test/audio/test_jitter.c, test_jitter_ways.c and test_jitter_numbers.c. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Jitter, type Put } from "../src/voice/jitter.js";

const TICK = 240;

interface Packet { at: number; sequence: number; timestamp: number; number: number }

/* test/audio/support.c: xorshift64. */
class Random {
  #x: bigint;
  constructor(seed: number) { this.#x = BigInt(seed); }
  part(): number {
    const mask = (1n << 64n) - 1n;
    this.#x ^= this.#x >> 12n;
    this.#x ^= (this.#x << 25n) & mask;
    this.#x ^= this.#x >> 27n;
    return Number(((this.#x * 0x2545F4914F6CDD1Dn) & mask) >> 11n) / 9007199254740992;
  }
}

/** A path: packets sorted by time, and a listener who plays a tick at a time. */
class Play {
  readonly jitter = new Jitter<number>(TICK);
  now = 0;
  tickUs = 5000;
  ppm = 0;
  queued = 0;
  played = 0; lost = 0; silent = 0; nothing = 0; withNext = 0; cuts = 0;
  delay = 0; delayMost = 0;
  last = -1; inOrder = true;

  constructor(public frame = 960) {}

  put(packet: Packet, silence = false): Put {
    return this.jitter.put({ sequence: packet.sequence >>> 0, timestamp: packet.timestamp >>> 0, samples: this.frame,
      silence, sound: packet.number }, packet.at);
  }

  tick(): void {
    while (this.queued < TICK) {
      const item = this.jitter.next(this.now, this.queued);
      if (item.kind === "packet" && !item.silence) {
        this.#hear(item);
        continue;
      }
      this.queued += item.samples;
      this.lost += Number(item.kind === "lost");
      this.withNext += Number(item.kind === "lost" && item.next);
      this.silent += Number(item.kind === "silence");
      this.nothing += Number(item.kind === "nothing");
    }
    this.queued -= TICK;
    this.now += this.tickUs;
  }

  #hear(item: { sound: number; cut: boolean; samples: number; stretch: string; spare: number }): void {
    this.played++;
    this.cuts += Number(item.cut);
    this.inOrder &&= item.sound > this.last;
    this.last = item.sound;
    let sent = Math.trunc((item.sound * this.frame * 125) / 6);
    sent += Math.trunc((sent * this.ppm) / 1000000);
    this.delay = this.now + Math.trunc((this.queued * 125) / 6) - sent;
    this.delayMost = Math.max(this.delay, this.delayMost);
    this.queued += item.samples;
    if (item.stretch === "shorten" || item.stretch === "lengthen") {
      const by = item.stretch === "lengthen" ? 240 : item.spare < 240 ? 0 : -240;
      this.queued += by;
      this.jitter.stretched(by);
    }
  }

  until(us: number): void {
    while (this.now < us)
      this.tick();
  }

  run(packets: Packet[]): void {
    packets.sort((x, y) => x.at - y.at || x.number - y.number);
    for (const packet of packets) {
      this.until(packet.at);
      this.put(packet);
    }
  }

  /* n packets on time, numbers and timestamps from these on. */
  row(number: number, n: number, sequence: number, timestamp: number): void {
    for (let i = 0; i < n; i++) {
      const at = (number + i) * 20000;
      this.until(at);
      this.put({ at, sequence: sequence + i, timestamp: timestamp + i * 960, number: number + i });
    }
  }

  counts(expected: string): void {
    const s = this.jitter.stats;
    assert.equal(`received ${s.received} played ${s.played} late ${s.late} lost ${s.lost} dropped ${s.dropped} ` +
      `duplicates ${s.duplicates} concealed ${s.concealedMs} ms restarts ${s.restarts} target ${s.targetMs} ` +
      `delay ${s.delayMs} jitter ${s.jitterMs}`, expected);
    assert.ok(this.inOrder);
  }
}

type Way = (number: number, random: Random) => number;

function make(n: number, frame: number, way: Way, seed = 42, timestamp = 77777): Packet[] {
  const random = new Random(seed);
  const packets: Packet[] = [];
  for (let i = 0; i < n; i++) {
    const late = way(i, random);
    if (late >= 0)
      packets.push({ at: Math.trunc((i * frame * 125) / 6) + late, sequence: 1000 + i, timestamp: timestamp + i * frame, number: i });
  }
  return packets;
}

function played(n: number, way: Way): Play {
  const play = new Play();
  play.now = 3000; /* ticks and packets do not fall together */
  play.run(make(n, 960, way));
  play.until((n + 4) * 20000);
  return play;
}

const atOnce: Way = () => 0;
const upTo40: Way = (_number, random) => Math.trunc(random.part() * 40000);

test("a calm network adds one tick and loses nothing", () => {
  const play = played(1000, atOnce);
  play.counts("received 1000 played 1000 late 0 lost 0 dropped 0 duplicates 0 concealed 80 ms restarts 0 target 5 delay 18 jitter 0");
  assert.equal(play.delayMost, 23000);
  assert.equal(play.cuts, 0);
});

test("frames of 10 ms do as well", () => {
  const play = new Play(480);
  play.now = 3000;
  play.run(make(2000, 480, atOnce));
  play.counts("received 2000 played 1998 late 0 lost 0 dropped 0 duplicates 0 concealed 0 ms restarts 0 target 5 delay 18 jitter 0");
  assert.equal(play.delayMost, 23000);
});

test("uniform jitter is covered by as much delay", () => {
  const play = played(3000, upTo40);
  play.counts("received 3000 played 3000 late 0 lost 0 dropped 0 duplicates 0 concealed 40 ms restarts 0 target 40 delay 52 jitter 16");
  assert.ok(play.delayMost <= 55000);
});

test("rare spikes are concealed and do not become delay", () => {
  const play = played(3000, (_number, random) => {
    const way = 2000 / (1 - random.part()) ** 0.7;
    return way < 400000 ? Math.trunc(way) : 400000;
  });
  play.counts("received 3000 played 2956 late 44 lost 0 dropped 0 duplicates 0 concealed 940 ms restarts 0 target 24 delay 35 jitter 4");
});

test("after a stall the delay is at once what it was", () => {
  const play = new Play();
  play.now = 3000;
  const packets = make(500, 960, (number) => {
    const sent = number * 20000;
    return sent >= 5000000 && sent < 5300000 ? 5300000 - sent : 0;
  });
  play.run(packets.slice(0, 250));
  assert.equal(play.delay, 18000);
  play.run(packets.slice(250, 266)); /* the burst */
  play.until(5330000);
  assert.equal(play.delay, 18000);
  play.run(packets.slice(266));
  play.counts("received 500 played 485 late 0 lost 0 dropped 14 duplicates 0 concealed 100 ms restarts 0 target 5 delay 18 jitter 0");
  assert.equal(play.delayMost, 23000);
  assert.equal(play.cuts, 1);
});

test("after a long stall the delay is soon what it was", () => {
  /* A line of 128 kbit/s stands still for 3 s with a second of packets in it. */
  const play = new Play();
  play.now = 3000;
  const packets = make(750, 960, (number) => {
    const sent = number * 20000, place = number - 250;
    if (sent < 5000000)
      return 0;
    if (sent >= 6000000 && sent < 8000000)
      return -1;
    return Math.max(0, 8000000 + 11000 * ((sent < 6000000 ? place : place - 100) + 1) - sent);
  });
  let at = 0;
  for (const [until, most] of [[5000000, 18000], [9300000, 160000], [9800000, 40000], [14000000, 20000]] as const) {
    const first = at;
    while (at < packets.length && packets[at]!.at < until)
      at++;
    play.run(packets.slice(first, at));
    assert.ok(play.delay <= most, `${play.delay} at ${until}`);
  }
  play.run(packets.slice(at));
  play.counts("received 650 played 627 late 0 lost 100 dropped 22 duplicates 0 concealed 100 ms restarts 0 target 5 delay 18 jitter 0");
});

test("bursts of three need two frames of delay", () => {
  const play = played(999, (number) => (2 - (number % 3)) * 20000);
  play.counts("received 999 played 998 late 1 lost 0 dropped 0 duplicates 0 concealed 60 ms restarts 0 target 42 delay 43 jitter 26");
  assert.equal(play.delay, 43000);
});

test("what was overtaken is played in its place", () => {
  played(1000, (number) => (number % 10 === 3 ? 25000 : 0))
    .counts("received 1000 played 999 late 1 lost 0 dropped 0 duplicates 0 concealed 80 ms restarts 0 target 27 delay 28 jitter 4");
});

test("five in a hundred are concealed from the next", () => {
  const play = played(2000, (_number, random) => (random.part() < 0.05 ? -1 : 0));
  play.counts("received 1906 played 1906 late 0 lost 94 dropped 0 duplicates 0 concealed 1940 ms restarts 0 target 25 delay 23 jitter 0");
  assert.ok(play.withNext * 10 >= play.lost * 8);
});

test("twenty in a hundred too", () => {
  const play = played(2000, (_number, random) => (random.part() < 0.2 ? -1 : Math.trunc(random.part() * 5000)));
  play.counts("received 1605 played 1605 late 0 lost 395 dropped 0 duplicates 0 concealed 7940 ms restarts 0 target 25 delay 27 jitter 1");
});

test("a far connection gets the time to send again", () => {
  const notHeard = (roundTripMs: number): number => {
    const play = new Play();
    play.jitter.window.roundTripMs = roundTripMs;
    play.run(make(3000, 960, (number) => (number % 50 < 15 ? (15 - (number % 50)) * 20000 : 0)));
    const { late, dropped, restarts } = play.jitter.stats;
    assert.equal(restarts, 0);
    return late + dropped;
  };
  assert.deepEqual([0, 99, 200, 1000].map(notHeard), [772, 61, 3, 3]);
});

test("a longer way is followed up and down", () => {
  const play = played(1500, (number) => (number >= 500 && number < 1000 ? 60000 : 0));
  play.counts("received 1500 played 1497 late 3 lost 0 dropped 0 duplicates 0 concealed 180 ms restarts 0 target 5 delay 17 jitter 0");
  assert.ok(play.delay <= 30000);
});

test("a way longer than any target is followed after a second", () => {
  const play = played(1500, (number) => (number >= 500 && number < 1000 ? 400000 : 0));
  play.counts("received 1500 played 1436 late 63 lost 0 dropped 1 duplicates 0 concealed 1080 ms restarts 0 target 5 delay 18 jitter 0");
  assert.ok(play.delay <= 30000);
});

/* Timestamps begin anywhere: what is measured anew is compared with nothing. */
function fromAnywhere(way: Way, seed: number, delayMost: number, counts: string): void {
  for (let from = 0; from < 4; from++) {
    const play = new Play();
    play.now = 3000;
    play.run(make(1500, 960, way, seed, 77777 + from * 2 ** 30));
    play.until(1504 * 20000);
    assert.equal(play.delayMost, delayMost);
    play.counts(counts);
  }
}

test("a longer way with jitter is measured anew", () =>
  fromAnywhere((number, random) => (number >= 500 && number < 1000 ? 400000 : 0) + Math.trunc(random.part() * 10000), 3, 423000,
    "received 1500 played 1439 late 60 lost 0 dropped 1 duplicates 0 concealed 1000 ms restarts 0 target 11 delay 22 jitter 3"));

test("a queue may drain for longer than a second", () =>
  fromAnywhere((number) => (number < 250 ? 0 : Math.max(0, 7000000 + 10000 * (number - 249) - number * 20000)), 42, 2013000,
    "received 1500 played 1439 late 0 lost 0 dropped 61 duplicates 0 concealed 180 ms restarts 0 target 5 delay 17 jitter 0"));

/* In the middle of speech the first one of each pair begins to come later by its length. */
test("the first pairs are heard", () => {
  const play = new Play(2880);
  play.now = 3000;
  play.run(make(300, 2880, (number) => (number >= 100 && number % 2 === 0 ? 60000 : 0)));
  play.counts("received 300 played 298 late 0 lost 0 dropped 0 duplicates 0 concealed 120 ms restarts 0 target 62 delay 73 jitter 59");
});

/* It comes when it is full, 30 ms later than a short one would. The target follows some packets later, until
 * which one is late. */
test("the first longer packet is heard", () => {
  const play = new Play(480);
  play.now = 3000;
  for (let i = 0, timestamp = 0; i < 300; i++, timestamp += play.frame) {
    play.frame = i < 200 ? 480 : 1920;
    const at = Math.trunc(((timestamp + play.frame) * 125) / 6);
    play.until(at);
    play.put({ at, sequence: i, timestamp, number: timestamp / play.frame });
  }
  play.inOrder = true; /* numbers count packets of one length */
  play.counts("received 300 played 298 late 1 lost 0 dropped 0 duplicates 0 concealed 100 ms restarts 0 target 32 delay 43 jitter 0");
});

/* The longest target of a far connection, in the shortest packets of a near speaker. */
test("what waits has room", () => {
  const play = new Play(480);
  play.now = 3000;
  play.jitter.window.roundTripMs = 1000;
  play.run(make(3000, 480, (number) => (number % 100 < 70 ? (70 - (number % 100)) * 10000 : 0)));
  play.counts("received 3000 played 2924 late 4 lost 0 dropped 1 duplicates 0 concealed 40 ms restarts 0 target 702 delay 703 jitter 1");
});

/* In the seventh second what was sent comes each 100 ms, up to 50 ms late; or each other packet is lost. How
 * long that is remembered, ms. */
function remembered(frame: number, lost: boolean): number {
  const play = new Play(frame);
  let target = 0, most = 0, sent = 0;
  for (let i = 0; sent < 30000000 && target >= most; i++) {
    sent = Math.trunc((i * frame * 125) / 6);
    const rough = sent >= 6000000 && sent < 7000000;
    const at = rough && !lost ? Math.max(sent, sent - (sent % 100000) + 50000) : sent;
    play.until(at);
    if (!rough || !lost || i % 2 === 0)
      play.put({ at, sequence: i, timestamp: i * frame, number: i });
    target = play.jitter.stats.targetMs;
    if (sent < 7100000)
      most = target;
  }
  return sent / 1000 - 7000;
}

test("what was is remembered for five seconds, in packets of any length", () => {
  for (const frame of [240, 480, 960, 1920, 2880])
    for (const lost of [false, true]) {
      const ms = remembered(frame, lost);
      assert.ok(ms >= (lost ? 5000 : 4000) && ms <= 6500, `${frame / 48} ms, ${lost ? "lost" : "late"}: ${ms}`);
    }
});

function drift(ppm: number, counts: string): void {
  const play = new Play();
  const packets = make(30000, 960, upTo40); /* 10 minutes */
  for (const packet of packets)
    packet.at += Math.trunc((packet.at * ppm) / 1000000);
  play.ppm = ppm;
  play.now = 3000;
  play.run(packets.slice(0, 3000));
  play.delayMost = 0;
  play.run(packets.slice(3000));
  play.counts(counts);
  assert.ok(play.delay > 30000 && play.delay <= 60000 && play.delayMost <= 75000);
}

test("a fast sender does not fill the buffer", () =>
  drift(-200, "received 30000 played 29997 late 0 lost 0 dropped 0 duplicates 0 concealed 0 ms restarts 0 target 41 delay 52 jitter 14"));

test("a slow sender does not empty it", () =>
  drift(200, "received 30000 played 29843 late 155 lost 0 dropped 0 duplicates 0 concealed 3120 ms restarts 0 target 40 delay 38 jitter 14"));

test("a recorded call is heard", () => {
  const lines = readFileSync("../test/audio/arrivals.txt", "utf8").trim().split("\n").map((line) => line.split(" ").map(Number));
  const first = lines[0]![2]!;
  const packets = lines.map(([at, sequence, timestamp]) => ({ at: at!, sequence: sequence!, timestamp: timestamp!,
    number: Math.trunc(((timestamp! - first) >>> 0) / 960) }));
  assert.equal(packets.length, 1259);
  const play = new Play();
  play.now = 3000;
  play.run(packets);
  play.until(packets.at(-1)!.at + 80000);
  play.counts("received 1259 played 1231 late 1 lost 0 dropped 27 duplicates 0 concealed 400 ms restarts 0 target 12 delay 14 jitter 3");
});

/* --- numbers and silence: test_jitter_numbers.c ------------------------------------------- */

test("sequence and timestamp wrap", () => {
  const play = new Play();
  play.row(0, 100, 0xffffffff - 49, 0xffffffff - 60 * 960);
  play.until(2100000);
  play.counts("received 100 played 100 late 0 lost 0 dropped 0 duplicates 0 concealed 80 ms restarts 0 target 5 delay 20 jitter 0");
});

test("what comes twice is played once", () => {
  const play = new Play();
  const packet = { at: 0, sequence: 5, timestamp: 500, number: 0 };
  assert.equal(play.put(packet), "taken");
  assert.equal(play.put(packet), "duplicate");
  play.until(60000);
  assert.equal(play.put(packet), "duplicate");
  assert.equal(play.played, 1);
  assert.equal(play.jitter.stats.duplicates, 2);
});

test("one strange number is dropped, two in a row begin anew", () => {
  const play = new Play();
  play.row(0, 50, 1000, 0);
  assert.equal(play.put({ at: 1000000, sequence: 1050 + 2 ** 31, timestamp: 50 * 960, number: 50 }), "strange");
  play.row(50, 50, 1050, 50 * 960);
  assert.equal(play.jitter.stats.restarts, 0);
  /* The same speaker with a new client: other numbers, other times. */
  play.row(100, 50, 7, 123456789);
  play.until(3100000);
  play.counts("received 151 played 149 late 0 lost 0 dropped 2 duplicates 0 concealed 80 ms restarts 1 target 5 delay 20 jitter 0");
});

test("a jump is one of more than a thousand", () => {
  for (const [step, result] of [[1000, "taken"], [1001, "strange"], [-1000, "taken"], [-1001, "strange"]] as const) {
    const play = new Play();
    play.row(0, 50, 1000, 0);
    assert.equal(play.put({ at: 1000000, sequence: 1049 + step, timestamp: 50 * 960, number: 50 }), result);
  }
});

test("a timestamp out of this world is dropped", () => {
  const play = new Play();
  play.row(0, 50, 1000, 0);
  const jump = { at: 1000000, sequence: 1050, timestamp: 50 * 960 + 48000 * 11, number: 50 };
  assert.equal(play.put(jump), "strange");
  assert.equal(play.put({ ...jump, timestamp: 50 * 960 - 48000 * 11 }), "strange"); /* before it began */
  play.row(51, 50, 1051, 51 * 960);
  play.until(2100000);
  assert.equal(play.jitter.stats.restarts, 0);
  assert.equal(play.jitter.stats.dropped, 2);
});

test("the buffer holds so many and no more", () => {
  const play = new Play();
  for (let i = 0; i < 129; i++) {
    assert.equal(play.put({ at: 0, sequence: i, timestamp: i * 960, number: i }), "taken");
    assert.equal(play.jitter.stats.dropped, Number(i === 128));
  }
});

test("after a short packet the last loss is as long ago", () => {
  const play = new Play();
  play.row(0, 50, 0, 0);
  play.row(51, 350, 51, 51 * 960);
  assert.equal(play.jitter.stats.targetMs, 5);
  assert.equal(play.jitter.put({ sequence: 401, timestamp: 401 * 960, samples: 480, silence: false, sound: 401 }, 401 * 20000), "taken");
  assert.equal(play.jitter.stats.targetMs, 5);
});

test("silence is no loss, and the next spurt has the target", () => {
  const play = new Play();
  play.now = 3000;
  play.row(0, 50, 0, 0);
  play.until(1000000);
  assert.equal(play.put({ at: 1000000, sequence: 50, timestamp: 50 * 960, number: 50 }, true), "taken");
  play.row(150, 50, 51, 150 * 960);
  assert.equal(play.lost, 0);
  assert.ok(play.silent >= 380);
  assert.equal(play.delay, 8000);
  play.counts("received 101 played 100 late 0 lost 0 dropped 0 duplicates 0 concealed 0 ms restarts 0 target 5 delay 8 jitter 0");
});

test("a speaker who vanishes is concealed for 100 ms", () => {
  const play = new Play();
  play.row(0, 50, 0, 0);
  play.until(3000000);
  assert.equal(play.lost, 5);
  assert.equal(play.jitter.stats.concealedMs, 100);
  assert.equal(play.jitter.stats.lost, 0);
  assert.ok(play.jitter.idle);
});

test("nothing comes of nothing", () => {
  const play = new Play();
  assert.ok(play.jitter.idle);
  play.until(100000);
  assert.equal(play.nothing, 20);
  play.put({ at: 100000, sequence: 0, timestamp: 0, number: 5 });
  assert.ok(!play.jitter.idle);
  play.tick(); /* 20 ms are waited for, before anything is known of the way */
  assert.equal(play.nothing, 21);
  play.until(120000);
  assert.equal(play.played, 0);
  play.tick();
  assert.equal(play.played, 1);
});

test("after an hour of silence the clocks are compared anew", () => {
  const play = new Play();
  play.row(0, 50, 0, 0);
  play.until(2000000);
  /* An hour, in which the sender's clock lost 720 ms. */
  play.now = 3600720000;
  play.put({ at: play.now, sequence: 50, timestamp: 3600 * 48000, number: 180036 });
  play.until(play.now + 30000);
  assert.equal(play.played, 51);
  assert.equal(play.jitter.stats.delayMs, 20);
});
