/* What is heard of a call: levels, pitch and continuity of a tone after networks, in simulated time. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Gate, MutedSpeech, meter, peakOf, rmsDb } from "../src/voice/level.js";
import { ListBuffer, Upsampler } from "../src/voice/list_buffer.js";
import { BLOCK, Playout } from "../src/voice/playout.js";
import { HISTORY, conceal, lengthen, shorten } from "../src/voice/stretch.js";

const tone = (n: number, hertz = 440, from = 0, rate = 48000, loud = 0.5): Float32Array =>
  Float32Array.from({ length: n }, (_, i) => loud * Math.sin((2 * Math.PI * hertz * (from + i)) / rate));

const packetOf = (number: number, hertz = 440) =>
  ({ sequence: number, timestamp: number * 960, samples: 960, pcm: tone(960, hertz, number * 960) });

/* The sharpest bend between neighbours. A click of a tenth of the tone's height has 30 times the bend
 * of the tone; stretching and concealment have up to 5. */
function bend(pcm: Float32Array): number {
  let most = 0;
  for (let i = 2; i < pcm.length; i++)
    most = Math.max(most, Math.abs(pcm[i]! - 2 * pcm[i - 1]! + pcm[i - 2]!));
  return most;
}

/** Hears `packets`, [arrival in ms, number], for so long. */
function heard(playout: Playout, packets: readonly (readonly [number, number])[], ms: number, speaker = "a"): Float32Array {
  const out = new Float32Array(Math.ceil((ms * 48) / BLOCK) * BLOCK);
  let at = 0;
  for (let i = 0; i < out.length; i += BLOCK) {
    const nowUs = (i * 125) / 6;
    for (; at < packets.length && packets[at]![0] * 1000 <= nowUs; at++)
      playout.put(speaker, packetOf(packets[at]![1]), nowUs);
    playout.take(nowUs, out.subarray(i, i + BLOCK));
  }
  return out;
}

const onTime = (n: number): [number, number][] => Array.from({ length: n }, (_, i) => [i * 20, i]);

test("a tone comes out as it went in", () => {
  const playout = new Playout();
  const out = heard(playout, onTime(100), 1900);
  assert.ok(Math.abs(rmsDb(out.subarray(24000, 72000)) - rmsDb(tone(48000))) < 0.2);
  assert.ok(bend(out) < bend(tone(960)) * 8);
  const [stats] = playout.stats;
  assert.equal(stats!.late + stats!.lost + stats!.dropped, 0);
});

test("a lost packet is concealed without a click and at the tone's level", () => {
  const playout = new Playout();
  const out = heard(playout, onTime(100).filter(([, number]) => number % 10 !== 5), 1900);
  assert.equal(playout.stats[0]!.lost, 9); /* number 95 is not due to be missed yet */
  assert.ok(bend(out.subarray(24000, 72000)) < bend(tone(960)) * 8, String(bend(out)));
  for (let i = 24000; i < 72000; i += 480)
    assert.ok(rmsDb(out.subarray(i, i + 480)) > rmsDb(tone(480)) - 3, `quiet at ${i}`);
});

test("after a stall the delay falls back within a second", () => {
  const playout = new Playout();
  /* All packets of 400 ms come at once, and from then on as before. */
  const packets = onTime(200).map(([at, number]): [number, number] => [at >= 1000 && at < 1400 ? 1400 : at, number]);
  heard(playout, packets, 2400);
  const [stats] = playout.stats;
  assert.ok(stats!.delayMs <= 25, String(stats!.delayMs));
});

test("silence fades, and is silent", () => {
  const playout = new Playout();
  const out = new Float32Array(48000);
  for (let i = 0; i < 375; i++) {
    const nowUs = (i * BLOCK * 125) / 6;
    if (i % 7 === 0 && i < 140)
      playout.put("a", packetOf(i / 7), (i * BLOCK * 125) / 6);
    if (i === 140)
      playout.put("a", { sequence: 20, timestamp: 20 * 960, samples: 960, pcm: new Float32Array(0) }, nowUs);
    playout.take(nowUs, out.subarray(i * BLOCK, (i + 1) * BLOCK));
  }
  assert.equal(peakOf(out.subarray(24000)), 0);
  assert.ok(peakOf(out.subarray(9600, 14400)) > 0.4);
  assert.ok(bend(out) < bend(tone(960)) * 8, String(bend(out)));
});

test("volume, mute and deafness", () => {
  const level = (change: (playout: Playout) => void): number => {
    const playout = new Playout();
    change(playout);
    return rmsDb(heard(playout, onTime(50), 900).subarray(19200, 38400));
  };
  const plain = level(() => undefined);
  assert.ok(Math.abs(level((playout) => playout.setVolume("a", 0.5, false)) - plain + 6.02) < 0.1);
  assert.equal(level((playout) => playout.setVolume("a", 1, true)), -100);
  assert.equal(level((playout) => playout.setVolume("a", 0, false)), -100);
  assert.equal(level((playout) => { playout.deafened = true; }), -100);
  assert.ok(Math.abs(level((playout) => { playout.setVolume("a", 1, true); playout.remove("a"); }) - plain) < 0.01);
});

test("many loud speakers do not clip", () => {
  const playout = new Playout();
  const out = new Float32Array(BLOCK);
  let most = 0;
  for (let i = 0; i < 200; i++) {
    const nowUs = (i * BLOCK * 125) / 6;
    for (let who = 0; who < 5 && i % 7 === 0; who++)
      playout.put(`s${who}`, packetOf(i / 7), nowUs);
    playout.take(nowUs, out);
    most = Math.max(most, peakOf(out));
  }
  assert.ok(most > 0.9 && most <= 0.9771, String(most));
});

