/* pace.test.ts - how a speaker follows the connection, in simulated time: longer packets, fewer bits, and
 * more again; and the longer packets, by what takes them apart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isCongested } from "../src/voice/call_audio.js";
import { Hearing } from "../src/voice/hearing.js";
import { SILENCE, packetSamples, putCallPacket, takeCallPacket } from "../src/voice/opus_ext.js";
import { Pace, type Sight } from "../src/voice/pace.js";
import { Packer, type Packet } from "../src/voice/packer.js";

const FRAME = 960;
/** A packet of one frame of 20 ms, full band, by the first octet. */
const packet = (size: number, fill: number, toc = 31 << 3): Uint8Array => new Uint8Array(size).fill(fill).fill(toc, 0, 1);

test("a packet that was joined holds its frames; silence, a gap and another mode end it", () => {
  const packer = new Packer();
  const sent: Packet[] = [];
  let at = 0;
  const say = (bytes: Uint8Array): number => {
    sent.push(...packer.take({ packet: bytes, at }, FRAME));
    at += FRAME;
    return sent.length;
  };
  assert.equal(say(packet(90, 1)), 1);
  packer.frames = 3;
  assert.deepEqual([say(packet(90, 2)), say(packet(300, 3)), say(packet(80, 4))], [1, 1, 2]);
  const [, joined] = sent as [Packet, Packet];
  assert.deepEqual([joined.at, packetSamples(joined.packet), joined.packet.length], [FRAME, 3 * FRAME, 1 + 1 + 1 + 2 + 89 + 299 + 79]);
  const taken = takeCallPacket(putCallPacket(7, joined.at, joined.packet));
  assert.deepEqual([taken?.sequence, taken?.timestamp, taken?.samples], [7, FRAME, 3 * FRAME]);
  assert.deepEqual([joined.packet[5], joined.packet[5 + 89], joined.packet.at(-1)], [2, 3, 4]);
  assert.equal(say(packet(90, 5)), 2);
  assert.equal(say(SILENCE), 4); /* what waited, and the silence */
  assert.deepEqual(sent.slice(-2).map((each) => packetSamples(each.packet)), [FRAME, FRAME]);
  say(packet(90, 6));
  at += 10 * FRAME; /* the gate was closed */
  assert.equal(say(packet(90, 7)), 5);
  assert.equal(say(packet(90, 8, 15 << 3)), 6);
  packer.frames = 1;
  assert.equal(say(packet(90, 9, 15 << 3)), 7);
  assert.equal(packetSamples(sent.at(-1)?.packet as Uint8Array), 2 * FRAME);
});

/* --- pace: as in test/audio/test_narrow.c ------------------------------------------------------ */

const NEAR: Sight = { rttMs: 1, sent: 5, refused: 0, lost: 0 };

class Looks {
  readonly pace = new Pace();
  #now = 1000;

