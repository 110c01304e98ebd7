/* hostile.test.ts - a server that sends what it likes does not break the client: each message with
 * each key missing and of each wrong type, huge lists, and random mixtures. After each the state is as
 * state.ts says, and the frame can be drawn. What has broken something once is kept in
 * test/corpus/hostile.txt: the messages of one connection a line, each as hexadecimal digits.
 *
 * HOSTILE=N plays N random connections instead of 50, from SEED=N on; what breaks is printed as such a line. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { Page } from "./page.js";
import { memory } from "../src/keep/memory.js";
import type { Ask, Result } from "../src/link/machine.js";
import { Client } from "../src/model/client.js";
import { ClientActions } from "../src/model/client_actions.js";
import type { LinkPort, World } from "../src/model/ports.js";
import type { Message, State } from "../src/model/state.js";
import { decode } from "../src/wire/codec.js";
import { pack } from "../src/wire/pack.js";
import { fakeActions } from "./fake.js";
import { ConversationList } from "../src/view/list.js";
import type { Tools } from "../src/view/message.js";
import { Messages } from "../src/view/messages.js";

type Map_ = { readonly [key: string]: unknown };

const OPEN = "#cooks", ME = "ada";
const ENTRY: Map_ = {
  kind: "text", seq: 7, id: 70, time: 1_760_000_000_000, sender: "bob", content: "hello", edited: 3, deleted_by: "eve", reply_to: 3, quote_sender: "eve",
  quote: "before", file: 9, file_name: "soup.jpg", size: 12, type: "image/jpeg", pixels: "20x30", thumbnail: 1, pinned: 1, mentioned: 1, damaged: 1, bot: 1,
  duration: 900, waveform: "0AZo", played: 1, call: "missed", of: 2, reactions: [{ emoji: "👍", count: 2, mine: 1 }],
};
const LISTED: Map_ = {
  ...ENTRY, conversation: OPEN, title: "cooks", display: "Cooks", topic: "soup", role: "owner", members: 4, in_call: 1, level: "all", until: 5, read: 2, peer_read: 2,
  delivered: 4, unread: 3, unread_mentions: 1, state: "online", seen: 4, name: "cooks", order: 2, writers: "moderators", slow: 3, heading: "Food", contact: 1, blocked: 1,
};
const UPDATES: readonly (readonly [string, readonly unknown[], Map_])[] = [
  ["whisper", ["bob", "hello"], { ...ENTRY, to: ME, notify: 1 }], ["msg_group", ["cooks", "bob", "hello"], { ...ENTRY, notify: 1 }],
  ["voice_msg", ["bob", 1, 48_000, [1, 2, 3]], { ...ENTRY, group: "cooks", to: ME }],
  ["edit", ["bob", OPEN, 7, "changed"], { id: 71, seq: 8, time: 5, mentioned: 1 }], ["delete", ["bob", OPEN, 7], { id: 71, seq: 8, time: 5 }],
  ["mark_read", ["bob", ME, 7], {}], ["mark_played", ["bob", ME, 7], {}], ["delivered", ["bob", 70], { id: 70 }], ["typing", ["bob", OPEN], {}],
  ["presence", ["bob", "away"], { seen: 4 }], ["profile", ["bob", "display", "Bob"], {}], ["profile", ["bob", "avatar", "17"], {}],
  ["react", ["bob", OPEN, 7, "👍"], {}], ["unreact", ["bob", OPEN, 7, "👍"], {}], ["notify", [OPEN, "all"], { until: 5 }], ["quiet_hours", ["off"], {}],
  ...["joined", "left", "kicked", "banned", "muted", "unmuted", "role", "topic", "access", "retention", "writers", "slow_mode", "pinned", "unpinned",
    "call_joined", "call_left", "speaking", "silent", "unheard of"].map((event) =>
    ["group_event", ["cooks", "eve", event], { user: "bob", role: "moderator", topic: "soup", limit: 9, until: 4, seq: 7, time: 5, id: 72 }] as const),
  ["ring", ["bob", ME, "ringing"], {}], ["call_left", ["cooks", "moved"], {}], ["call_data", ["bob", [1, 2]], {}], ["session_ended", [ME, "revoked"], {}], ["settings", [ME], {}],
];
/** What the client asks for by itself, and an answer. */
const ANSWERS: { readonly [action: string]: Map_ } = {
  history: { list: [ENTRY, { ...ENTRY, seq: 8, kind: "edit" }, { ...ENTRY, seq: 9, kind: "delete" }, { ...ENTRY, seq: 10, kind: "voice" }], last: 10, next: 7, read: 2, peer_read: 2, delivered: 4 },
  conversations: { list: [LISTED, { ...LISTED, conversation: "bob" }], next: 3 }, groups: { list: [LISTED] }, contacts: { list: [{ ...LISTED, name: "bob" }] },
  members: { list: [{ ...LISTED, name: "bob" }] },
};
const WRONG: readonly unknown[] = [
  undefined, null, true, -1, 1.5, 1e300, 2 ** 53, "", "text", "\ud800", "__proto__", new Uint8Array([0xff, 0xfe]), [], [null, 1, "x", [], { seq: {} }], {},
  { list: 1 },
];
const HUGE: readonly unknown[] = [
  "\u0300".repeat(20_000), Array.from({ length: 2_000 }, () => 1), Array.from({ length: 300 }, (_none, i) => ({ ...ENTRY, seq: i, emoji: `e${i}`, count: 1e300 })),
];

