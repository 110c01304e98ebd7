/* What the terminal client shares with this one: the short names of emoji, and the colours of names.
 * EMOJI_NAMES=write writes the former down again. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { emojiGroups } from "../src/text/emoji.js";
import { hueOf } from "../src/text/safe.js";

const EMOJI = "../src/screen/emoji_names.def";
const HEAD = `/* Written by web/test/terminal.test.ts (EMOJI_NAMES=write npm test in web); do not edit.
 *
 * emoji_names.def - the emoji that Tab completes behind a colon, by their short names: those of the
 * browser client.
 *
 * EMOJI("name", "bytes") */

`;

const bytesOf = (text: string): string => [...Buffer.from(text)].map((byte) => `\\x${byte.toString(16)}`).join("");

test("the terminal client has the same emoji", async () => {
  const groups = await emojiGroups();
  const rows = groups.flatMap((group) => group.emoji.map(({ name, emoji }) => `EMOJI("${name}", "${bytesOf(emoji)}")\n`));
  const made = HEAD + rows.join("");
  if (process.env["EMOJI_NAMES"] === "write") writeFileSync(EMOJI, made);
  assert.equal(readFileSync(EMOJI, "utf8"), made);
});

test("the terminal client gives names the same colours", () => {
  const lines = readFileSync("../test/screen/hues.txt", "utf8").trim().split("\n");
  for (const line of lines) {
    const [name = "", hue] = line.split("\t");
    assert.equal(hueOf(name), Number(hue), name);
  }
});
