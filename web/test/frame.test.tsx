/* frame.test.tsx - the frame without a browser: what stands in the page, what is asked, and that
 * hostile content becomes text and nothing else. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeElement, Page } from "./page.js";
import { conversation, fakeActions, fakeState } from "./fake.js";
import type { Outcome } from "../src/model/actions.js";
import type { Message } from "../src/model/state.js";
import { first } from "../src/text/english.js";
import { Banner } from "../src/view/banner.js";
import { Body } from "../src/view/body.js";
import { eventSentence } from "../src/view/event.js";
import { openedBy, sentenceOf } from "../src/view/first.js";
import { sizeOf } from "../src/view/attachment.js";
import { askedBy } from "../src/view/keys.js";
import { ConversationList } from "../src/view/list.js";
import { MessageView } from "../src/view/message.js";
import type { Tools } from "../src/view/message.js";
import { perform } from "../src/view/perform.js";
import { find } from "../src/view/switcher.js";

const NOBODY = { person: undefined, quoted: undefined };

function message(change: Partial<Message> = {}): Message {
  return {
    key: "1", seq: 1, id: 1, time: 1_760_000_000_000, sender: "bob", own: false, kind: "text", content: "hello", delivery: "stored",
    pinned: false, mentioned: false, reactions: [], damaged: false, bot: false, ...change,
  };
}

async function show(change: Partial<Message>, tools: Partial<Tools> = {}, oneToOne = false) {
  const fake = fakeActions();
  const shared = { state: fakeState(), actions: fake.actions };
  const page = await new Page().show(<MessageView message={message(change)} head {...NOBODY} me="alice" conversation="#cooks" oneToOne={oneToOne} shared={shared} tools={tools as Tools} />);
  return { page, ...fake };
}

test("author, then text, then time", async () => {
  const { page } = await show({});
  assert.match(page.text, /bob.*hello.*\d/s);
});

test("a message that failed says why, and can be sent again or dropped", async () => {
  const { page, called } = await show({ seq: 0, own: true, delivery: "failed", refusal: { code: 1027, reason: "you are muted" } });
  assert.deepEqual(page.alerts(), ["Not sent: you are mutedRetryDiscard"]);
  await page.click("Retry");
  await page.click("Discard");
  assert.deepEqual(called, [["retry", "#cooks", "1"], ["discard", "#cooks", "1"]]);
});

test("deleted, damaged, missed, edited", async () => {
  assert.match((await show({ deleted: 5, deletedBy: "eve", content: "" })).page.text, /Deleted by eve\./);
  assert.match((await show({ damaged: true })).page.text, /damaged on the server/);
  assert.match((await show({ kind: "call", content: "missed call" }, {}, true)).page.text, /You missed a call of bob\.Call back/);
  assert.match((await show({ edited: 5 })).page.text, /\(edited\)/);
});

test("a reaction is added and taken back", async () => {
  const { page, called } = await show({ reactions: [{ emoji: "👍", count: 2, mine: true }] });
  await page.click("👍, 2, you too");
  assert.deepEqual(called, [["react", "#cooks", 1, "👍", false]]);
});

const SAFE_TAGS = new Set(["div", "p", "a", "bdi", "span", "code", "pre", "strong", "em", "s", "ul", "ol", "li", "blockquote", "button"]);
const SAFE_HREF = /^(?:https?:\/\/[\x21-\x7e]+|chinwag:\/\/[\x21-\x7e]+|mailto:[\x21-\x7e]+)$/;

/** Payloads as they are met: each of the left inside each of the right. */
const PAYLOADS = [
  "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)",
  "data:text/html,<script>alert(1)</script>", "vbscript:x", "https://user@evil.example", "https://\u202eevil.example", "https://аррӏе.com", "\u202eevil", "\u2066a", "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
  "e".concat("\u0300".repeat(100_000)), "x".repeat(60_000), "\u0000\u0001\u007f", "&lt;b&gt;", "{{constructor.constructor('alert(1)')()}}", "https://example.org/\"onmouseover=alert(1)", "](javascript:alert(1))", "//evil.example", "file:///etc/passwd", "blob:https://a/b", "intent://x",
];
const FRAMES = [(it: string) => it, (it: string) => `**${it}**`, (it: string) => `[a](${it})`, (it: string) => `> ${it}`, (it: string) => `- ${it}`, (it: string) => `\`${it}\``, (it: string) => `\`\`\`\n${it}\n\`\`\``, (it: string) => `@${it}`];

test("200 hostile texts come out inert", async () => {
  let count = 0;
  for (const payload of PAYLOADS)
    for (const frame of FRAMES) {
      const page = await new Page().show(<Body content={frame(payload)} me="alice" />);
      for (const element of page.root.all(() => true)) {
        assert.ok(SAFE_TAGS.has(element.localName), `${element.localName} of ${JSON.stringify(payload.slice(0, 40))}`);
        const href = (element as FakeElement & { href?: string }).href ?? element.getAttribute("href");
        if (href) assert.match(href, SAFE_HREF);
        if (href) assert.equal(element.getAttribute("rel") ?? (element as FakeElement & { rel?: string }).rel, "noopener noreferrer");
      }
      assert.doesNotMatch(page.text, /[\u202a-\u202e\u2066-\u2069\u0000-\u0008]/);
      assert.doesNotMatch(page.text, /\p{M}{5}/u);
      count++;
    }
  assert.equal(count, 200);
});

