/* model.test.ts - the model of the client, with a link that a test holds in its hand (hand.ts), and
 * IndexedDB in memory. Calls: model_calls.test.ts. */
import assert from "node:assert/strict";
import test from "node:test";
import { IDBFactory } from "fake-indexeddb";
import { Keep } from "../src/keep/keep.js";
import type { Client } from "../src/model/client.js";
import { Outbox, type Item } from "../src/model/outbox.js";
import { sha256 } from "../src/link/sha256.js";
import { isQuietAt, parseQuietHours, renewedQuietHours, writeQuietHours } from "../src/model/quiet.js";
import { wavOf } from "../src/model/wav.js";
import { AUTUMN, BERLIN, EXTRAS, SPRING, made, turn } from "./hand.js";
import { createHash } from "node:crypto";

const whisper = (seq: number, id: number, content: string, sender = "bob", extras = {}) =>
  ({ kind: "update" as const, action: "whisper", code: 0, fields: { sender, content }, extras: { id, seq, time: id, to: "ada", ...extras } });

const entry = (seq: number, content: string, sender = "bob") => ({ kind: "text", seq, id: seq * 10, time: seq, sender, content });
const shown = (client: Client, id = "bob") => {
  client.store.publish();
  return client.state.value.conversations.get(id)?.messages.map((each) => [each.seq, each.content]);
};

test("who registers tells the secret of a set-up link, and the text of an invitation, as what it is", () => {
  const { client, actions, link } = made();
  const told: unknown[] = [];
  Object.assign(link, { enter: ([first]: readonly { readonly extras: object }[]) => { told.push(first?.extras); } });
  client.lead(link);
  const secret = "0f".repeat(32), code = "5c0e8f2a-6b1d-4a77-9e30-c4d2a8b1f605";
  for (const invitation of [secret, code, ""]) void actions.register({ username: "ada", password: "pw", temporary: true, invitation });
  assert.deepEqual(told, [{ setup: secret }, { invitation: code }, {}]);
});

test("a number that is missing is asked for, and nothing is there twice", () => {
  const { client, actions, link, time, enter } = made();
  enter();
  actions.open("bob");
  link.answer("history", 0, { list: [entry(1, "one")], last: 1 });
  client.update(whisper(2, 20, "two"));
  client.update(whisper(4, 40, "four"));
  client.update(whisper(4, 40, "four"));
  assert.deepEqual(shown(client), [[1, "one"], [2, "two"], [4, "four"]]);
  time.pass(400);
  const ask = link.answer("history", 0, { list: [entry(3, "three"), entry(4, "four")], last: 4 });
  assert.deepEqual([ask.extras?.["after"]], [2]);
  assert.deepEqual(shown(client), [[1, "one"], [2, "two"], [3, "three"], [4, "four"]]);
  assert.equal(client.state.value.conversations.get("bob")?.unread, 4);
  time.pass(10_000);
  assert.ok(!link.actions().includes("history"));
});

test("an edit and a deletion take numbers: they are no gap", () => {
  const { client, actions, link, time, enter } = made();
  enter();
  actions.open("bob");
  link.answer("history", 0, { list: [entry(1, "one"), entry(2, "two")], last: 2 });
  client.update({ kind: "update", action: "edit", code: 0, fields: { sender: "bob", conversation: "ada", seq: 1, content: "ONE" }, extras: { id: 30, seq: 3, time: 9 } });
  client.update({ kind: "update", action: "delete", code: 0, fields: { sender: "bob", conversation: "ada", seq: 2 }, extras: { id: 31, seq: 4, time: 9 } });
  client.update(whisper(5, 50, "five"));
  time.pass(1_000);
  assert.deepEqual(shown(client), [[1, "ONE"], [2, ""], [5, "five"]]);
  assert.ok(!link.actions().includes("history"));
});

test("an own message is pale until its answer, keeps its key, and comes once also from the server", async () => {
  const { client, actions, link, enter } = made();
  enter();
  actions.open("bob");
  link.answer("history", 0, { list: [], last: 0 });
  actions.send("bob", "hi");
  await turn();
  const [pending] = client.state.value.conversations.get("bob")?.messages ?? [];
  assert.deepEqual([pending?.delivery, pending?.seq], ["pending", 0]);
  client.update(whisper(1, 10, "hi", "ada", { to: "bob", own: 1 })); /* the answer was lost, or is late */
  assert.deepEqual(shown(client), [[1, "hi"]]);
  link.answer("whisper", 0, { id: 10, seq: 1, time: 7 });
  assert.deepEqual(shown(client), [[1, "hi"]]);
  assert.equal(client.state.value.conversations.get("bob")?.messages[0]?.key, pending?.key);
  assert.equal(client.state.value.outboxLength, 0);
});