/* --- a client that hears bytes ------------------------------------------------------------------------ */

class Ear implements LinkPort {
  up = true;
  buffered = 0;
  behindMs = 0;
  roundTripMs = undefined;
  waiting: { readonly ask: Ask; readonly done: (result: Result) => void }[] = [];
  start(): void {}
  stop(): void {}
  end(): void {}
  reconnect(): void {}
  setInCall(): void {}
  tell(): boolean { return true; }
  enter(): void {}
  request(ask: Ask, done: (result: Result) => void): void { this.waiting.push({ ask, done }); }
}

function client() {
  let random = 1;
  const world = {
    now: () => 1_760_000_001_000, later: () => () => {}, soon: () => {}, randomNumber: () => ++random, put: async () => 204, get: async () => undefined,
    sha256: async () => new Uint8Array(32), thumbnail: async () => undefined, zone: { name: "UTC", ahead: () => 0 },
  } as World;
  const made = new Client(memory(), world), ear = new Ear();
  made.lead(ear);
  made.entered({ username: ME, token: "t" }, true);
  made.changed({ state: "up" });
  made.attached({ username: ME, token: "t" }, { db: "d.0", era: "e" });
  new ClientActions(made).open(OPEN);
  const hear = (bytes: Uint8Array): void => {
    const message = decode(bytes);
    if (message?.kind === "update")
      made.update(message);
    const asked = message?.kind === "response" ? ear.waiting.find(({ ask }) => ask.action === message.action) : undefined;
    ear.waiting = ear.waiting.filter((each) => each !== asked);
    asked?.done({ answer: message as NonNullable<typeof message> });
  };
  hear(pack(["response", "history", 0, ANSWERS["history"]]));
  hear(pack(["response", "conversations", 0, ANSWERS["conversations"]]));
  return { made, hear };
}

/* --- what must hold --------------------------------------------------------------------------------------- */

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const TYPES: { readonly [type: string]: (value: unknown) => boolean } = {
  text: (value) => typeof value === "string", count: isCount, flag: (value) => typeof value === "boolean", list: Array.isArray, order: (value) => Number.isSafeInteger(value),
};
const MESSAGE = "key text, seq count, id count, time count, sender text, own flag, kind text, content text, delivery text, pinned flag, mentioned flag, damaged flag, bot flag, "
  + "reactions list, edited? count, deleted? count, deletedBy? text, replyTo? count, quoteSender? text, quote? text";
const FILE = "id count, name text, size count, type text, hasThumbnail flag, width? count, height? count";
const CONVERSATION = "id text, title text, topic? text, heading? text, order order, members? count, inCall count, announcements flag, slowSeconds count, unread count, "
  + "unreadMentions count, read count, peerRead count, level text, mutedUntil? count, draft text, lastTime count, preview text, messages list, events list, typing list";
const PERSON = "name text, display? text, status? text, avatar? count, presence text, seen? count, bot flag, contact flag, blocked flag";

function assertShape(value: object, shape: string): void {
  for (const part of shape.split(", ")) {
    const [name = "", type = ""] = part.split(" ");
    const key = name.replace("?", ""), is = (value as Map_)[key];
    assert.ok((is === undefined && name.endsWith("?")) || TYPES[type]?.(is), `${key} is ${JSON.stringify(is)?.slice(0, 80)}, no ${type}`);
  }
}

function assertMessage(message: Message): void {
  assertShape(message, MESSAGE);
  if (message.file) assertShape(message.file, FILE);
  if (message.recording) assertShape(message.recording, "durationMs count, size count, waveform list, played flag");
  assert.ok((message.recording?.waveform.length ?? 0) <= 64);
  assert.ok(message.reactions.length <= 50, `${message.reactions.length} reactions`);
  for (const each of message.reactions) assertShape(each, "emoji text, count count, mine flag");
}

function assertState(state: State): void {
  for (const conversation of state.conversations.values()) {
    assertShape(conversation, CONVERSATION);
    assert.ok(conversation.messages.length <= 300);
    assert.equal(new Set(conversation.messages.map((each) => each.key)).size, conversation.messages.length);
    conversation.messages.forEach(assertMessage);
    for (const each of conversation.events) assertShape(each, "key text, time count, event text, sender text, member? text, value? text");
    assert.ok(conversation.typing.every((name) => typeof name === "string"));
  }
  for (const person of state.people.values()) assertShape(person, PERSON);
  for (const participants of state.calls.values()) for (const each of participants) assertShape(each, "name text, speaking flag, muted flag");
}

/** Draws what the state says, in a page without a browser. */
async function drawn(made: Client): Promise<void> {
  const shared = { state: made.state, actions: fakeActions().actions };
  const conversation = made.state.value.conversations.get(OPEN);
  const page = await new Page().show(<main><ConversationList shared={shared} />
    {conversation && <Messages shared={shared} conversation={conversation} people={made.state.value.people} me={ME} target={undefined} tools={{} as Tools} />}</main>);
  await page.leave();
}

