/* The lines of the list of messages, and the order of conversations. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { neighbour, sectionsOf, totalMentions } from "../src/model/sections.js";
import type { Message } from "../src/model/state.js";
import { newestSeq, timeline } from "../src/model/timeline.js";
import { conversation } from "./fake.js";

const NOON = new Date(2026, 5, 1, 12).getTime();
const MINUTE = 60_000;

function message(seq: number, sender: string, minutes: number, change: Partial<Message> = {}): Message {
  return {
    key: String(seq), seq, id: seq, time: NOON + minutes * MINUTE, sender, own: sender === "alice", kind: "text", content: "x", delivery: "stored",
    pinned: false, mentioned: false, reactions: [], damaged: false, bot: false, ...change,
  };
}

function brief(messages: readonly Message[], newAfter?: number, events: Parameters<typeof timeline>[0]["events"] = []): string {
  return timeline({ messages, events, olderLeft: false }, newAfter)
    .map((line) => (line.kind === "message" ? `${line.message.seq}${line.head ? "h" : ""}` : line.kind)).join(" ");
}

test("days, heads and groups of five minutes", () => {
  assert.equal(brief([message(1, "bob", 0), message(2, "bob", 4), message(3, "bob", 10), message(4, "eve", 11), message(5, "eve", 24 * 60)]), "day 1h 2 3h 4h day 5h");
});

test("'new' stands above the first message of another behind what was read", () => {
  assert.equal(brief([message(1, "bob", 0), message(2, "alice", 1), message(3, "bob", 2)], 1), "day 1h 2h new 3h");
  assert.equal(brief([message(1, "bob", 0)], 1), "day 1h");
  /* The window begins behind the first one: it is not here. */
  const messages = [message(7, "bob", 0), message(8, "bob", 1)];
  const has = (newAfter: number) => timeline({ messages, events: [], olderLeft: true }, newAfter).some((line) => line.kind === "new");
  assert.deepEqual([has(5), has(6), has(7)], [false, true, true]);
});

test("events stand where they happened; a call, an answer and an event end a group", () => {
  const event = { key: "a", time: NOON + MINUTE / 2, event: "joined", sender: "eve" };
  assert.equal(brief([message(1, "bob", 0), message(2, "bob", 1)], undefined, [event]), "day 1h event 2h");
  assert.equal(brief([message(1, "bob", 0), message(2, "bob", 1, { replyTo: 1 })]), "day 1h 2h");
});

test("an impossible time breaks nothing", () => {
  assert.equal(brief([message(1, "bob", 0, { time: 1e300 })]), "day 1h");
});

test("the newest is what the server has", () => {
  assert.equal(newestSeq({ messages: [message(1, "bob", 0), message(0, "alice", 1, { key: "x" })] }), 1);
});

test("headings, groups, people; and the next that is unread", () => {
  const all = [conversation("#a", { heading: "Work" }), conversation("bob", { unread: 2 }), conversation("#b"), conversation("#c", { heading: "Work", unread: 1, level: "nothing" })];
  const sections = sectionsOf(all);
  assert.deepEqual(sections.map((each) => [each.kind, each.title, each.conversations.map((one) => one.id).join()]), [["heading", "Work", "#a,#c"], ["groups", "", "#b"], ["people", "", "bob"]]);
  const order = sections.flatMap((each) => each.conversations);
  assert.equal(neighbour(order, "#a", 1, false), "#c");
  assert.equal(neighbour(order, "#a", 1, true), "bob");
  assert.equal(neighbour(order, "#a", -1, false), "bob");
  assert.equal(neighbour(order, undefined, 1, false), "#a");
  assert.equal(neighbour([], "#a", 1, true), undefined);
  assert.equal(totalMentions(all), 2);
});