test("after a reload a message is sent again with the number that it had", async () => {
  const factory = new IDBFactory();
  const first = made(new Keep(factory));
  first.enter();
  first.actions.send("bob", "hi");
  await turn();
  const sent = first.link.asked.find((each) => each.ask.action === "whisper")?.ask;
  assert.equal(sent?.extras?.["n"], 1);
  await first.client.save();
  const second = made(new Keep(factory));
  await second.client.begin();
  assert.equal(second.client.state.value.phase, "in");
  assert.deepEqual(shown(second.client), [[0, "hi"]]);
  second.enter();
  await turn();
  const again = second.link.answer("whisper", 0, { id: 10, seq: 1, time: 7 });
  assert.deepEqual([again.fields, again.extras], [sent?.fields, sent?.extras]);
  await turn();
  assert.deepEqual((await new Keep(factory).load())?.outbox, []);
});

test("after a reload, edits, reactions and deletions that wait are drawn over the messages, once", async () => {
  const factory = new IDBFactory();
  const first = made(new Keep(factory));
  first.enter();
  first.actions.open("bob");
  const page = { list: [entry(1, "one", "ada"), { ...entry(2, "two"), reactions: [{ emoji: "+", count: 2, mine: 0 }] }, entry(3, "three", "ada")], last: 3 };
  first.link.answer("history", 0, page);
  await first.client.save(); /* before anything is done with them */
  first.actions.edit("bob", 1, "ONE");
  await turn();
  first.actions.react("bob", 2, "+", true);
  first.actions.remove("bob", 3);
  await turn();
  const second = made(new Keep(factory));
  await second.client.begin();
  const drawn = () => {
    second.client.store.publish();
    const [one, two, three] = second.client.state.value.conversations.get("bob")?.messages ?? [];
    return [one?.content, one?.editing?.content, two?.reactions, three?.deleted !== undefined];
  };
  const expected = ["one", "ONE", [{ emoji: "+", count: 3, mine: true }], true];
  assert.deepEqual(drawn(), expected);
  second.actions.open("bob");
  second.enter();
  second.link.answer("history", 0, page);
  assert.deepEqual(drawn(), expected);
  await turn();
  second.link.answer("edit", 0, { seq: 4, time: 9 });
  await turn();
  second.link.answer("react", 1027, { reason: "no" });
  await turn();
  second.link.answer("delete", 1027, { reason: "no" });
  assert.deepEqual(drawn(), ["ONE", undefined, [{ emoji: "+", count: 2, mine: false }], false]);
});

test("how loud people are is kept", async () => {
  const factory = new IDBFactory();
  const first = made(new Keep(factory));
  first.enter();
  first.actions.setVolume("bob", 0.5, false);
  first.actions.setVolume("eve", 1, true);
  first.actions.setVolume("dan", 2, false);
  first.actions.setVolume("dan", 1, false);
  await turn();
  assert.deepEqual((await new Keep(factory).load())?.account.volumes, { bob: { volume: 0.5, muted: false }, eve: { volume: 1, muted: true } });
  const second = made(new Keep(factory));
  await second.client.begin();
  second.enter();
  void second.actions.join("bob");
  second.client.store.publish();
  assert.deepEqual(second.client.store.now.call?.participants.map(({ name, volume, muted }) => [name, volume, muted]),
    [["ada", 1, false], ["bob", 0.5, false]]);
});

test("away after ten minutes without a touch in any tab, online at the next one; who is in a call is there", async () => {
  const { client, actions, link, time, enter } = made();
  enter();
  time.pass(9 * 60_000);
  actions.active();
  time.pass(9 * 60_000);
  assert.ok(!link.actions().includes("set_presence"));
  time.pass(60_000);
  assert.deepEqual(link.answer("set_presence", 0, {}).fields, ["away"]);
  time.pass(60 * 60_000);
  assert.ok(!link.actions().includes("set_presence"));
  client.attached({ username: "ada", token: "t" }, EXTRAS); /* a new connection is online */
  assert.deepEqual(link.answer("set_presence", 0, {}).fields, ["away"]);
  actions.active();
  assert.deepEqual(link.answer("set_presence", 0, {}).fields, ["online"]);
  void actions.join("#cooks");
  time.pass(10 * 60_000);
  time.pass(10 * 60_000);
  assert.ok(!link.actions().includes("set_presence"));
});

