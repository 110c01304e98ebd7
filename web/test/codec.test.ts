/* codec.test.ts - the codec reads and writes what the C codec reads and writes. */
import assert from "node:assert/strict";
import test from "node:test";
import { carriesToken, decode, encodeRequest } from "../src/wire/codec.js";
import { allVectors, meaningOf } from "./vectors.js";

const camel = (name: string) => name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());
const vectors = allVectors();
const where = (vector: { file: string; line: number; name: string }) => `${vector.file}:${vector.line}: ${vector.name}`;

const renamed = (fields: { [name: string]: unknown }) =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [camel(name), value]));

/** What the vector names of a value; there may be other keys, which C does not know. */
function named(value: unknown, is: unknown): unknown {
  if (Array.isArray(is) && Array.isArray(value))
    return value.map((item, i) => named(item, is[i]));
  if (typeof is !== "object" || is === null || is instanceof Uint8Array || typeof value !== "object" || value === null)
    return value;
  return Object.fromEntries(Object.entries(is).map(([key, item]) => [key, named((value as { [key: string]: unknown })[key], item)]));
}

test("reads each message for clients as the vectors say", () => {
  let count = 0;
  for (const vector of vectors.filter((each) => each.uses.includes("client"))) {
    const meaning = meaningOf(vector.is);
    const message = decode(vector.bytes);
    if (meaning === undefined || meaning.kind === "request" || meaning.kind === "client_update") {
      /* Other than in C: JavaScript does not tell 1.0 from 1, the type of a key in the map is judged by
       * who reads it (model/read.ts), and whether an answer was asked for by the link (machine.ts). */
      if (message?.action !== "fly" && !Array.isArray(message?.fields["samples"]) && Object.keys(message?.extras ?? {}).length === 0)
        assert.equal(message, undefined, where(vector));
      continue;
    }
    assert.ok(message, where(vector));
    assert.deepEqual([message.kind, message.action, message.code], [meaning.kind, meaning.action, meaning.code], where(vector));
    assert.deepEqual(message.fields, renamed(meaning.fields), where(vector));
    assert.deepEqual(named(message.extras, meaning.extras ?? {}), meaning.extras ?? {}, where(vector));
    count++;
  }
  assert.ok(count > 150, `${count} vectors`);
});

test("writes each request of extended clients as the vectors say", () => {
  let count = 0;
  for (const vector of vectors.filter((each) => each.uses.includes("extended"))) {
    const meaning = meaningOf(vector.is);
    if (meaning?.kind !== "request" || meaning.extras === undefined || meaning.action === "post_hook")
      continue;
    const bytes = encodeRequest(meaning.action, Object.values(meaning.fields), meaning.extras);
    assert.equal(Buffer.from(bytes).toString("hex"), Buffer.from(vector.bytes).toString("hex"), where(vector));
    count++;
  }
  assert.ok(count > 80, `${count} vectors`);
});

test("no bytes make it throw", () => {
  for (const vector of vectors) {
    decode(vector.bytes);
    for (let end = 0; end < Math.min(vector.bytes.length, 40); end++) {
      decode(vector.bytes.slice(0, end));
      const changed = vector.bytes.slice(0, 120);
      changed[end] = (changed[end] as number) ^ 0xff;
      decode(changed);
    }
  }
});

test("numbers above 2^53 are kept, those below are numbers", () => {
  const high = 0xfedcba9876543210n;
  const request = encodeRequest("attach", ["ada"], { part: high, since: 2 ** 33 });
  const head = Buffer.from("a8726573706f6e7365a661747461636800", "hex"); /* "response" "attach" 0 */
  const answer = decode(Buffer.concat([head, request.slice(15)]));
  assert.deepEqual(answer?.extras, { part: high, since: 2 ** 33 });
});

test("which requests begin with name and token", () => {
  assert.deepEqual(["login", "register", "login_by_link", "whisper", "conversations"].map(carriesToken),
    [false, false, false, true, true]);
});
