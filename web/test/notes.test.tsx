/* notes.test.tsx - what stands above the conversation: announcements, as the model keeps them and the
 * view shows them, and the question about notifications, asked after the first mention, once. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Page, settle } from "./page.js";
import { conversation, fakeActions, fakeState } from "./fake.js";
import { memory } from "../src/keep/memory.js";
import { preferences, preferencesRead } from "../src/keep/preferences.js";
import { Client } from "../src/model/client.js";
import type { World } from "../src/model/ports.js";
import type { Message } from "../src/model/state.js";
import { Notes, wasMentioned } from "../src/view/screens/notes.js";
import { screens } from "../src/text/english_screens.js";

const words = screens.askNotify;
const START = preferences.value;
const update = (action: string, fields: object, extras: object) => ({ kind: "update", action, code: 0, fields, extras }) as never;

function client() {
  const made = new Client(memory(), { now: () => 0, later: () => () => {}, randomNumber: () => 1 } as unknown as World);
  made.entered({ username: "bob", token: "t" }, true);
  made.attached({ username: "bob", token: "t" }, { since: 500, announcements: [{ id: 1, time: 100, sender: "ada", content: "Down at noon" }] });
  return made;
}

test("announcements: those that stand at the login, and those that begin and end", () => {
  const made = client();
  const standing = () => made.store.now.announcements?.map(({ id, sender, content, until }) => [id, sender, content, until]);
  made.update(update("announce", { announcement: 2, sender: "", content: "Back again" }, { time: 200, until: 300 }));
  assert.deepEqual(standing(), [[1, "ada", "Down at noon", undefined], [2, "", "Back again", 300]]);
  made.update(update("announce", { announcement: 2, sender: "", content: "Back at last" }, { time: 200 }));
  made.update(update("end_announcement", { announcement: 1 }, {}));
  assert.deepEqual(standing(), [[2, "", "Back at last", undefined]]);
  made.attached({ username: "bob", token: "t" }, {});
  assert.deepEqual(standing(), []);
});

test("a closed group is gone, and its members are told", () => {
  const made = client();
  made.update(update("msg_group", { groupName: "cooks", sender: "ada", content: "soup" }, { id: 501, seq: 1, time: 1 }));
  assert.equal(made.store.conversation("#cooks")?.last, 1);
  made.update(update("group_event", { groupName: "cooks", sender: "", event: "closed" }, {}));
  assert.equal(made.store.conversation("#cooks"), undefined);
  assert.deepEqual(made.store.now.notice, { text: "#cooks was closed.", urgent: true });
});

test("an announcement stands with its maker until it ends, or is put away, alone", async () => {
  preferences.value = START;
  const soon = Date.now() + 60_000;
  const announcements = [{ id: 1, time: 100, sender: "ada", content: "Down at noon" }, { id: 2, time: 200, content: "Over", until: 300 }, { id: 3, time: 300, sender: "", content: "Back", until: soon }];
  const page = await new Page().show(<Notes shared={{ state: fakeState({ announcements }), actions: fakeActions().actions }} />);
  assert.equal(page.text, "ada: Down at noonDismissthe operator: BackDismiss");
  await page.click("Dismiss");
  assert.equal(page.text, "the operator: BackDismiss");
  assert.deepEqual(preferences.value.putAway, [1]);
  await page.click("Dismiss");
  assert.equal(page.text, "");
  preferences.value = { ...START, putAway: [3] };
  await settle();
  assert.equal(page.text, "ada: Down at noonDismiss");
  preferences.value = START;
});

const mention = (change: Partial<Message>) => ({ mentioned: true, own: false, ...change }) as Message;

test("a mention is one that is unread, or the newest of what is open, of somebody else", () => {
  const of = (change: object, current?: string) => wasMentioned(fakeState({ conversations: new Map([["#cooks", conversation("#cooks", change)]]), ...(current ? { current } : {}) }).value);
  assert.deepEqual([of({}), of({ unread: 3 }), of({ unreadMentions: 1 })], [false, false, true]);
  const messages = [mention({})];
  assert.deepEqual([of({ messages }), of({ messages }, "#cooks"), of({ messages: [mention({ own: true })] }, "#cooks")], [false, true, false]);
});

async function asked(permission: string, change: object) {
  Object.assign(globalThis, { PushManager: class {}, Notification: Object.assign(function () {}, { permission, requestPermission: async () => "denied" }) });
  preferences.value = START;
  preferencesRead.value = true;
  return new Page().show(<Notes shared={{ state: fakeState({ conversations: new Map([["#cooks", conversation("#cooks", { unreadMentions: 1 })]]), ...change }), actions: fakeActions().actions }} />);
}

test("the question: not before a mention, not where the browser forbids it, not on another's computer", async () => {
  assert.equal((await asked("denied", {})).text, "");
  assert.equal((await asked("default", { conversations: new Map() })).text, "");
  assert.equal((await asked("default", { account: { username: "alice", admin: false, temporary: true } })).text, "");
  assert.equal((await asked("default", {})).text, `${words.question}${words.yes}${words.no}`);
});

test("the question is answered once; a browser that refuses is said to", async () => {
  const page = await asked("default", {});
  await page.click(words.yes);
  assert.equal(page.text, `${screens.notifications.push.no.denied}${screens.common.close}`);
  assert.equal(preferences.value.asked, false);
  await page.click(screens.common.close);
  assert.deepEqual([page.text, preferences.value.asked], ["", true]);
  await settle();
  const again = await new Page().show(<Notes shared={{ state: fakeState({ conversations: new Map([["#cooks", conversation("#cooks", { unreadMentions: 2 })]]) }), actions: fakeActions().actions }} />);
  assert.equal(again.text, "");
  preferences.value = START;
});