test("not my computer: nothing is kept; logging out and the end of the session clear everything", async () => {
  const factory = new IDBFactory();
  const guest = made(new Keep(factory), true);
  guest.enter();
  guest.actions.send("bob", "hi");
  await turn();
  await guest.client.save();
  assert.equal(await new Keep(factory).load(), undefined);
  const owner = made(new Keep(factory));
  owner.enter();
  await owner.client.save();
  await turn();
  assert.notEqual(await new Keep(factory).load(), undefined);
  owner.client.ended("revoked");
  await turn();
  assert.equal(await new Keep(factory).load(), undefined);
  assert.equal(owner.client.state.value.phase, "out");
  assert.match(owner.client.state.value.notice?.text ?? "", /another one/);
});

test("a tab that has lost the lead keeps its hands off what is kept", async () => {
  const factory = new IDBFactory();
  const first = made(new Keep(factory)), second = made(new Keep(factory));
  first.enter();
  await first.client.save();
  first.actions.send("bob", "hi"); /* is about to be sent */
  first.client.follow();
  await turn();
  await second.client.begin();
  second.enter();
  second.actions.send("bob", "there");
  await turn();
  await first.client.save();
  first.time.pass(60_000);
  await turn();
  assert.equal((await new Keep(factory).load())?.account.numbers.next, second.client.keptAccount?.numbers.next);
  assert.ok(!first.link.actions().includes("whisper"));
});

test("a server that was restored: all is loaded again, what the user wrote stays, and it is said", async () => {
  const { client, actions, link, enter } = made();
  enter();
  actions.open("bob");
  link.answer("history", 0, { list: [entry(1, "one")], last: 1 });
  client.update(whisper(2, 20, "two"));
  assert.equal(client.position().since, 20);
  actions.draft("bob", "half a th");
  actions.send("bob", "mine");
  client.attached({ username: "ada", token: "t" }, { db: "other.0", era: "f", restarted: 1, since: 0 });
  assert.deepEqual(client.position(), { since: 0, db: "other.0", era: "f" });
  assert.deepEqual(shown(client), [[0, "mine"]]);
  assert.equal(client.state.value.conversations.get("bob")?.draft, "half a th");
  assert.match(client.state.value.notice?.text ?? "", /restored/);
  assert.equal(client.state.value.current, "bob");
});

test("a refused message is red and can be sent again; one that came too fast waits by itself", async () => {
  const { client, actions, link, time, enter } = made();
  enter();
  actions.send("bob", "hi");
  await turn();
  link.answer("whisper", 1027, { reason: "no", rule: "muted" });
  client.store.publish();
  const [failed] = client.state.value.conversations.get("bob")?.messages ?? [];
  assert.deepEqual([failed?.delivery, failed?.refusal?.code, client.state.value.outboxLength], ["failed", 1027, 0]);
  actions.retry("bob", failed?.key ?? "");
  await turn();
  assert.equal(link.answer("whisper", 1026, { reason: "wait", rule: "text_rate" }).extras?.["n"], 2);
  await turn();
  assert.ok(!link.actions().includes("whisper"));
  time.pass(2_000);
  await turn();
  assert.equal(link.answer("whisper", 0, { id: 1, seq: 1, time: 1 }).extras?.["n"], 2);
});

test("16 messages of a conversation are under way at a time, in order; a refusal moves no other one", async () => {
  const { client, actions, link, time, enter } = made();
  enter();
  const words = Array.from({ length: 40 }, (_none, i) => `m${i}`);
  for (const each of words)
    actions.send("bob", each);
  await turn();
  const underWay = () => link.asked.filter(({ ask }) => ask.action === "whisper").map(({ ask }) => ask.fields[1]);
  assert.deepEqual(underWay(), words.slice(0, 16));
  link.answer("whisper", 0, { id: 1, seq: 1, time: 1 });
  link.answer("whisper", 1027, { reason: "no" }); /* for good */
  await turn();
  assert.deepEqual(underWay(), words.slice(2, 18));
  link.answer("whisper", 1026, { reason: "wait", rule: "text_rate" }); /* m2, for a moment */
  for (let i = 3; i < 18; i++)
    link.answer("whisper", 1026, { reason: "wait", rule: "text_rate" });
  await turn();
  assert.deepEqual(underWay(), []);
  time.pass(2_000);
  await turn();
  for (const each of words.slice(2)) { /* now one by one */
    assert.deepEqual(underWay(), [each]);
    link.answer("whisper", 0, { id: 1, seq: 1, time: 1 });
    await turn();
  }
  assert.equal(client.sending.outbox.all().filter((item) => item.failed === undefined).length, 0);
});

