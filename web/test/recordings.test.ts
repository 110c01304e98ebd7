/* Recording and playing voice messages, with a microphone and a player that do nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import { Player, type Sounder, type Track } from "../src/voice/player.js";
import { Recorder, waveformOf, type Recorded } from "../src/voice/recorder.js";
import { DEFAULTS } from "../src/voice/settings.js";

const settled = (): Promise<void> => new Promise((done) => setImmediate(done));

function recorder(fail?: unknown) {
  const sent: Recorded[] = [];
  let frames = 0, level = (_db: number): void => undefined;
  const counts = { opened: 0, closed: 0 };
  const made = new Recorder(signal(DEFAULTS), (recorded) => sent.push(recorded), async (_settings, tell) => {
    if (fail !== undefined)
      throw fail;
    counts.opened++;
    frames = 0;
    level = tell;
    return { record: () => undefined, close: () => { counts.closed++; },
      recorded: async () => (frames === 0 ? undefined
        : { file: Uint8Array.of(frames), samples: frames * 960, peaks: new Array<number>(frames).fill(0.5) }) };
  });
  const speak = (ms: number): void => {
    for (let i = 0; i < ms / 20; i++) {
      frames++;
      level(-30);
    }
  };
  return { made, sent, speak, counts };
}

test("hold, speak, release: it is sent", async () => {
  const { made, sent, speak, counts } = recorder();
  await made.start();
  speak(1000);
  const view = made.view.value;
  assert.ok(view.phase === "recording" && view.ms === 1000 && view.level === 0.5 && view.levels.length === 10);
  await made.release();
  assert.deepEqual(sent.map(({ durationMs, waveform }) => [durationMs, waveform.length]), [[1000, 64]]);
  assert.deepEqual(counts, { opened: 1, closed: 1 });
  assert.equal(made.view.value.phase, "idle");
});

test("it can be listened to before it is sent, or thrown away", async () => {
  const { made, sent, speak } = recorder();
  await made.start();
  speak(800);
  await made.stop();
  assert.equal(made.view.value.phase, "ready");
  assert.equal(sent.length, 0);
  await made.release();
  assert.equal(sent.length, 1);
  await made.start();
  speak(800);
  await made.stop();
  made.cancel();
  assert.equal(made.view.value.phase, "idle");
  assert.equal(sent.length, 1);
});

test("cancelled while it records, or before the microphone is open: nothing is sent", async () => {
  const { made, sent, speak, counts } = recorder();
  await made.start();
  speak(1000);
  made.cancel();
  const opening = made.start();
  made.cancel();
  await opening;
  await settled();
  assert.equal(sent.length, 0);
  assert.deepEqual(counts, { opened: 2, closed: 2 });
  assert.equal(made.view.value.phase, "idle");
});

test("a slip of the finger is no message", async () => {
  const { made, sent, speak } = recorder();
  await made.start();
  speak(200);
  await made.release();
  assert.equal(sent.length, 0);
  assert.deepEqual(made.view.value, { phase: "idle", trouble: "too short" });
});

test("after two minutes it ends by itself and waits", async () => {
  const { made, sent, speak } = recorder();
  await made.start();
  speak(121_000);
  await settled();
  assert.equal(made.view.value.phase, "ready");
  assert.equal(sent.length, 0);
});

test("a refused microphone is told", async () => {
  const { made } = recorder({ name: "NotAllowedError" });
  await made.start();
  assert.deepEqual(made.view.value, { phase: "idle", trouble: "refused" });
});

test("a waveform has the loudest of each part", () => {
  assert.deepEqual(waveformOf([0.25]), new Array<number>(64).fill(0.25));
  const peaks = new Array<number>(640).fill(0.1);
  peaks[325] = 0.9;
  assert.deepEqual(waveformOf(peaks).map((peak, i) => (peak > 0.5 ? i : -1)).filter((i) => i >= 0), [32]);
  assert.deepEqual(waveformOf([]), new Array<number>(64).fill(0));
});

/* --- the player ------------------------------------------------------------------------------------ */

class FakeAudio implements Sounder {
  src = ""; currentTime = 0; playbackRate = 1; preservesPitch = false; playing = false;
  readonly handlers = new Map<string, () => void>();
  async play(): Promise<void> {
    if (this.src === "blob:bad")
      throw new Error("no");
    this.playing = true;
  }
  pause(): void { this.playing = false; }
  addEventListener(name: string, handler: () => void): void { this.handlers.set(name, handler); }
  tell(name: string): void { this.handlers.get(name)!(); }
}

function player() {
  const audio = new FakeAudio(), types: string[] = [], events: string[] = [];
  let urls = 0;
  const made = new Player(() => audio, {
    createObjectURL: (blob) => { types.push(blob.type); urls++; return `blob:${blob.size === 1 ? "bad" : urls}`; },
    revokeObjectURL: () => { urls--; },
  });
  const track = (key: string, bytes: Uint8Array | undefined, next?: Track): Track => ({ key, durationMs: 10_000,
    load: async () => { events.push(`load ${key}`); return bytes; }, started: () => events.push(`started ${key}`), next: () => next });
  return { made, audio, types, events, track, urls: () => urls };
}

const OGG = Uint8Array.of(0x4f, 1), WAV = Uint8Array.of(0x52, 1);

test("plays, pauses and goes on where it was", async () => {
  const { made, audio, events, track, types } = player();
  const one = track("1", OGG);
  await made.play(one);
  assert.ok(audio.playing && audio.preservesPitch);
  audio.currentTime = 3;
  audio.tell("timeupdate");
  assert.equal(made.view.value.ms, 3000);
  made.toggle(one);
  assert.deepEqual(made.view.value, { key: "1", phase: "paused", ms: 3000 });
  audio.currentTime = 0;
  await made.play(one);
  assert.equal(audio.currentTime, 3);
  assert.deepEqual(events, ["load 1", "started 1", "started 1"]);
  assert.deepEqual(types, ["audio/ogg"]);
});

test("the next plays by itself, and one address is kept at a time", async () => {
  const { made, audio, events, track, types, urls } = player();
  await made.play(track("1", OGG, track("2", WAV)));
  audio.tell("ended");
  await settled();
  assert.deepEqual(events, ["load 1", "started 1", "load 2", "started 2"]);
  assert.deepEqual(types, ["audio/ogg", "audio/wav"]);
  assert.equal(urls(), 1);
  audio.tell("ended");
  assert.equal(made.view.value.phase, "stopped");
});

test("seeking and speed", async () => {
  const { made, audio, track } = player();
  made.setRate(1.5);
  made.seek(track("1", OGG), 0.25);
  await settled();
  assert.deepEqual([audio.currentTime, audio.playbackRate], [2.5, 1.5]);
  made.setRate(2);
  assert.equal(audio.playbackRate, 2);
});

test("what cannot be had or played says so, and can be tried again", async () => {
  const { made, track } = player();
  await made.play(track("1", undefined));
  assert.equal(made.view.value.phase, "failed");
  await made.play(track("1", Uint8Array.of(0x4f)));
  assert.equal(made.view.value.phase, "failed");
  await made.play(track("1", OGG));
  assert.equal(made.view.value.phase, "playing");
});

test("of two that are begun at once the second plays", async () => {
  const { made, events, track } = player();
  const first = made.play(track("1", OGG)), second = made.play(track("2", OGG));
  await Promise.all([first, second]);
  assert.equal(made.view.value.key, "2");
  assert.equal(made.view.value.phase, "playing");
  assert.ok(!events.includes("started 1"));
});