test("there are 50 speakers and no more", () => {
  const playout = new Playout();
  for (let i = 0; i < 60; i++)
    playout.put(`s${i}`, packetOf(0), 0);
  assert.equal(playout.stats.length, 50);
});

test("PCM arrays of plain clients are heard at their pitch", () => {
  const playout = new Playout();
  const out = new Float32Array(48000);
  for (let i = 0; i * BLOCK < 48000 - BLOCK; i++) {
    if (i % 7 === 0) /* 18.67 ms are 823.2 samples */
      playout.putList("a", [...tone(823, 440, (i / 7) * 823, 44100)].map((sample) => Math.round(sample * 32767)));
    playout.take((i * BLOCK * 125) / 6, out.subarray(i * BLOCK, (i + 1) * BLOCK));
  }
  let crossings = 0;
  for (let i = 24001; i < 43200; i++)
    crossings += Number(out[i - 1]! < 0 && out[i]! >= 0);
  assert.ok(Math.abs(crossings - 176) <= 2, String(crossings)); /* 440 Hz in 0.4 s */
  assert.ok(playout.stats[0]!.plain);
});

test("from 44.1 to 48 kHz there is no seam between pieces", () => {
  const up = new Upsampler();
  const whole = [...tone(44100, 1000, 0, 44100)].map((sample) => Math.round(sample * 32767));
  const parts: number[] = [];
  for (let at = 0; at < whole.length; at += 882)
    parts.push(...up.push(whole.slice(at, at + 882)));
  assert.ok(Math.abs(parts.length - 48000) <= 3, String(parts.length));
  assert.ok(bend(Float32Array.from(parts).subarray(10)) < bend(tone(960, 1000)) * 8);
});

test("a burst of PCM is shed", () => {
  const list = new ListBuffer(BLOCK);
  const piece = [...tone(882, 440, 0, 44100)].map((sample) => Math.round(sample * 32767));
  for (let i = 0; i < 12; i++)
    list.put(piece);
  for (let i = 0; i < 375; i++) {
    if (i % 15 === 0) for (let j = 0; j < 2; j++) list.put(piece);
    list.take();
  }
  assert.ok(list.delayMs <= list.targetMs + 60, String(list.delayMs));
});

test("stretching keeps the pitch and has no click", () => {
  const pcm = tone(960);
  for (const changed of [shorten(pcm, 480), lengthen(pcm)]) {
    assert.notEqual(changed.length, 960);
    assert.ok(bend(changed) < bend(pcm) * 2);
  }
  assert.equal(shorten(pcm, 100).length, 960);
});

test("concealment goes on at the same phase, and fades away", () => {
  const history = tone(HISTORY);
  const all = new Float32Array(HISTORY + 4800);
  all.set(history);
  all.set(conceal(history, 0, 4800), HISTORY);
  assert.ok(bend(all) < bend(history) * 8, String(bend(all) / bend(history)));
  assert.ok(peakOf(all.subarray(-48)) < 0.02);
});

/* --- the microphone ------------------------------------------------------------------------ */

test("the gate opens with speech and stays open for a while", () => {
  const gate = new Gate({ mode: "voice", threshold: -45, hangMs: 100 });
  const silence = new Float32Array(960);
  assert.ok(!gate.take(silence));
  assert.ok(gate.take(tone(960)));
  const after = Array.from({ length: 8 }, () => gate.take(silence));
  assert.deepEqual(after, [true, true, true, true, true, false, false, false]);
});

test("a frame goes out whole if any part of it is loud", () => {
  const gate = new Gate({ mode: "voice", threshold: -45, hangMs: 0 });
  const frame = new Float32Array(960);
  frame.set(tone(240), 240);
  assert.ok(gate.take(frame));
  assert.ok(!gate.take(new Float32Array(960)));
});

test("push to talk, open, and mute over all", () => {
  const gate = new Gate({ mode: "push", threshold: -45, hangMs: 0 });
  assert.ok(!gate.take(tone(960)));
  gate.pushed = true;
  assert.ok(gate.take(new Float32Array(960)));
  gate.muted = true;
  assert.ok(!gate.take(tone(960)));
  gate.muted = false;
  gate.options = { mode: "open", threshold: 0, hangMs: 0 };
  assert.ok(gate.take(new Float32Array(960)));
});

test("who speaks while muted is warned, once in ten seconds", () => {
  const speech = new MutedSpeech();
  const warnings: number[] = [];
  for (let ms = 0; ms < 12_000; ms += 20)
    if (speech.take(-20, 20, true, ms))
      warnings.push(ms);
  assert.deepEqual(warnings, [280, 10_280]);
  assert.ok(!Array.from({ length: 50 }, (_, i) => speech.take(-20, 20, false, 30_000 + i)).some(Boolean));
  assert.ok(!Array.from({ length: 50 }, (_, i) => speech.take(-80, 20, true, 40_000 + i)).some(Boolean));
});

test("levels", () => {
  assert.ok(Math.abs(rmsDb(tone(48000)) + 9.03) < 0.01);
  assert.equal(rmsDb(new Float32Array(5)), -100);
  assert.deepEqual([meter(-100), meter(-60), meter(-30), meter(0), meter(3)], [0, 0, 0.5, 1, 1]);
});