test("what a server takes by its defaults is not exceeded by messages that do not wait for each other", async () => {
  const { actions, link, enter } = made();
  enter();
  for (let i = 0; i < 320; i++)
    actions.send("bob", `m${i}`);
  const whispers = () => link.asked.filter(({ ask }) => ask.action === "whisper").length;
  let most = 0, sent = 0;
  for (await turn(); whispers() > 1; sent++, await turn()) {
    most = Math.max(most, whispers());
    link.answer("whisper", 0, { id: sent, seq: sent + 1, time: 1 });
  }
  assert.equal(most, 16);
  assert.ok(sent + whispers() >= 180 && sent + whispers() < 200, `${sent}`);
});

test("typing ends by itself, and with the message", () => {
  const { client, time, enter } = made();
  enter();
  client.update(whisper(1, 10, "hi"));
  const typing = () => { client.store.publish(); return client.state.value.conversations.get("bob")?.typing; };
  client.update({ kind: "update", action: "typing", code: 0, fields: { sender: "bob", conversation: "ada" }, extras: {} });
  assert.deepEqual(typing(), ["bob"]);
  time.pass(5_000);
  assert.deepEqual(typing(), []);
  client.update({ kind: "update", action: "typing", code: 0, fields: { sender: "bob", conversation: "ada" }, extras: {} });
  client.update(whisper(2, 20, "there"));
  assert.deepEqual(typing(), []);
});

test("receipts are confirmed only for what is kept", async () => {
  const { client, link, time, enter } = made();
  enter();
  client.update(whisper(1, 10, "hi"));
  client.store.publish();
  assert.ok(!link.actions().includes("received"));
  time.pass(1_000);
  await turn();
  assert.deepEqual(link.answer("received", 0, {}).fields, [10]);
});

test("numbers that have no answer are never 64 apart", () => {
  const outbox = new Outbox();
  const item = (i: number, n?: number): Item => ({ key: `k${i}`, conversation: `c${i}`, order: i, time: 0,
    deed: { kind: "text", content: "x" }, ...(n === undefined ? {} : { n }) });
  outbox.put(item(1, 5));
  outbox.take("k1");
  outbox.put(item(2));
  assert.deepEqual(outbox.ready({ part: 1, next: 67 }).map((each) => each.key), ["k2"]);
  assert.deepEqual(outbox.ready({ part: 1, next: 68 }).map((each) => each.key), []);
});

test("quiet hours over midnight, by the offset of the user, on their days", () => {
  const friday = Date.UTC(2026, 10, 27, 21, 30), hour = 3_600_000;
  const quiet = (text: string, at: number): boolean => isQuietAt(text, friday + at * hour);
  assert.deepEqual([-1, 0, 8, 9].map((at) => quiet("22:00-07:00 +01:00", at)), [false, true, true, false]);
  assert.deepEqual([0, 8].map((at) => quiet("22:00-07:00 12345 +01:00", at)), [true, true]); /* begun on Friday */
  assert.deepEqual([24, 32].map((at) => quiet("22:00-07:00 12345 +01:00", at)), [false, false]);
  assert.equal(quiet("off", 0), false);
});

