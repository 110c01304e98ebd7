/* machine.test.ts - the connection as a machine, in simulated time. */
import assert from "node:assert/strict";
import test from "node:test";
import { backoff } from "../src/link/backoff.js";
import { CALL_PING_MS, DEAD_MS, PING_MS, SILENT_MS, type Result } from "../src/link/machine.js";
import { FakeServer } from "./fake_server.js";

const SESSION = { username: "ada", token: "t" };

function up(): FakeServer {
  const server = new FakeServer();
  server.machine.start(SESSION, server.now);
  server.settle();
  assert.equal(server.link?.state, "up");
  return server;
}

test("attaches with its features, and with the position that it has", () => {
  const server = new FakeServer();
  server.position = { since: 4711, db: "d.0", era: "e" };
  server.machine.start(SESSION, server.now);
  assert.equal(server.link?.state, "connecting");
  server.settle();
  const [attach] = server.requests;
  assert.deepEqual(attach?.fields, ["ada", "t"]);
  assert.deepEqual([attach?.extras["since"], attach?.extras["db"], attach?.extras["era"]], [4711, "d.0", "e"]);
  assert.deepEqual(attach?.extras["features"], ["edits", "read", "presence", "profiles", "typing", "groups", "calls", "opus",
    "reactions", "speaking", "own", "received", "announcements", "compact"]);
  assert.equal(server.attached.length, 1);
});

test("registers and logs in on one connection; a refusal ends the attempt", () => {
  const server = new FakeServer();
  let result: Result | undefined;
  const asks = [{ action: "register", fields: ["ada", "pw"] }, { action: "login", fields: ["ada", "pw"] }];
  server.machine.enter(asks, server.now, (each) => { result = each; });
  server.settle();
  assert.ok(result !== undefined && "answer" in result && result.answer.code === 0);
  assert.deepEqual(server.actions(), ["register", "login"]);
  assert.equal(server.link?.state, "up");
  server.answer = () => [513, { reason: "taken" }];
  server.machine.enter(asks, server.now, (each) => { result = each; });
  server.settle();
  assert.ok("answer" in (result as Result) && (result as { answer: { code: number } }).answer.code === 513);
  assert.equal(server.machine.up, false);
});

test("an unreachable server is told apart from a refusal, after 10 s at most", () => {
  const server = new FakeServer();
  server.reachable = false;
  let result: Result | undefined;
  server.machine.enter([{ action: "login", fields: ["ada", "pw"] }], server.now, (each) => { result = each; });
  server.pass(9_999);
  assert.equal(result, undefined);
  server.pass(1);
  assert.deepEqual(result, { unreachable: true });
});

test("a network that was cut is noticed within 8 s, and the client comes back when it is there", () => {
  const server = up();
  server.pass(20_000); /* nothing happens: it asks the server now and then */
  const pings = server.actions().filter((action) => action === "settings").length;
  assert.equal(pings, Math.floor(20_000 / PING_MS));
  server.reachable = false;
  server.pass(8_000);
  assert.notEqual(server.link?.state, "up");
  assert.ok(PING_MS + DEAD_MS < 8_000);
  server.reachable = true;
  server.pass(40_000);
  assert.equal(server.link?.state, "up");
  assert.equal(server.attached.length, 2);
});

test("the event of the browser shortens both", () => {
  const server = up();
  server.reachable = false;
  server.machine.networkChanged(server.now);
  server.pass(DEAD_MS);
  assert.equal(server.link?.state, "waiting");
  server.reachable = true;
  server.machine.networkChanged(server.now);
  server.settle();
  assert.equal(server.link?.state, "up");
});

test("after a login the ping says what was received, which costs the server nothing", () => {
  const server = up();
  server.position = { since: 99 };
  server.pass(PING_MS);
  assert.deepEqual([server.requests.at(-1)?.action, server.requests.at(-1)?.fields], ["received", ["ada", "t", 99]]);
});

test("waits 0.1 s, then from 1 to 30 s, with jitter, more and more", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 9].map((failures) => backoff(failures, 0)), [100, 1_000, 2_000, 4_000, 8_000, 15_000]);
  assert.deepEqual([0, 1, 2, 3, 4, 9].map((failures) => backoff(failures, 1)), [200, 2_000, 4_000, 8_000, 16_000, 30_000]);
  const server = up();
  server.drop();
  assert.deepEqual(server.link, { state: "waiting", retryAt: server.now + 150 });
});

test("who waits for an answer is told when the connection is lost", () => {
  const server = up();
  server.answer = () => undefined;
  const results: Result[] = [];
  server.machine.request({ action: "groups", fields: [] }, server.now, (each) => results.push(each));
  server.machine.request({ action: "contacts", fields: [] }, server.now, (each) => results.push(each));
  server.settle();
  server.drop();
  assert.deepEqual(results, [{ unreachable: true }, { unreachable: true }]);
  server.machine.request({ action: "groups", fields: [] }, server.now, (each) => results.push(each));
  assert.equal(results.length, 3);
});

