/* The small parts of voice: settings, support, stalls, sounds, push-to-talk, the send queue. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import { isCongested } from "../src/voice/call_audio.js";
import { listenForPush } from "../src/voice/push_to_talk.js";
import { DEFAULTS, openSettings, parseSettings } from "../src/voice/settings.js";
import { soundsOf, watchSounds } from "../src/voice/sound_watch.js";
import { BackOff, StallMeter } from "../src/voice/stalls.js";
import { choosesSpeaker, lackOf, troubleOf } from "../src/voice/support.js";
import type { Call, State } from "../src/model/state.js";

const BARE: State = { phase: "in", link: { state: "up" }, account: { username: "alice", admin: false, temporary: false },
  conversations: new Map(), people: new Map(), calls: new Map(), quiet: false, outboxLength: 0 };
const inCall = (names: readonly string[], part: Partial<Call> = {}): State => ({ ...BARE, call: { conversation: "#cooks", state: "in",
  participants: names.map((name) => ({ name, speaking: false, muted: false, volume: 1 })), muted: false, deafened: false, since: 0, ...part } });

/* --- settings --------------------------------------------------------------------------------- */

test("settings of another version or damaged ones are the defaults", () => {
  assert.deepEqual(parseSettings(null), DEFAULTS);
  assert.deepEqual(parseSettings("{"), DEFAULTS);
  assert.deepEqual(parseSettings('{"mode":"loud","threshold":"x","rate":7,"sounds":{"join":1}}'), DEFAULTS);
  assert.deepEqual(parseSettings('{"mode":"push","pushKey":"F9","sounds":{"join":false},"threshold":-200}'),
    { ...DEFAULTS, mode: "push", pushKey: "F9", threshold: -80, sounds: { ...DEFAULTS.sounds, join: false } });
});

test("settings are kept, and a browser that forbids it keeps them for the page", () => {
  const kept = new Map<string, string>();
  const storage = { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => void kept.set(key, value) };
  openSettings(storage).change({ pushKey: "F8" });
  assert.equal(openSettings(storage).settings.value.pushKey, "F8");
  const forbidding = { getItem: () => { throw new Error("no"); }, setItem: () => { throw new Error("no"); } };
  const here = openSettings(forbidding);
  here.change({ pushKey: "F7" });
  assert.equal(here.settings.value.pushKey, "F7");
});

/* --- support ----------------------------------------------------------------------------------- */

test("why there is no voice", () => {
  const all = { isSecureContext: true, navigator: { mediaDevices: {} }, AudioEncoder: 1, AudioDecoder: 1, AudioWorkletNode: 1 };
  assert.equal(lackOf(all), undefined);
  assert.equal(lackOf({ ...all, isSecureContext: false }), "insecure");
  assert.equal(lackOf({ ...all, AudioEncoder: undefined }), "no codec");
  assert.equal(lackOf({ ...all, AudioWorkletNode: undefined }), "no codec");
  assert.equal(choosesSpeaker({}), false);
  assert.equal(choosesSpeaker({ AudioContext: { prototype: { setSinkId: 1 } } }), true);
  assert.deepEqual(["NotAllowedError", "NotFoundError", "NotReadableError"].map((name) => troubleOf({ name })), ["refused", "none", "busy"]);
  assert.equal(troubleOf(undefined), "busy");
});

/* --- stalls ------------------------------------------------------------------------------------- */

test("an audio clock that stands still is a stall; uneven callbacks are none", () => {
  const meter = new StallMeter();
  let wall = 1000, audio = 0;
  const run = (blocks: number): void => {
    for (let i = 0; i < blocks; i++) {
      audio += 128 / 48;
      meter.tick(wall + Math.ceil(audio / 10) * 10, audio); /* callbacks of 10 ms */
    }
  };
  run(2000);
  assert.equal(meter.count, 0);
  wall += 40; /* the device waited */
  run(500);
  assert.equal(meter.count, 1);
  wall += 60_000; /* the machine slept */
  run(500);
  assert.equal(meter.count, 1);
});

test("three stalls in ten seconds ask for a longer buffer, up to the longest", () => {
  const backOff = new BackOff();
  assert.equal(backOff.hint, 0);
  assert.equal(backOff.report(2, 0), false);
  assert.equal(backOff.report(3, 20_000), false);
  assert.equal(backOff.report(5, 20_500), true);
  assert.equal(backOff.hint, 0.02);
  assert.equal(backOff.report(3, 21_000), true); /* a new graph counts from 0 */
  assert.equal(backOff.report(9, 22_000), true);
  assert.equal(backOff.hint, 0.08);
  assert.equal(backOff.report(100, 23_000), false);
});

