// emoji_list.mjs - makes the module "emoji-list" of the package gemoji, so that no list is copied into
// the sources. Its text is a third smaller than all names and emoji written out; src/text/emoji.ts reads
// it, and test/text.test.ts compares both with the package:
//
//   # Food & Drink    a group begins
//   grapes 127815     an emoji: its short names, and its number less that of the emoji before; where
//                     that is 1 nothing stands there
//   golfing_man +♂!   the last emoji with another part; "+" is the invisible joiner, "!" what asks for
//                     colours. A sequence that is no such part stands there as it is
//   @ACADAEUSus       flags of countries by their two letters: browsers know the names of countries.
//                     Small letters are further short names
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

/** Gives how each emoji is written behind the one before. */
function writer() {
  let base = "", last = 0;
  return (emoji) => {
    if (emoji.startsWith(base + JOINER)) return visible(emoji.slice(base.length));
    const number = emoji.codePointAt(0), distance = number - last;
    base = emoji;
    last = number;
    const rest = emoji.slice(String.fromCodePoint(number).length);
    if (rest !== "" && rest !== COLOURED) return visible(emoji);
    return `${distance === 1 ? "" : distance}${visible(rest)}`;
  };
}

function list() {
  const lines = [];
  const write = writer();
  let group = "", flags = "@";
  for (const { emoji, names, category } of gemoji) {
    if (category !== group) lines.push(`# ${group = category}`);
    const country = countryOf(emoji);
    if (country === undefined) lines.push(`${names.join(" ")} ${write(emoji)}`);
    else flags += country + names.filter((name) => name.length === 2).join("");
  }
  return [...lines, flags].join("\n");
}

export const emojiList = {
  name: "emoji-list",
  setup(build) {
    build.onResolve({ filter: /^emoji-list$/ }, () => ({ path: "emoji-list", namespace: "emoji-list" }));
    build.onLoad({ filter: /.*/, namespace: "emoji-list" }, () => ({ contents: list(), loader: "text" }));
  },
};