test("an answer with another action or another number ends the connection", () => {
  const server = up();
  const results: Result[] = [];
  const request = { action: "whisper", fields: ["bob", "x"], extras: { n: 7, part: 3 } };
  server.answer = () => [0, { n: 8 }];
  server.machine.request(request, server.now, (each) => results.push(each));
  const before = server.connections;
  server.answer = (asked) => [0, { ...asked.extras }];
  server.settle();
  assert.equal((results[0] as { answer: unknown }).answer !== undefined, true);
  server.machine.received(new Uint8Array([0xa8, ...new TextEncoder().encode("response"), 0xa6, ...new TextEncoder().encode("groups"), 0]), server.now);
  assert.equal(server.link?.state, "waiting");
  assert.equal(server.connections, before);
});

test("in a call: a dead network shows within 3 s, is left within 8 s, and a new connection is tried at once", () => {
  const server = up();
  server.machine.setInCall(true, server.now);
  server.pass(10_500);
  assert.equal(server.actions().filter((action) => action === "settings").length, 11); /* at once, and each second */
  server.tell("typing", "bob", "ada");
  server.reachable = false;
  server.pass(CALL_PING_MS + SILENT_MS);
  assert.deepEqual(server.link, { state: "up", silent: true });
  assert.ok(CALL_PING_MS + SILENT_MS <= 3_000);
  const connections = server.connections;
  server.pass(8_000 - 3_000 - 500);
  assert.equal(server.connections, connections + 1); /* the first attempt is under way */
  server.pass(3_000); /* that one is given up, too, and there is another one */
  server.reachable = true;
  server.pass(4_000);
  assert.deepEqual(server.link, { state: "up" });
});

test("in a call: what is silent for a moment is not left; an upload that the server reads is not silence", () => {
  const server = up();
  server.machine.setInCall(true, server.now);
  const answer = server.answer;
  server.answer = () => undefined;
  server.pass(3_500);
  assert.equal(server.link?.silent, true);
  server.tell("typing", "bob", "ada");
  assert.deepEqual(server.link, { state: "up" });
  server.pass(1_000);
  assert.equal(server.attached.length, 1);
  const other = up();
  other.machine.setInCall(true, other.now);
  other.answer = () => undefined;
  other.machine.request({ action: "end_upload", fields: [1] }, other.now, () => {});
  other.pass(30_000);
  assert.deepEqual(other.link, { state: "up" });
  server.answer = answer;
});

test("a queue on the way is measured by the answer to a ping that is late", () => {
  const server = up();
  server.machine.setInCall(true, server.now);
  server.pass(5_000);
  assert.equal(server.machine.behindMs(server.now), 0);
  assert.equal(server.machine.roundTripMs, 0);
  server.answer = () => undefined;
  server.pass(1_000 + 700);
  assert.equal(server.machine.behindMs(server.now), 700);
  server.machine.request({ action: "groups", fields: [] }, server.now, () => {});
  assert.equal(server.machine.behindMs(server.now), 700);
});

test("hostile bytes are ignored", () => {
  const server = up();
  for (const bytes of [[], [0xc1], [0xdb, 0xff, 0xff, 0xff, 0xff], [0xa6, 0x75]])
    server.machine.received(new Uint8Array(bytes), server.now);
  assert.equal(server.link?.state, "up");
});

test("a session that has moved is not taken back by itself", () => {
  const server = up();
  server.tell("session_moved", "ada");
  assert.equal(server.link?.state, "elsewhere");
  server.pass(100_000);
  assert.equal(server.connections, 1);
  server.machine.reconnect(server.now);
  server.settle();
  assert.equal(server.link?.state, "up");
});

test("a session that has ended is over, also when the answer to attach says so", () => {
  const server = up();
  server.tell("session_ended", "ada", "revoked");
  assert.deepEqual(server.ended, ["revoked"]);
  const other = new FakeServer();
  other.answer = () => [512, {}];
  other.machine.start(SESSION, other.now);
  other.settle();
  assert.deepEqual(other.ended, ["unknown"]);
  other.pass(100_000);
  assert.equal(other.connections, 1);
});

test("a hidden page asks rarely, unless in a call", () => {
  const server = up();
  server.machine.visible(false, server.now);
  server.pass(29_000);
  assert.equal(server.actions().filter((action) => action === "settings").length, 0);
  server.machine.setInCall(true, server.now);
  server.pass(7_000);
  assert.ok(server.actions().filter((action) => action === "settings").length >= 2);
});