/* --- sounds -------------------------------------------------------------------------------------- */

test("who comes and goes is heard, a held seat and the first list are not", () => {
  assert.deepEqual(soundsOf(inCall(["alice", "bob"]), inCall(["alice", "bob", "carol"])), ["join"]);
  assert.deepEqual(soundsOf(inCall(["alice", "bob"]), inCall(["alice"])), ["leave"]);
  assert.deepEqual(soundsOf(inCall([]), inCall(["alice", "bob"])), []);
  assert.deepEqual(soundsOf(inCall(["alice"]), inCall(["alice"], { state: "rejoining" })), []);
  assert.deepEqual(soundsOf(inCall(["alice"], { state: "rejoining" }), inCall(["alice", "bob"])), []);
  assert.deepEqual(soundsOf(BARE, inCall(["alice"])), ["join"]);
  assert.deepEqual(soundsOf(inCall([], { state: "joining" }), inCall(["alice"])), ["join"]);
  assert.deepEqual(soundsOf(inCall(["alice"]), BARE), ["leave"]);
  assert.deepEqual(soundsOf(inCall(["alice"]), inCall(["alice"], { muted: true })), ["mute"]);
});

test("a mention is heard once, and not when quiet", () => {
  const mentioned = (n: number, quiet = false): State => ({ ...BARE, quiet,
    conversations: new Map([["#cooks", { unreadMentions: n } as never]]) });
  assert.deepEqual(soundsOf(mentioned(0), mentioned(1)), ["mention"]);
  assert.deepEqual(soundsOf(mentioned(1), mentioned(1)), []);
  assert.deepEqual(soundsOf(mentioned(1), mentioned(0)), []);
  assert.deepEqual(soundsOf(mentioned(0, true), mentioned(1, true)), []);
});

test("only wanted sounds are played, and a ring goes on until it ends", (context) => {
  context.mock.timers.enable(["setInterval"]);
  const played: string[] = [];
  const state = signal<State>(BARE), settings = signal({ ...DEFAULTS, sounds: { ...DEFAULTS.sounds, leave: false } });
  const end = watchSounds(state, settings, (name) => played.push(name));
  state.value = inCall(["alice"]);
  state.value = BARE;
  assert.deepEqual(played, ["join"]);
  state.value = { ...BARE, ring: { from: "bob", since: 0 } };
  context.mock.timers.tick(6000);
  state.value = BARE;
  context.mock.timers.tick(6000);
  assert.deepEqual(played, ["join", "ring", "ring", "ring"]);
  end();
});

/* --- push to talk, and the send queue ------------------------------------------------------------- */

test("a held key talks; without the focus it counts as released; a field of text keeps its letters", () => {
  const page = new EventTarget();
  const told: boolean[] = [];
  const end = listenForPush(page as Window, () => "KeyB", (pushed) => told.push(pushed));
  const key = (name: string, code: string, target: unknown = {}): boolean => {
    const event = Object.assign(new Event(name, { cancelable: true }), { code, key: "b" });
    Object.defineProperty(event, "target", { value: target });
    page.dispatchEvent(event);
    return event.defaultPrevented;
  };
  assert.equal(key("keydown", "KeyB"), true);
  key("keydown", "KeyB"); /* it repeats */
  key("keyup", "KeyB");
  key("keydown", "KeyC");
  assert.equal(key("keydown", "KeyB", { tagName: "TEXTAREA" }), false);
  key("keydown", "KeyB");
  page.dispatchEvent(new Event("blur"));
  assert.deepEqual(told, [true, false, true, false]);
  end();
  key("keydown", "KeyB");
  assert.equal(told.length, 4);
});

test("frames beyond 200 ms in the socket are not sent", () => {
  const congested = (buffered: number, behindMs: number, packet = 90, ms = 20): boolean => isCongested({ buffered, behindMs }, packet, ms);
  assert.deepEqual([congested(0, 0), congested(2400, 0), congested(2401, 0)], [false, false, true]);
  /* 200 ms of longer packets are fewer bytes. */
  assert.deepEqual([congested(1400, 0, 270, 60), congested(1401, 0, 270, 60)], [false, true]);
  /* Nothing waits in the browser, but behind it. */
  assert.deepEqual([congested(0, 500), congested(0, 501)], [false, true]);
});
