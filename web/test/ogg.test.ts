/* Ogg Opus pages: what is written can be read, and the checksum is that of other programs. That the
 * server and libopusfile accept a recording is shown in test/browser/voice.test.mjs. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { crc, page, preSkipOf, readOgg, writeOgg } from "../src/voice/ogg.js";
import { SILENCE, isSilence, packetSamples, putCallPacket, takeCallPacket } from "../src/voice/opus_ext.js";

const packet = (n: number, fill = 1): Uint8Array => Uint8Array.of(0x48, ...new Array<number>(n - 1).fill(fill));
const hex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g)!, (two) => parseInt(two, 16));

/* The first page of a file that libogg wrote (opus_tool recorded 1 1). */
const HEAD = hex("4f676753000200000000000000000700000000000000810b352f01134f707573486561640101380180bb0000000000");

test("the first page is the one that libogg writes", () => {
  assert.deepEqual(page({ flags: 2, granule: 0n, serial: 7, number: 0, packets: [HEAD.subarray(28)] }), HEAD);
});

test("what is written is read", () => {
  const packets = Array.from({ length: 151 }, (_, i) => packet(20 + (i % 7) * 100, i));
  const file = writeOgg({ channels: 1, preSkip: 312, samples: 150 * 960, serial: 9, packets });
  assert.deepEqual(readOgg(file), { channels: 1, preSkip: 312, samples: 150 * 960, packets });
});

test("pages hold a second, the last one the end flag and the exact length", () => {
  const packets = Array.from({ length: 110 }, () => packet(30));
  const file = writeOgg({ channels: 1, preSkip: 312, samples: 100_000, serial: 9, packets });
  const pages: string[] = [];
  const view = new DataView(file.buffer);
  for (let at = 0; at < file.length;) {
    const count = file[at + 26]!;
    const sizes = file.subarray(at + 27, at + 27 + count);
    pages.push(`${file[at + 5]} ${view.getBigUint64(at + 6, true)} ${view.getUint32(at + 18, true)} ${count}`);
    at += 27 + count + sizes.reduce((sum, one) => sum + one, 0);
  }
  /* 100,312 samples are 104.5 packets: the others are left out. */
  assert.deepEqual(pages, ["2 0 0 1", "0 0 1 1", "0 48000 2 50", "0 96000 3 50", "4 100312 4 5"]);
});

test("packets of 254 to 511 bytes", () => {
  const packets = [254, 255, 256, 509, 510, 511].map((n) => packet(n));
  assert.deepEqual(readOgg(writeOgg({ channels: 2, preSkip: 0, samples: 6 * 960, serial: 1, packets }))?.packets, packets);
});

test("a file needs packets for all of it", () => {
  assert.throws(() => writeOgg({ channels: 1, preSkip: 312, samples: 960, serial: 9, packets: [packet(30)] }), RangeError);
});

test("every changed byte is noticed", () => {
  const file = writeOgg({ channels: 1, preSkip: 312, samples: 2000, serial: 9, packets: [packet(9), packet(9), packet(9)] });
  for (let i = 0; i < file.length; i++) {
    const changed = file.slice();
    changed[i]! ^= 0x10;
    assert.equal(readOgg(changed), undefined, `byte ${i}`);
  }
});

test("every cut file is refused or has no more than its pages", () => {
  const file = writeOgg({ channels: 1, preSkip: 312, samples: 2000, serial: 9, packets: [packet(9), packet(9), packet(9)] });
  for (let n = 0; n < file.length; n++)
    assert.equal(readOgg(file.subarray(0, n)), undefined, `${n} bytes`);
});

test("a packet that goes on on the next page is one packet", () => {
  const head = readHeaders();
  const long = packet(400);
  /* 255 octets that go on; then 145. */
  const first = rawPage(0, 2, [255], long.subarray(0, 255)), second = rawPage(1 | 4, 3, [145], long.subarray(255));
  assert.deepEqual(readOgg(joined(head, first, second))?.packets, [long]);
});

