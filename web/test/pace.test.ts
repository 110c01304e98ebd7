/* pace.test.ts - how a speaker follows the connection, in simulated time: longer packets, fewer bits, and
 * more again; and the longer packets, by what takes them apart. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isCongested } from "../src/voice/call_audio.js";
import { Hearing } from "../src/voice/hearing.js";
import { SILENCE, packetSamples, putCallPacket, takeCallPacket } from "../src/voice/opus_ext.js";
import { Pace } from "../src/voice/pace.js";
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

test("longer packets first, then fewer bits, and more when all was taken for 8 s; what failed waits longer", () => {
  const pace = new Pace();
  const steps = [];
  for (let i = 0; i < 7; i++) {
    steps.push([pace.choice.frames, pace.choice.bitrate / 1000]);
    pace.second(1);
  }
  assert.deepEqual(steps, [[1, 32], [2, 32], [3, 32], [3, 24], [3, 16], [3, 12], [3, 12]]);
  const calm = (seconds: number): boolean[] => Array.from({ length: seconds }, () => pace.second(0));
  assert.deepEqual(calm(8), [false, false, false, false, false, false, false, true]);
  assert.equal(pace.choice.bitrate, 16_000);
  assert.equal(pace.second(1), true); /* too much */
  assert.deepEqual(calm(16).indexOf(true), 15);
  assert.equal(pace.choice.bitrate, 16_000);
  calm(16 * 4);
  assert.deepEqual(pace.choice, { frames: 1, bitrate: 32_000 });
});

/** Speech over a line of so many bytes a second, whose queue is behind the browser: the page sees only
 * that answers are late. Gives what is refused in the last 10 s of 60, and the longest queue in ms. */
function overLine(bytesPerS: number) {
  const pace = new Pace();
  let queue = 0, refused = 0, late = 0, longest = 0, held = 0;
  let ping: { sent: number; ahead: number } | undefined, pingedAt = 0;
  for (let ms = 0; ms < 60_000; ms += 20) {
    queue = Math.max(0, queue - bytesPerS / 50);
    if (ping !== undefined && (ping.ahead -= bytesPerS / 50) <= 0)
      ping = undefined;
    if (ping === undefined && ms - pingedAt >= 1_000) {
      ping = { sent: ms, ahead: queue };
      pingedAt = ms;
    }
    const { frames, bitrate } = pace.choice;
    if (++held >= frames) {
      held = 0;
      const size = (bitrate / 8 / 50) * frames;
      if (isCongested({ buffered: 0, behindMs: ping === undefined ? 0 : ms - ping.sent }, size, frames * 20)) {
        refused++;
        late += Number(ms >= 50_000);
      } else
        queue += size + 150;
    }
    longest = Math.max(longest, (queue / bytesPerS) * 1000);
    if (ms % 1000 === 980) {
      pace.second(refused);
      refused = 0;
    }
  }
  return { late, longest, choice: pace.choice };
}

test("a line without room gets what it takes, and nothing waits on it for long", () => {
  assert.deepEqual(overLine(20_000).choice, { frames: 1, bitrate: 32_000 });
  const slow = overLine(8_000); /* 64 kbit/s: not enough for short packets */
  assert.equal(slow.choice.bitrate, 32_000);
  assert.ok(slow.choice.frames > 1 && slow.longest < 2_000, JSON.stringify(slow));
  const slower = overLine(4_500);
  assert.ok(slower.choice.bitrate <= 16_000 && slower.longest < 4_000, JSON.stringify(slower));
  /* More is tried now and then, and refused. */
  assert.ok(slow.late <= 30 && slower.late <= 10, JSON.stringify([slow, slower]));
});

test("how one is heard: of each speaker what was missed since the last report; of many listeners the middle one", () => {
  const hearing = new Hearing();
  const of = (name: string, received: number, lost: number, late: number, plain = false, dropped = 0) =>
    ({ name, received, lost, late, plain, dropped });
  assert.deepEqual(hearing.since([of("bob", 100, 0, 0), of("carol", 0, 0, 0), of("dave", 50, 0, 0, true)]), [{ name: "bob", lost: 0 }]);
  assert.deepEqual(hearing.since([of("bob", 190, 10, 5), of("carol", 0, 4, 0)]), [{ name: "bob", lost: 15 }, { name: "carol", lost: 100 }]);
  assert.deepEqual(hearing.since([of("bob", 190, 10, 5)]), []); /* silence */
  assert.deepEqual(hearing.since([of("bob", 240, 10, 5, false, 30)]), [{ name: "bob", lost: 60 }]); /* after a stall */
  assert.deepEqual(hearing.since([of("bob", 20, 0, 0)]), []); /* counted from the beginning again */
  const many = (received: number) => Array.from({ length: 50 }, (_, i) => of(`s${i}`, received, 0, 0)); /* no more than a server passes on */
  const told = [hearing.since(many(100)), hearing.since(many(200))];
  assert.deepEqual(told.map((reports) => reports.length), [25, 25]);
  assert.equal(new Set(told.flat().map(({ name }) => name)).size, 50);
  assert.equal(hearing.lost(0), undefined);
  hearing.told("bob", 12, 1_000);
  assert.equal(hearing.lost(1_000), 12);
  hearing.told("carol", 100, 1_000);
  hearing.told("dave", 0, 1_000);
  assert.equal(hearing.lost(1_000), 12);
  hearing.told("dave", 500, 2_000);
  hearing.told("eve", Number.NaN, 2_000);
  assert.equal(hearing.lost(7_000), 12);
  hearing.told("carol", 30, 5_000);
  assert.equal(hearing.lost(7_001), 30);
  assert.equal(hearing.lost(11_001), undefined);
});