  look(ms: number, sight: Partial<Sight>): this {
    for (let i = 0; i < ms / 100; i++)
      this.pace.look({ ...NEAR, ...sight }, this.#now += 100);
    return this;
  }

  get choice(): readonly number[] { return [this.pace.choice.frames, this.pace.choice.bitrate / 1000]; }
}

test("it begins in the middle, and has all bits after some seconds in which nothing waits; near, at once", () => {
  const looks = new Looks(), far = { rttMs: 60, sent: 2 };
  assert.deepEqual(looks.choice, [2, 20]);
  assert.deepEqual(looks.look(3000, far).choice, [2, 20]);
  assert.deepEqual(looks.look(200, far).choice, [2, 32]);
  assert.deepEqual(looks.look(3100, far).choice, [1, 32]);
  assert.deepEqual(new Looks().look(100, { rttMs: 8, sent: 0 }).choice, [1, 32]);
  assert.deepEqual(new Looks().look(60_000, { rttMs: 60, sent: 0 }).choice, [2, 20]); /* who is silent learns nothing */
  assert.deepEqual(new Looks().look(3000, { rttMs: 0 }).choice, [2, 20]);
});

test("a full line gets ever fewer bits, and all that the connection refuses is answered", () => {
  const looks = new Looks().look(1000, {}), wanted = [[2, 32], [3, 32], [3, 24], [3, 16], [3, 12]];
  let at = 0;
  for (let i = 0; i < 1000 && at < wanted.length; i++) /* it grows slowly */
    at += Number(`${looks.look(100, { rttMs: 160 + i }).choice}` === `${wanted[at]}`);
  assert.equal(at, wanted.length);
  assert.deepEqual(looks.look(10_000, { rttMs: 900, refused: 1 }).choice, [3, 12]);
  /* Before anything is known of the line. */
  assert.deepEqual(new Looks().look(100, { rttMs: 60, refused: 1 }).choice, [3, 16]);
});

test("more is tried ever more seldom where it fails", () => {
  const looks = new Looks();
  let tries = 0, before = 2;
  for (let i = 0; i < 6000; i++) {
    const [frames] = looks.choice as [number];
    tries += Number(frames === 1 && before !== 1);
    before = frames;
    looks.look(100, { rttMs: frames === 1 ? 200 : 60, sent: 3 });
    assert.ok(looks.choice[0]! <= 2);
  }
  assert.ok(tries >= 4 && tries <= 6, `${tries}`);
});

test("what listeners tell is waited for; a way that stays longer is no queue", () => {
  const looks = new Looks().look(100, {});
  assert.deepEqual(looks.look(2900, { lost: 20 }).choice, [2, 32]);
  assert.deepEqual(looks.look(2000, { lost: 20 }).choice, [3, 32]);
  assert.deepEqual(new Looks().look(1000, {}).look(30_000, { rttMs: 300 }).choice, [1, 32]);
});

/** Speech over a line of so many bytes a second, whose queue is behind the browser: the page sees only
 * that answers are late. Gives what is refused in the last 10 s of 60, the longest queue in ms, and how
 * many bits speech had. */
function overLine(bytesPerS: number) {
  const pace = new Pace(), wayMs = 30;
  let queue = 0, refused = 0, sent = 0, late = 0, longest = 0, held = 0, rttMs = 0, before = Infinity, bits = 0;
  let ping: { sent: number; ahead: number } | undefined, pingedAt = 0;
  for (let ms = 20; ms < 60_000; ms += 20) {
    queue = Math.max(0, queue - bytesPerS / 50);
    if (ping !== undefined && (ping.ahead -= bytesPerS / 50) <= 0 && ms - ping.sent >= wayMs) {
      rttMs = Math.min(ms - ping.sent, before);
      before = ms - ping.sent;
      ping = undefined;
    }
    if (ping === undefined && ms - pingedAt >= 1_000) {
      ping = { sent: ms, ahead: queue };
      pingedAt = ms;
    }
    const behindMs = ping === undefined ? 0 : Math.max(0, ms - ping.sent - wayMs);
    const { frames, bitrate } = pace.choice;
    if (++held >= frames) {
      held = 0;
      const size = (bitrate / 8 / 50) * frames;
      if (isCongested({ buffered: 0, behindMs }, size, frames * 20)) {
        refused++;
        late += Number(ms >= 50_000);
      } else {
        queue += size + 150;
        sent++;
      }
    }
    bits += bitrate / 50;
    longest = Math.max(longest, (queue / bytesPerS) * 1000);
    if (ms % 100 === 0) {
      pace.look({ rttMs: rttMs && Math.max(rttMs, behindMs), sent, refused, lost: 0 }, ms);
      refused = sent = 0;
    }
  }
  return { late, longest, choice: pace.choice, mean: Math.round(bits / 60) };
}

test("a line without room gets what it takes, and nothing waits on it for long", () => {
  assert.deepEqual(overLine(20_000).choice, { frames: 1, bitrate: 32_000 });
  const slow = overLine(8_000); /* 64 kbit/s: not enough for short packets */
  assert.ok(slow.choice.frames > 1 && slow.mean >= 24_000 && slow.longest < 1_500 && slow.late <= 10, JSON.stringify(slow));
  const slower = overLine(4_500);
  assert.ok(slower.choice.bitrate <= 24_000 && slower.mean >= 12_000 && slower.longest < 2_000 && slower.late <= 10, JSON.stringify(slower));
});

/* --- how one is heard: as in test/audio/test_hearing.c ----------------------------------------- */

/* CELT of full band: configuration 31 has frames of 20 ms, 30 of 10. */
const samplesOf = (timestamp: number, frames = 1, config = 31): Uint8Array =>
  putCallPacket(0, timestamp >>> 0, Uint8Array.of((config << 3) | (frames === 1 ? 0 : 3), frames, ...new Uint8Array(frames)));

class Heard {
  readonly hearing = new Hearing();
  last: number | undefined;
  lateMs = 0;
  missed = 0;
  came = 0;
  told = 0;
  #timestamp = -5000; /* they wrap */
  #now = 777_000;

