/* pack.test.ts - our MessagePack and that of the package @msgpack/msgpack say the same. */
import assert from "node:assert/strict";
import test from "node:test";
import { decodeMulti, encode, ExtData } from "@msgpack/msgpack";
import { pack, unpack } from "../src/wire/pack.js";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");
const long = (size: number): string => "ä".repeat(size);
const EDGES = [0, 1, 127, 128, 255, 256, 65535, 65536, 2 ** 31, 2 ** 32 - 1, -1, -32, -33, -128, -129, -32768, -32769, -(2 ** 31)];
const VALUES: readonly unknown[] = [
  ...EDGES, 0.5, -1e300, true, false, null, "", "a", long(15), long(16), long(127), long(128), long(40_000), [], [1, [2, ["x"]]], {},
  { a: 1, b: { c: [true, null, "d"] } }, ...[15, 16, 70_000].map((size) => Array.from({ length: size }, (_, i) => i)),
  ...[15, 16, 300].map((size) => Object.fromEntries(Array.from({ length: size }, (_, i) => [`k${i}`, i]))),
];

test("what we write are the bytes that the package writes", () => {
  for (const value of VALUES)
    assert.equal(hex(pack([value])), hex(encode(value)));
  for (const size of [0, 1, 2, 3, 4, 8, 16, 17, 255, 256, 65536]) {
    const bytes = new Uint8Array(size).fill(7);
    assert.equal(hex(pack([bytes])), hex(encode(bytes)));
    assert.equal(hex(pack([{ type: 2, bytes }])), hex(encode(new ExtData(2, bytes))));
  }
  for (const large of [2n ** 53n, 2n ** 64n - 1n, -(2n ** 63n)])
    assert.equal(hex(pack([large])), hex(encode(large, { useBigInt64: true })));
  assert.equal(hex(pack([2 ** 40])), "cf0000010000000000");
  assert.equal(hex(pack([-(2 ** 40)])), "d3ffffff0000000000");
  assert.equal(hex(pack([{ a: undefined, b: 1 }])), "81a16201");
});

test("what the package writes, we read", () => {
  for (const value of VALUES) {
    const [[is]] = unpack(encode([value]), 9) as [[unknown]];
    assert.deepEqual(is, value);
    assert.deepEqual([...decodeMulti(pack([value, 1]))], [value, 1]);
  }
  for (const size of [1, 2, 3, 16, 300, 65536]) {
    const bytes = new Uint8Array(size).fill(7);
    assert.deepEqual(unpack(encode(new ExtData(2, bytes)), 9), [{ type: 2, bytes }]);
    assert.deepEqual(unpack(encode(bytes), 9), [bytes]);
  }
  assert.deepEqual(unpack(Buffer.from("ca3f800000cf0020000000000000cf001fffffffffffffd3ffe0000000000001", "hex"), 9),
    [1, 2n ** 53n, 2 ** 53 - 1, -(2 ** 53 - 1)]);
  assert.deepEqual(unpack(Buffer.from("82a16101c40162c0", "hex"), 9), [{ a: 1, b: null }], "a binary key");
});

test("what is cut, nested too deeply, or no object is refused, without much work", () => {
  const whole = pack([{ list: [{ a: [1, 2.5, "text"], b: new Uint8Array(40) }], s: { type: 2, bytes: new Uint8Array(5) } }]);
  for (let end = 1; end < whole.length; end++)
    assert.throws(() => unpack(whole.slice(0, end), 9), RangeError, `${end}`);
  for (const bad of ["c1", "ddffffffff", "dfffffffff", "c6ffffffff00", "9191919191919191 91c0", "81a95f5f70726f746f5f5f01"])
    assert.throws(() => unpack(Buffer.from(bad.replaceAll(" ", ""), "hex"), 9), RangeError, bad);
  assert.deepEqual(unpack(Buffer.from("9191919191919191c0", "hex"), 9), [[[[[[[[[null]]]]]]]]]);
  assert.deepEqual(unpack(new Uint8Array(100), 3), [0, 0, 0], "no more than asked for");
});
