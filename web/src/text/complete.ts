/* complete.ts - what can be completed where the caret stands: a command, an emoji, a name. Pure. */

export interface Completion {
  readonly kind: "command" | "emoji" | "name";
  /** What is replaced: from, to in the text. */
  readonly from: number;
  readonly to: number;
  readonly written: string;
}

/** What the word before the caret asks for by itself, while one types. */
export function completionAt(text: string, caret: number): Completion | undefined {
  const head = text.slice(Math.max(0, caret - 80), caret);
  const word = /(?:^|[\s([{])([^\s([{]*)$/.exec(head)?.[1] ?? "";
  const from = caret - word.length;
  if (from === 0 && /^\/[a-z]*$/i.test(word)) return { kind: "command", from, to: caret, written: word.slice(1).toLowerCase() };
  if (/^:[a-z0-9_+-]{2,}$/i.test(word)) return { kind: "emoji", from, to: caret, written: word.slice(1).toLowerCase() };
  if (/^@\S*$/.test(word)) return { kind: "name", from, to: caret, written: word.slice(1) };
  return undefined;
}

/** What the key Tab completes: any word is the begin of a name. */
export function completionByTab(text: string, caret: number): Completion | undefined {
  const asked = completionAt(text, caret);
  if (asked) return asked;
  const word = /(\S+)$/.exec(text.slice(Math.max(0, caret - 80), caret))?.[1] ?? "";
  return word === "" ? undefined : { kind: "name", from: caret - word.length, to: caret, written: word };
}

const folded = (text: string): string => text.normalize("NFKC").toLocaleLowerCase();

export function namesFor(written: string, names: readonly string[]): readonly string[] {
  const begin = folded(written);
  return names.filter((name) => folded(name).startsWith(begin)).slice(0, 8);
}

/** The text with the completion in place, and where the caret then stands. */
export function complete(text: string, at: Completion, chosen: string): { readonly text: string; readonly caret: number } {
  const inside = at.kind === "command" ? `/${chosen} `
    : at.kind === "emoji" ? `${chosen} `
    : `@${chosen}${at.from === 0 ? ": " : " "}`;
  const behind = text.slice(at.to).replace(/^ /, "");
  return { text: text.slice(0, at.from) + inside + behind, caret: at.from + inside.length };
}

/** How well letters match a title: 0 not at all; more is better. Letters in order, the begin of a
 * word counts most. */
export function matchOf(letters: string, title: string): number {
  const wanted = folded(letters).replace(/\s+/g, "");
  const text = folded(title);
  if (wanted === "") return 1;
  const whole = text.indexOf(wanted);
  if (whole >= 0) return 1000 - whole * 10 - text.length + (whole === 0 || /[^\p{L}\p{N}]/u.test(text[whole - 1] ?? "") ? 500 : 0);
  let score = 1;
  let at = 0;
  for (const letter of wanted) {
    const found = text.indexOf(letter, at);
    if (found < 0) return 0;
    score += found === at ? 5 : 1;
    at = found + letter.length;
  }
  return score;
}
