/* emoji.ts - emoji by their short names. The list is a chunk of its own, loaded at the first ":" or
 * when the picker is opened; the build makes it of the package gemoji (emoji_list.mjs). Pure but for
 * that loading. */
export interface Emoji {
  readonly name: string;
  readonly emoji: string;
}

export interface EmojiGroup {
  readonly title: string;
  readonly emoji: readonly Emoji[];
}

const FIRST_LETTER = 0x1f1e6; /* the regional indicator A */

const hidden = (text: string): string => text.replace(/\+/g, "\u200d").replace(/!/g, "\ufe0f");

/** The emoji, of how each is written behind the one before (emoji_list.mjs). */
function readEmoji(written: string): readonly string[] {
  let base = "", last = 0;
  return [...written.matchAll(/([A-Z]*)([a-z])(!?)|=?([^;]+);/g)].map(([, high = "", low = "", colours = "", whole = ""]) => {
    if (whole.startsWith("+")) return base + hidden(whole);
    const number = [...high].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 65, 0) * 26 + low.charCodeAt(0) - 97;
    base = whole === "" ? String.fromCodePoint(last + (number % 2 === 0 ? number / 2 : -(number + 1) / 2)) + hidden(colours) : hidden(whole);
    last = base.codePointAt(0) ?? 0;
    return base;
  });
}

/** The names of countries as short names: "Côte d’Ivoire" is cote_divoire. */
function flagsOf(countries: string): readonly Emoji[] {
  const regions = new Intl.DisplayNames("en", { type: "region" });
  const named = (country: string): string => (regions.of(country) ?? country).normalize("NFD")
    .replace(/[\u0300-\u036f’'.]|\(.*\)/g, "").toLowerCase().match(/[a-z]+/g)?.join("_") ?? country;
  return [...countries.matchAll(/([A-Z]{2})([a-z]*)/g)].flatMap(([, country = "", more = ""]) => {
    const emoji = String.fromCodePoint(...[...country].map((letter) => letter.charCodeAt(0) - 65 + FIRST_LETTER));
    return [...more.match(/../g) ?? [], named(country)].map((name) => ({ name, emoji }));
  });
}

/** Reads what emoji_list.mjs has written. */
export function readList(text: string): readonly EmojiGroup[] {
  const groups: { title: string; emoji: Emoji[] }[] = [];
  const [names = "", written = ""] = text.split("\n\n");
  const emoji = readEmoji(written);
  let next = 0;
  for (const line of names.split("\n")) {
    if (line.startsWith("# ")) groups.push({ title: line.slice(2), emoji: [] });
    else if (line.startsWith("@")) groups.at(-1)?.emoji.push(...flagsOf(line));
    else {
      const each = emoji[next++] ?? "";
      groups.at(-1)?.emoji.push(...line.split(" ").map((name) => ({ name, emoji: each })));
    }
  }
  return groups;
}

let loaded: Promise<readonly EmojiGroup[]> | undefined;

export function emojiGroups(): Promise<readonly EmojiGroup[]> {
  loaded ??= import("emoji-list").then((list) => readList(list.default));
  loaded.catch(() => { loaded = undefined; }); /* asked for again the next time */
  return loaded;
}

/** Those that begin with the letters, then those that have them inside. */
export function findEmoji(groups: readonly EmojiGroup[], letters: string, most: number): readonly Emoji[] {
  const all = groups.flatMap((group) => group.emoji);
  const begin = all.filter((each) => each.name.startsWith(letters));
  const inside = all.filter((each) => !each.name.startsWith(letters) && each.name.includes(letters));
  return [...begin.sort((one, two) => one.name.length - two.name.length), ...inside].slice(0, most);
}