test("quiet hours carry the zone and its changes, and are set again when one lies behind", async () => {
  const night = { from: "22:00", to: "07:00", days: [1, 2, 3, 4, 5, 6, 7] };
  const winter = Date.UTC(2026, 0, 10, 12, 0, 30);
  const text = writeQuietHours(night, BERLIN, winter);
  const parts = text.split(" ");
  assert.deepEqual(parts.slice(0, 5), ["22:00-07:00", "+01:00", "Europe/Berlin", `${SPRING / 60_000}+02:00`, `${AUTUMN / 60_000}+01:00`]);
  assert.equal(parts.length, 11);
  assert.deepEqual(parseQuietHours(text), night);
  assert.deepEqual([Date.UTC(2026, 0, 10, 21), Date.UTC(2026, 6, 10, 20), Date.UTC(2026, 6, 10, 5)].map((at) => isQuietAt(text, at)), [true, true, false]);
  assert.equal(renewedQuietHours(text, BERLIN, winter + 86_400_000), undefined);
  assert.match(renewedQuietHours(text, BERLIN, SPRING) ?? "", /^22:00-07:00 \+02:00 Europe\/Berlin \d+\+01:00 /);
  assert.equal(renewedQuietHours(text, { ...BERLIN, name: "Asia/Tokyo" }, SPRING), undefined);
  assert.equal(renewedQuietHours("22:00-07:00 +02:00", BERLIN, winter), undefined);
  const { link, time, enter } = made();
  time.now = SPRING;
  enter();
  const asked = link.asked.find((each) => each.ask.action === "quiet_hours");
  link.asked = [];
  asked?.done({ answer: { kind: "response", action: "quiet_hours", code: 0, fields: { hours: text }, extras: {} } });
  await turn();
  assert.deepEqual(link.answer("quiet_hours", 0, {}).fields, [renewedQuietHours(text, BERLIN, SPRING)]);
});

/** `open` with 50 messages that are read; then so many come. */
function busy(count: number) {
  const all = made();
  all.enter();
  all.actions.open("bob");
  all.link.answer("history", 0, { list: Array.from({ length: 50 }, (_none, i) => entry(i + 1, `m${i + 1}`)), last: 50, read: 50 });
  for (let seq = 51; seq <= 50 + count; seq++)
    all.client.update(whisper(seq, seq * 10, `m${seq}`));
  all.client.store.publish();
  const now = () => all.client.store.conversation("bob") as NonNullable<ReturnType<typeof all.client.store.conversation>>;
  return { ...all, now, span: () => [now().messages[0]?.seq, now().messages.at(-1)?.seq, now().messages.length] };
}

test("however many come, the window has at most 300 and begins with what is unread; the count is right", () => {
  const { actions, link, now, span } = busy(250);
  assert.deepEqual(span(), [1, 300, 300]);
  const more = busy(299);
  assert.deepEqual(more.span(), [50, 349, 300]);
  const most = busy(400);
  assert.deepEqual([most.span(), most.now().unread, most.now().newerLeft], [[51, 350, 300], 400, true]);
  most.actions.open("bob");
  assert.deepEqual(most.link.answer("history", 0, {}).extras, { around: 51, limit: 50 });
  /* Whoever sees the end has it in the window. */
  actions.seen("bob", 300);
  assert.equal(now().unread, 0);
  assert.ok(link.actions().includes("mark_read"));
});

test("all of a conversation is marked read, also what the window does not hold", () => {
  const { actions, link, now } = busy(400);
  actions.seen("bob", Infinity);
  assert.deepEqual(link.answer("mark_read", 0, {}).fields, ["bob", 450]);
  assert.deepEqual([now().unread, now().read], [0, 450]);
});

test("what another device has read in the middle of many is counted by the server", () => {
  const { client, link, now } = busy(400);
  link.asked = [];
  client.update({ kind: "update", action: "mark_read", code: 0, fields: { sender: "ada", conversation: "bob", seq: 100 }, extras: {} });
  link.answer("conversations", 0, { list: [{ conversation: "bob", kind: "text", seq: 450, id: 4500, time: 450, sender: "bob", content: "m450", unread: 350, read: 100 }] });
  assert.deepEqual([now().unread, now().read], [350, 100]);
  link.asked = [];
  client.update({ kind: "update", action: "mark_read", code: 0, fields: { sender: "ada", conversation: "bob", seq: 450 }, extras: {} });
  assert.equal(now().unread, 0);
  assert.deepEqual(link.actions(), []);
});

test("SHA-256 and WAV by hand", () => {
  for (const length of [0, 1, 55, 56, 63, 64, 65, 1000]) {
    const bytes = new Uint8Array(length).map((_byte, i) => i * 7);
    assert.equal(Buffer.from(sha256(bytes)).toString("hex"), createHash("sha256").update(bytes).digest("hex"));
  }
  assert.equal(Buffer.from(wavOf([1, -1], 1, 8_000)).toString("hex"),
    "52494646280000005741564566" + "6d7420" + "100000000100010040" + "1f0000803e0000020010006461746104000000" + "0100ffff");
});
