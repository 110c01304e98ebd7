// emoji_list.mjs - makes the module "emoji-list" of the package gemoji, so that no list is copied into
// the sources. Its text is a third smaller than all names and emoji written out; src/text/emoji.ts reads
// it, and test/text.test.ts compares both with the package:
//
//   # Food & Drink    a group begins
//   tangerine orange  an emoji by its short names
//   @ACADAEUSus       flags of countries by their two letters: browsers know the names of countries.
//                     Small letters are further short names
//
// Behind an empty line stand the emoji in the same order, without anything between them:
//
//   Bc!               its number less that of the emoji before, as digits of 26 letters, of which the
//                     last is a small one. The lowest digit has the sign: a, b, c, d, e are 0, -1, 1, -2, 2.
//                     "!" asks for colours
//   +♂!;              the last emoji with another part; "+" is the invisible joiner
//   =👁!+🗨!;          a sequence that is no such part
import { gemoji } from "gemoji";

const JOINER = "\u200d", COLOURED = "\ufe0f";
const FIRST_LETTER = 0x1f1e6; /* the regional indicator A */

const visible = (text) => text.replaceAll(JOINER, "+").replaceAll(COLOURED, "!");

/** The two letters of the flag of a country. */
function countryOf(emoji) {
  const letters = [...emoji].map((each) => each.codePointAt(0) - FIRST_LETTER);
  return letters.length === 2 && letters.every((each) => each >= 0 && each < 26)
    ? String.fromCharCode(...letters.map((each) => each + 65)) : undefined;
}

/** A number as letters; the lowest bit is the sign. */
function letters(number) {
  const left = number < 0 ? -2 * number - 1 : 2 * number;
  let written = String.fromCharCode(97 + left % 26);
  for (let more = Math.floor(left / 26); more > 0; more = Math.floor(more / 26))
    written = String.fromCharCode(65 + more % 26) + written;
  return written;
}

/** Gives how each emoji is written behind the one before. */
function writer() {
  let base = "", last = 0;
  return (emoji) => {
    if (emoji.startsWith(base + JOINER)) return `${visible(emoji.slice(base.length))};`;
    const number = emoji.codePointAt(0), distance = number - last;
    base = emoji;
    last = number;
    const rest = emoji.slice(String.fromCodePoint(number).length);
    return rest !== "" && rest !== COLOURED ? `=${visible(emoji)};` : letters(distance) + visible(rest);
  };
}

function list() {
  const lines = [];
  const write = writer();
  let group = "", flags = "@", written = "";
  for (const { emoji, names, category } of gemoji) {
    if (category !== group) lines.push(`# ${group = category}`);
    const country = countryOf(emoji);
    if (country === undefined) {
      lines.push(names.join(" "));
      written += write(emoji);
    } else flags += country + names.filter((name) => name.length === 2).join("");
  }
  return [...lines, flags, "", written].join("\n");
}

export const emojiList = {
  name: "emoji-list",
  setup(build) {
    build.onResolve({ filter: /^emoji-list$/ }, () => ({ path: "emoji-list", namespace: "emoji-list" }));
    build.onLoad({ filter: /.*/, namespace: "emoji-list" }, () => ({ contents: list(), loader: "text" }));
  },
};