function readHeaders(): Uint8Array {
  const file = writeOgg({ channels: 1, preSkip: 0, samples: 960, serial: 9, packets: [packet(9)] });
  return file.subarray(0, file.length - 27 - 1 - 9);
}

function rawPage(flags: number, number: number, sizes: number[], body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(27 + sizes.length + body.length);
  const view = new DataView(bytes.buffer);
  bytes.set([0x4f, 0x67, 0x67, 0x53, 0, flags]);
  view.setBigUint64(6, 960n, true);
  view.setUint32(14, 9, true);
  view.setUint32(18, number, true);
  bytes[26] = sizes.length;
  bytes.set(sizes, 27);
  bytes.set(body, 27 + sizes.length);
  view.setUint32(22, crc(bytes), true);
  return bytes;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return Uint8Array.from(parts.flatMap((part) => [...part]));
}

test("the pre-skip is the encoder's, or libopus' lookahead", () => {
  assert.equal(preSkipOf(undefined), 312);
  assert.equal(preSkipOf(HEAD.subarray(28)), 312);
  assert.equal(preSkipOf(Uint8Array.of(1, 2, 3)), 312);
});

test("samples of packets, by RFC 6716", () => {
  /* TOC of SILK WB 20 ms, hybrid, CELT 2.5 and 20 ms; codes 0 to 3. */
  assert.equal(packetSamples(Uint8Array.of(0x48, 1)), 960);
  assert.equal(packetSamples(Uint8Array.of(0x60, 1)), 480);
  assert.equal(packetSamples(Uint8Array.of(0xe0, 1)), 120);
  assert.equal(packetSamples(Uint8Array.of(0xf8, 1)), 960);
  assert.equal(packetSamples(Uint8Array.of(0x49, 1, 1)), 1920);
  assert.equal(packetSamples(Uint8Array.of(0x49, 1)), 0); /* two frames of half an octet */
  assert.equal(packetSamples(Uint8Array.of(0x4a, 1, 1, 1)), 1920);
  assert.equal(packetSamples(Uint8Array.of(0x4a, 9, 1, 1)), 0);
  assert.equal(packetSamples(Uint8Array.of(0x4b, 3, 1, 1, 1)), 2880);
  assert.equal(packetSamples(Uint8Array.of(0x4b, 0x83, 1, 1, 1, 1, 1)), 2880);
  assert.equal(packetSamples(Uint8Array.of(0x4b, 0)), 0); /* no frames */
  assert.equal(packetSamples(Uint8Array.of(0x4b, 7, ...new Array<number>(7).fill(0))), 0); /* 140 ms */
  assert.equal(packetSamples(Uint8Array.of(0x4b, 0x41, 2, 1, 0, 0)), 960); /* padded */
  assert.equal(packetSamples(Uint8Array.of(0x4b, 0x41, 9, 1, 0, 0)), 0);
  assert.equal(packetSamples(new Uint8Array()), 0);
  assert.equal(packetSamples(SILENCE), 960);
  assert.ok(isSilence(SILENCE) && !isSilence(packet(3)));
});

test("the payload of call_data", () => {
  const payload = putCallPacket(0xfffffffe, 0x80000001, Uint8Array.of(0x48, 7));
  assert.deepEqual([...payload], [0xff, 0xff, 0xff, 0xfe, 0x80, 0, 0, 1, 0x48, 7]);
  assert.deepEqual(takeCallPacket(payload), { sequence: 0xfffffffe, timestamp: 0x80000001, packet: Uint8Array.of(0x48, 7), samples: 960 });
  assert.equal(takeCallPacket(payload.subarray(0, 8)), undefined);
  assert.equal(takeCallPacket(putCallPacket(1, 1, Uint8Array.of(0x4b, 4, 1, 1, 1, 1))), undefined); /* 80 ms */
  assert.equal(takeCallPacket(putCallPacket(1, 1, packet(1276))), undefined);
});
