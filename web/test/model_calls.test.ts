/* model_calls.test.ts - calls and rings in the model of the client, and the seat of a page. */
import assert from "node:assert/strict";
import test from "node:test";
import { made } from "./hand.js";
import { SEAT, keepSeat, takeSeat } from "../src/voice/seat.js";

test("a ring, an answer elsewhere, and a call that a moderator mutes", async () => {
  const { client, actions, link, enter } = made();
  enter();
  const ring = (state: string) => client.update({ kind: "update", action: "ring", code: 0, fields: { sender: "bob", conversation: "ada", state }, extras: {} });
  ring("ringing");
  assert.equal(client.store.now.ring?.from, "bob");
  ring("answered");
  assert.equal(client.store.now.ring, undefined);
  ring("ringing");
  const answered = actions.answer();
  assert.deepEqual(link.answer("join_call", 0, { call: "answered" }).fields, ["@bob"]);
  assert.deepEqual(await answered, { ok: true, value: undefined });
  assert.deepEqual([client.store.now.call?.state, client.store.now.ring], ["in", undefined]);
  client.store.publish();
  assert.deepEqual(client.store.now.call?.participants.map((each) => each.name), ["ada", "bob"]);
  client.update({ kind: "update", action: "call_left", code: 0, fields: { groupName: "@bob", reason: "ended" }, extras: {} });
  assert.equal(client.store.now.call, undefined);
  const joined = actions.join("#cooks");
  link.answer("join_call", 0, {});
  await joined;
  client.update({ kind: "update", action: "group_event", code: 0, fields: { groupName: "cooks", sender: "eve", event: "muted" }, extras: { user: "ada", until: 99 } });
  assert.equal(client.calls.now?.mutedUntil, 99);
});

test("packets of a call name its join where the server told one, and come in either form", async () => {
  const { client, actions, link, enter } = made();
  enter();
  const heard: unknown[] = [];
  client.onCallData((sender, samples) => heard.push([sender, samples]));
  const bytes = new Uint8Array(9), packet = { type: 2, bytes };
  for (const extras of [{ call_id: 7 }, {}]) {
    const joined = actions.join("#cooks");
    link.answer("join_call", 0, extras);
    await joined;
    assert.equal(client.sendCallData(bytes), true);
    for (const action of ["p", "call_data"])
      client.update({ kind: "update", action, code: 0, fields: { sender: "bob", samples: packet }, extras: {} });
    void actions.leave();
    assert.equal(client.sendCallData(bytes), false);
  }
  assert.deepEqual(link.told, [["p", 7, packet], ["call_data", "cooks", packet]]);
  assert.deepEqual(heard, Array(4).fill(["bob", bytes]));
});

test("a ring that has ended while the link was away does not go on; one that goes on is told of again", async () => {
  const { client, actions, link, enter } = made();
  enter();
  const rings = (): void => client.update({ kind: "update", action: "ring", code: 0, fields: { sender: "bob", conversation: "ada", state: "ringing" }, extras: {} });
  rings();
  enter();
  assert.equal(client.store.now.ring, undefined);
  void actions.answer("bob"); /* pressed before, in a tab that has the connection only now */
  assert.deepEqual(link.answer("join_call", 0, { call: "answered" }).extras, { reports: 1, call: "join" });
  assert.equal(client.store.now.call?.state, "in");
});

test("a page that was loaded anew takes its seat: muted from the beginning, and it calls nobody", async () => {
  const { client, actions, link, enter } = made();
  enter();
  const joined = actions.join("bob", { muted: true, deafened: false });
  assert.deepEqual([client.store.now.call?.state, client.store.now.call?.muted], ["rejoining", true]);
  assert.deepEqual(link.answer("join_call", 1279, { reason: "no call" }).extras, { reports: 1, call: "join" });
  assert.equal((await joined).ok, false);
  assert.equal(client.store.now.call, undefined);
  assert.equal(client.store.now.notice?.text, "The call is over.");
  void actions.join("#cooks", { muted: false, deafened: true });
  link.answer("join_call", 0, {});
  assert.deepEqual([client.calls.now?.state, client.calls.now?.deafened], ["in", true]);
});

test("the seat is kept from one page to the next, once, and not for long", () => {
  const lies = new Map<string, string>();
  const storage = { getItem: (key: string) => lies.get(key) ?? null, setItem: (key: string, value: string) => { lies.set(key, value); },
    removeItem: (key: string) => { lies.delete(key); } };
  const call = { conversation: "#cooks", muted: true, deafened: false };
  keepSeat(storage, call, 1_000);
  assert.deepEqual(takeSeat(storage, 5_000), call);
  assert.equal(takeSeat(storage, 5_000), undefined);
  keepSeat(storage, call, 1_000);
  assert.equal(takeSeat(storage, 61_000), undefined);
  for (const nonsense of ["", "null", "[]", '{"at":1000}', '{"at":1000,"conversation":7}']) {
    lies.set(SEAT, nonsense);
    assert.equal(takeSeat(storage, 1_000), undefined, nonsense);
  }
});