async function survives(messages: readonly Uint8Array[], draws: boolean): Promise<void> {
  const { made, hear } = client();
  try {
    for (const bytes of messages) hear(bytes);
    made.store.publish();
    assertState(made.state.value);
    if (draws) await drawn(made);
  } catch (error) {
    throw new Error(`${String(error)}\n${messages.map((bytes) => Buffer.from(bytes).toString("hex").slice(0, 4_000)).join(" ")}`, { cause: error });
  }
}

const change = (map: Map_, key: string, value: unknown): Map_ => {
  const { [key]: _old, ...rest } = map;
  return value === undefined ? rest : { ...rest, [key]: value };
};
const update = (action: string, fields: readonly unknown[], map: Map_): Uint8Array => pack(["update", action, ...fields, map]);
const answer = (action: string, map: Map_): Uint8Array => pack(["response", action, 0, map]);
const readable = (map: Map_): Uint8Array | undefined => {
  try { return update("whisper", ["bob", "x"], map); } catch { return undefined; }
};
const wrong = WRONG.filter((value) => value === undefined || readable({ value }) !== undefined);

/* --- the tests ------------------------------------------------------------------------------------------------ */

test("each update with each field and key missing or of a wrong type", async () => {
  for (const [action, fields, map] of UPDATES) {
    /* one that has an id that is not new has come twice, and is dropped */
    const fresh = (at: number): Map_ => ("id" in map ? { ...map, id: 100 + at } : map);
    for (const at of fields.keys()) await survives(wrong.map((value, i) => update(action, fields.map((old, place) => (place === at ? value ?? null : old)), fresh(i))), false);
    for (const key of Object.keys(map)) await survives(wrong.map((value, i) => update(action, fields, change(fresh(i), key, value))), false);
    for (const value of HUGE) await survives([update(action, fields, { ...map, content: value, list: value, reactions: value })], false);
    await survives([update(action, fields.slice(1), map), update(action, [], {}), update(action, fields, map)], true);
  }
});

test("each list of the server with each key missing or of a wrong type, and far too long", async () => {
  for (const [action, map] of Object.entries(ANSWERS)) {
    const [first = {}] = map["list"] as readonly Map_[];
    for (const key of Object.keys(map)) for (const value of wrong) await survives([answer(action, change(map, key, value))], false);
    for (const key of Object.keys(first))
      await survives([answer(action, { ...map, list: wrong.map((value, i) => change({ ...first, seq: 11 + i }, key, value)) })], false);
    await survives([answer(action, { ...map, list: Array.from({ length: 2_000 }, (_none, seq) => ({ ...first, seq, name: `n${seq}`, conversation: `c${seq}` })) })], true);
  }
});

test("wrong values are drawn as nothing, or as text", async () => {
  for (const value of HUGE)
    await survives([answer("history", { ...ANSWERS["history"], list: [{ ...ENTRY, seq: 11, content: value, quote: value, file_name: value, reactions: value }] })], true);
  for (const value of wrong) {
    const all = Object.fromEntries(Object.keys(ENTRY).map((key) => [key, value]));
    const entries = Object.keys(ENTRY).map((key, at) => ({ ...change(all, key, ENTRY[key]), seq: 11 + at }));
    await survives([answer("history", { ...ANSWERS["history"], list: entries })], true);
  }
});

/** Numbers that are the same for the same seed. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function randomMessage(random: (below: number) => number): Uint8Array {
  const any = <T,>(list: readonly T[]): T => list[random(list.length)] as T;
  const twisted = (map: Map_): Map_ => (random(3) === 0 ? map : change(map, any([...Object.keys(map), "extra"]), any(wrong)));
  const [action, fields, map] = any(UPDATES);
  const list = any(Object.keys(ANSWERS));
  const bytes = random(2) === 0 ? update(action, fields.map((field) => (random(6) === 0 ? any(wrong) ?? null : field)), twisted(twisted(map)))
    : answer(list, twisted({ ...ANSWERS[list], list: [1, 2, 3].map(() => twisted(twisted(random(2) ? LISTED : { ...ENTRY, seq: random(20) }))) }));
  if (random(8) === 0) bytes[random(bytes.length)] = random(256);
  return bytes;
}

test("random mixtures", async () => {
  const begin = Number(process.env["SEED"] ?? 1), rounds = Number(process.env["HOSTILE"] ?? 50);
  for (let seed = begin; seed < begin + rounds; seed++) {
    const random = randomFrom(seed);
    await survives(Array.from({ length: 1 + random(8) }, () => randomMessage(random)), seed % 10 === 0);
  }
});

test("what has broken something once", async () => {
  for (const line of readFileSync("test/corpus/hostile.txt", "utf8").split("\n").filter((each) => each !== "" && !each.startsWith("#")))
    await survives(line.split(" ").map((hex) => Uint8Array.from(Buffer.from(hex, "hex"))), true);
});