  /** Packets of 20 ms, and each later by moreMs. */
  hear(packets: number, moreMs = 0): this {
    this.told = 0;
    for (let i = 0; i < packets; i++) {
      this.lateMs += moreMs;
      this.came++;
      this.#timestamp += FRAME;
      this.#now += 20;
      const at = this.#now + this.lateMs;
      this.hearing.note("bob", samplesOf(this.#timestamp), at);
      const due = this.hearing.due([{ name: "bob", plain: false, received: this.came - this.missed, lost: this.missed, late: 0, dropped: 0 }], at);
      this.told += Number(due !== undefined);
      this.last = due?.lost ?? this.last;
    }
    return this;
  }
}

test("what is missed is told, every five seconds while it is well", () => {
  const way = new Heard();
  assert.equal(way.hear(1000).last, 0);
  assert.ok(way.told >= 4 && way.told <= 5, `${way.told}`);
  way.hear(100).missed += 25;
  way.came += 25;
  assert.equal(way.hear(100).last, 20);
  assert.equal(way.told, 1);
  way.missed -= 25; /* they have come after all */
  assert.equal(way.hear(100).last, 0);
});

test("a queue that grows is told before it drops; a way that has become longer is none for long", () => {
  const way = new Heard().hear(200);
  assert.equal(way.last, 0);
  assert.equal(way.hear(100, 2).last, 20);
  assert.equal(way.hear(100, -2).hear(100).last, 0);
  way.lateMs = 400;
  assert.equal(way.hear(100).last, 20);
  assert.equal(way.hear(250).last, 0);
});

test("longer and shorter packets are no queue, nor are timestamps that leap; silence is not told", () => {
  const hearing = new Hearing(), counts = (received: number) => [{ name: "bob", plain: false, received, lost: 0, late: 0, dropped: 0 }];
  let told: number[] = [];
  for (let i = 0; i < 400; i++) { /* each leaves when it is full */
    const now = 10_000 + i * 60, first = 3 * i * FRAME;
    if (i < 80 || (i >= 240 && i < 320)) /* three of 20 ms */
      for (const part of [0, 1, 2])
        hearing.note("bob", samplesOf(first + part * FRAME), now - 40 + part * 20);
    else if (i < 160) /* one of 60, */
      hearing.note("bob", samplesOf(first, 3), now);
    else if (i < 240) /* ... of frames of 10 */
      hearing.note("bob", samplesOf(first, 6, 30), now);
    else /* six of 10 */
      for (const part of [0, 1, 2, 3, 4, 5])
        hearing.note("bob", samplesOf(first + part * FRAME / 2, 1, 30), now - 50 + part * 10);
    told.push(hearing.due(counts(3 * i + 3), now)?.lost ?? 0);
  }
  assert.deepEqual([...new Set(told)], [0]);
  for (let i = 0; i < 1000; i++)
    hearing.note("bob", samplesOf(i * (2 ** 31 - 2000)), 40_000 + i * 20);
  told = [];
  for (let i = 0; i < 1000; i++) {
    const due = hearing.due(counts(1201), 60_000 + i * 20);
    if (due !== undefined) told.push(due.lost);
  }
  assert.equal(told.length, 1);
});

test("of many speakers one is told after the other, and none of those whose packets have no numbers", () => {
  const hearing = new Hearing(), told = new Map<string, number>();
  const all = (received: number) => Array.from({ length: 50 }, (_, i) => ({ name: `s${i}`, received, lost: 0, late: 0, dropped: 0, plain: i === 7 }));
  for (let i = 0; i < 120; i++) {
    const due = hearing.due(all(i), 1_000 + i * 100);
    if (due !== undefined) told.set(due.name, (told.get(due.name) ?? 0) + 1);
  }
  assert.equal(told.size, 49);
  assert.ok(Math.max(...told.values()) <= 3 && !told.has("s7"));
});

test("of the listeners the middle one counts, and who does not tell hears all", () => {
  const hearing = new Hearing();
  assert.equal(hearing.lost(1, 0), undefined);
  hearing.told("bob", 12, 1_000);
  assert.equal(hearing.lost(1, 1_000), 12);
  assert.equal(hearing.lost(2, 1_000), 0);
  hearing.told("carol", 100, 1_000);
  hearing.told("dave", 0, 1_000);
  assert.equal(hearing.lost(3, 1_000), 12);
  assert.equal(hearing.lost(0, 1_000), 12); /* the call is not known yet */
  assert.equal(hearing.lost(4, 1_000), 0);
  hearing.told("dave", 500, 2_000);
  hearing.told("eve", Number.NaN, 2_000);
  assert.equal(hearing.lost(3, 7_000), 12);
  hearing.told("carol", 30, 5_000);
  assert.equal(hearing.lost(1, 7_001), 30);
  assert.equal(hearing.lost(1, 11_001), undefined);
});
