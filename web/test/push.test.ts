/* What is shown of a push message, and where a click on it leads. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fragmentIn } from "../src/worker/join.js";
import { pushed } from "../src/worker/pushed.js";

const WITHOUT = { title: "Chinwag", body: "There is a new message.", fragment: "" };

test("who wrote, and what, where this browser has the session", () => {
  assert.deepEqual(pushed({ new: 7, session: 3, from: "alice", text: "soup" }, 3),
    { title: "alice", body: "soup", tag: "7", fragment: "#@alice" });
  assert.deepEqual(pushed({ new: 8, session: 3, from: "alice", group: "late cooks", text: "@bob soup" }, 3),
    { title: "alice · late cooks", body: "@bob soup", tag: "8", fragment: "#late%20cooks" });
  assert.equal(pushed({ new: 7, session: 3, from: "alice", kind: "voice" }, 3).body, "sent a voice message");
  assert.equal(pushed({ new: 7, session: 3, from: "alice", kind: "call" }, 3).body, "tried to call you");
});

test("nothing of it for another session, after logout, or without the text", () => {
  assert.deepEqual(pushed({ new: 7, session: 4, from: "alice", text: "soup" }, 3), { ...WITHOUT, tag: "7" });
  assert.deepEqual(pushed({ new: 7, session: 3, from: "alice", text: "soup" }, undefined), { ...WITHOUT, tag: "7" });
  assert.deepEqual(pushed({ new: 7, from: "alice", text: "soup" }, undefined), { ...WITHOUT, tag: "7" });
  assert.deepEqual(pushed({ new: 7 }, 3), { ...WITHOUT, tag: "7" });
});

test("what is no such message is something new", () => {
  for (const other of [undefined, null, "x", 7, [], {}, { new: "7" }, { session: 3 }, { session: 3, from: {}, text: "x" }])
    assert.deepEqual(pushed(other, 3), { ...WITHOUT, tag: "new" });
  const long = pushed({ new: 1, session: 3, from: "a".repeat(5000), text: "b".repeat(5000), group: 7, kind: "other" }, 3);
  assert.equal(long.title.length, 1000);
  assert.equal(long.body.length, 1000);
});

test("a click leads within the client alone", () => {
  assert.equal(fragmentIn({ open: "#@alice" }), "#@alice");
  for (const other of [undefined, null, "#x", {}, { open: "" }, { open: "https://evil.example/" }, { open: "javascript:1" }, { open: 7 }])
    assert.equal(fragmentIn(other), undefined);
});