test("a wrong password and a server that is away read differently", () => {
  const refusal = (code: number): Outcome => ({ ok: false, refusal: { code, reason: "" } });
  assert.equal(sentenceOf(refusal(515)), first.wrong);
  assert.equal(sentenceOf({ ok: false, unreachable: true }), first.unreachable);
  assert.equal(sentenceOf(refusal(518)), first.codeNeeded);
  assert.equal(sentenceOf({ ok: true, value: undefined }), undefined);
});

test("an invitation opens the way to register, a device's link the one to log in", () => {
  const code = "5c0e8f2a-6b1d-4a77-9e30-c4d2a8b1f605";
  assert.deepEqual(openedBy("/join", `#${code}`), { way: "register", invitation: code, link: "" });
  assert.deepEqual(openedBy("/", `#/login/${code}`), { way: "link", invitation: "", link: code });
  assert.deepEqual(openedBy("/", "#cooks"), { way: "login", invitation: "", link: "" });
});

test("the list: unread, mentions, drafts, who speaks in a call", async () => {
  const conversations = new Map([["#cooks", conversation("#cooks", { title: "cooks", unread: 5, unreadMentions: 2 })], ["bob", conversation("bob", { draft: "wait" })]]);
  const state = fakeState({ conversations, calls: new Map([["#cooks", [{ name: "eve", speaking: true, muted: false, volume: 1 }]]]) });
  const page = await new Page().show(<ConversationList shared={{ state, actions: fakeActions().actions }} />);
  assert.match(page.text, /cooks.*@5 2 mentions.*eve speaks.*bob.*Draft: wait/s);
});

test("the banner says when the link comes back, and what waits", async () => {
  const fake = fakeActions();
  const page = await new Page().show(<Banner shared={{ state: fakeState({ link: { state: "waiting", retryAt: Date.now() + 1 }, outboxLength: 2 }), actions: fake.actions }} />);
  assert.match(page.text, /^Reconnecting in \d s · now2 messages wait/);
  await page.click("now");
  assert.deepEqual(fake.called, [["reconnectNow"]]);
  await page.leave();
});

test("events are sentences", () => {
  const say = (event: string, change = {}) => eventSentence({ key: "1", time: 0, event, sender: "alice", ...change }, new Map());
  assert.equal(say("kicked", { member: "bob" }), "alice removed bob.");
  assert.equal(say("role", { member: "bob", value: "moderator" }), "alice made bob a moderator.");
  assert.equal(say("topic", { value: "soup\u202e" }), "alice set the topic: soup");
  assert.equal(say("something new"), "alice: something new");
});

test("keys", () => {
  const key = (name: string, mods = {}) => askedBy({ key: name, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false, ...mods });
  assert.equal(key("k", { ctrlKey: true }), "switcher");
  assert.equal(key("ArrowDown", { altKey: true, shiftKey: true }), "next unread");
  assert.equal(key("Escape", { shiftKey: true }), "all read");
  assert.equal(key("M", { ctrlKey: true, shiftKey: true }), "mute");
  assert.equal(key("a"), undefined);
  assert.equal(key("ArrowUp"), undefined);
});

test("commands ask what the protocol says", async () => {
  const fake = fakeActions({ set_topic: { refusal: { code: 1027, reason: "you may not" } } });
  const place = { actions: fake.actions, conversation: "#cooks", join: () => undefined, help: () => undefined };
  assert.deepEqual(await perform(place, "kick", ["@bob"]), { text: "Done.", failed: false });
  assert.deepEqual(await perform(place, "mute", ["bob", "2h"]), { text: "Done.", failed: false });
  assert.deepEqual(await perform(place, "topic", ["soup"]), { text: "you may not", failed: true });
  assert.equal((await perform(place, "vol", ["bob", "300"]))?.failed, true);
  await perform(place, "vol", ["bob", "50"]);
  assert.deepEqual(fake.asked.map((each) => [each.action, each.fields]), [["kick", ["cooks", "bob"]], ["mute", ["cooks", "bob", 7200]], ["set_topic", ["cooks", "soup"]]]);
  assert.deepEqual(fake.called, [["setVolume", "bob", 0.5, false]]);
});

test("letters find conversations; without letters the unread ones come first", () => {
  const conversations = new Map([["#old", conversation("#old", { title: "old", lastTime: 5 })], ["#new", conversation("#new", { title: "new", lastTime: 9 })], ["#hot", conversation("#hot", { title: "hot", unread: 1 })]]);
  const state = fakeState({ conversations }).value;
  assert.deepEqual(find(state, "").map((each) => each.id), ["#hot", "#new", "#old"]);
  assert.deepEqual(find(state, "ol").map((each) => each.id), ["#old"]);
});

test("the place of a picture is known before its bytes", () => {
  const file = { id: 1, name: "a", size: 1, type: "image/png", hasThumbnail: true };
  assert.deepEqual(sizeOf({ ...file, width: 1200, height: 800 }), { width: 400, height: 267 });
  assert.deepEqual(sizeOf({ ...file, width: 10_000, height: 1 }), { width: 400, height: 24 });
});
