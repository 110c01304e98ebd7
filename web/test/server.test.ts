/* server.test.ts - the client without a page, with a real chinwagd over WebSocket. */
import assert from "node:assert/strict";
import test from "node:test";
import { canRun, person, Server } from "./real.js";

const options = { skip: canRun ? false : "Node has no WebSocket, or chinwagd is not built" };
const who = (username: string) => ({ username, password: "correct horse", temporary: false });

test("two people register, talk, and come back after the server was killed", options, async () => {
  const server = await new Server().start();
  const ada = await person(server), bob = await person(server);
  assert.deepEqual(await ada.actions.register(who("ada")), { ok: true, value: undefined });
  assert.deepEqual(await bob.actions.register(who("bob")), { ok: true, value: undefined });
  const wrong = await (await person(server)).actions.login({ ...who("ada"), password: "wrong horse" });
  assert.equal(!wrong.ok && "refusal" in wrong && wrong.refusal.code, 515);

  ada.actions.open("bob");
  ada.actions.send("bob", "hello");
  const hello = await bob.until("hello", (state) => state.conversations.get("ada"));
  assert.deepEqual([hello.preview, hello.unread, hello.read], ["hello", 1, 0]);
  bob.actions.open("ada");
  await bob.until("history", (state) => state.conversations.get("ada")?.messages.length === 1);
  bob.actions.seen("ada", 1);
  await ada.until("read", (state) => state.conversations.get("bob")?.messages.at(-1)?.delivery === "read");
  bob.actions.react("ada", 1, "👍", true);
  await ada.until("reaction", (state) => state.conversations.get("bob")?.messages[0]?.reactions[0]?.emoji === "👍");

  await server.kill();
  await ada.until("the loss", (state) => state.link.state === "waiting");
  for (const text of ["one", "two", "three"])
    ada.actions.send("bob", text);
  assert.equal(ada.now().link.state, "waiting");
  await ada.until("pale", (state) => state.conversations.get("bob")?.messages.filter((each) => each.delivery === "pending").length === 3);
  await server.start();
  const all = await bob.until("all of it", (state) => {
    const messages = state.conversations.get("ada")?.messages;
    return messages?.length === 4 && messages;
  });
  assert.deepEqual(all.map((each) => [each.seq, each.content]), [[1, "hello"], [2, "one"], [3, "two"], [4, "three"]]);
  await ada.until("stored", (state) => state.outboxLength === 0);
  assert.deepEqual(ada.now().conversations.get("bob")?.messages.map((each) => each.content), ["hello", "one", "two", "three"]);
  bob.actions.edit("ada", 2, "x"); /* not his */
  await bob.until("a refusal", (state) => state.conversations.get("ada")?.messages[1]?.editing?.failed?.code === 1027);
  ada.actions.edit("bob", 2, "ONE");
  await bob.until("the edit", (state) => state.conversations.get("ada")?.messages[1]?.content === "ONE");
  ada.actions.remove("bob", 3);
  await bob.until("the deletion", (state) => state.conversations.get("ada")?.messages[2]?.deleted !== undefined);

  const file = new File([new Uint8Array(100_000).fill(7)], "soup.bin");
  ada.actions.sendFile("bob", file, "a file");
  const got = await bob.until("the file", (state) => state.conversations.get("ada")?.messages.find((each) => each.file !== undefined));
  assert.deepEqual([got.content, got.file?.name, got.file?.size], ["a file", "soup.bin", 100_000]);
  ada.end();
  bob.end();
  await server.finish();
});

test("a group with history: paging at both ends, a call, logging out", options, async () => {
  const server = await new Server().start();
  const ada = await person(server), bob = await person(server);
  await ada.actions.register(who("ada"));
  await bob.actions.register(who("bob"));
  assert.equal((await ada.actions.ask("create_group", ["cooks"])).ok, true);
  assert.equal((await bob.actions.ask("join_group", ["cooks"])).ok, true);
  await bob.until("the group", (state) => state.conversations.get("#cooks")?.role === "member");
  for (let i = 1; i <= 320; i++)
    ada.actions.send("#cooks", `message ${i}`);
  await ada.until("all stored", (state) => state.outboxLength === 0);
  await bob.until("all counted", (state) => state.conversations.get("#cooks")?.unread === 320);

  bob.actions.open("#cooks", 200);
  const around = await bob.until("around", (state) => {
    const cooks = state.conversations.get("#cooks");
    return cooks?.loading === "no" && cooks.messages.length > 0 && cooks;
  });
  assert.ok(around.olderLeft && around.newerLeft && around.messages.some((each) => each.seq === 200));
  const seqs = () => bob.now().conversations.get("#cooks")?.messages.map((each) => each.seq) ?? [];
  for (let i = 0; i < 9 && bob.now().conversations.get("#cooks")?.newerLeft; i++) {
    const last = seqs().at(-1) as number;
    bob.actions.loadNewer("#cooks");
    await bob.until("newer", () => seqs().at(-1) as number > last);
  }
  assert.equal(seqs().at(-1), 320);
  assert.ok(seqs().length <= 300);
  for (let i = 0; i < 9 && bob.now().conversations.get("#cooks")?.olderLeft; i++) {
    const first = seqs()[0] as number;
    bob.actions.loadOlder("#cooks");
    await bob.until("older", () => seqs()[0] as number < first);
  }
  assert.deepEqual([seqs()[0], seqs().length], [1, 300]);
  assert.deepEqual(seqs(), seqs().map((_seq, i) => i + 1)); /* none is missing */
  bob.actions.jumpToPresent("#cooks");
  await bob.until("the present", (state) => state.conversations.get("#cooks")?.newerLeft === false && seqs().at(-1) === 320);

  assert.deepEqual(await ada.actions.join("#cooks"), { ok: true, value: undefined });
  await bob.until("the call", (state) => state.calls.get("#cooks")?.[0]?.name === "ada");
  assert.deepEqual(await bob.actions.join("#cooks"), { ok: true, value: undefined });
  await ada.until("both", (state) => state.call?.participants.length === 2);
  const heard = new Promise<readonly unknown[]>((done) => { bob.client.onCallData((sender, samples, id) => done([sender, [...samples], id])); });
  const packet = [0, 0, 0, 1, 0, 0, 3, 192, 0xfc, 0xff, 0xfe];
  assert.equal(ada.client.sendCallData(new Uint8Array(packet)), true);
  assert.deepEqual(await heard, ["ada", packet, "#cooks"]);
  await server.kill();
  await server.start();
  await ada.until("the seat again", (state) => state.call?.state === "in" && state.link.state === "up");
  ada.actions.leave();
  await bob.until("alone", (state) => state.call?.state === "in" && state.call.participants.length === 1);

  await bob.actions.logout();
  assert.equal(bob.now().phase, "out");
  assert.equal(bob.now().conversations.size, 0);
  ada.end();
  bob.end();
  await server.finish();
});
