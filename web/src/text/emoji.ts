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

/** Lines "# title" and "name emoji". */
export function readList(text: string): readonly EmojiGroup[] {
  const groups: { title: string; emoji: Emoji[] }[] = [];
  for (const line of text.split("\n")) {
    if (line.startsWith("# ")) groups.push({ title: line.slice(2), emoji: [] });
    const [name = "", emoji = ""] = line.split(" ");
    if (!line.startsWith("# ") && emoji !== "") groups.at(-1)?.emoji.push({ name, emoji });
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
