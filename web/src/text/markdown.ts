/* markdown.ts - the plain subset of Markdown that messages may use, as a small tree: bold, italic,
 * struck, code, quotes, lists, links, names. Whatever is not understood stays as it was written.
 * The time is linear in the length, whatever the text: no pattern looks back, each opener is put
 * on the stack once, and nesting is bounded. Pure; view/body.tsx renders it. */
import { linkTarget } from "./safe.js";
import type { Target } from "./safe.js";

export type Inline =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "code"; readonly text: string }
  | { readonly kind: "link"; readonly text: string; readonly target: Target; readonly own: boolean /* the writer chose the text */ }
  | { readonly kind: "mention"; readonly name: string }
  | { readonly kind: "bold" | "italic" | "struck"; readonly inside: readonly Inline[] };

export type Block =
  | { readonly kind: "paragraph"; readonly inside: readonly Inline[] }
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  | { readonly kind: "quote"; readonly inside: readonly Block[] }
  | { readonly kind: "list"; readonly ordered: boolean; readonly first: number; readonly items: readonly (readonly Inline[])[] };

const DEEPEST_QUOTE = 3;
const FENCE = /^ {0,3}```([\w+#.-]{0,20})\s*$/;
const BULLET = /^ {0,3}[-*•] +(\S.*)$/;
const NUMBER = /^ {0,3}(\d{1,6})[.)] +(\S.*)$/;
const QUOTE = /^ {0,3}> ?(.*)$/;

export function parse(text: string): readonly Block[] {
  return blocks(text.split("\n"), 0);
}

function blocks(lines: readonly string[], depth: number): Block[] {
  const found: Block[] = [];
  let at = 0;
  let plain: string[] = [];
  const flush = (): void => {
    const inside = plain.join("\n").replace(/^\n+/, "").trimEnd();
    if (inside !== "") found.push({ kind: "paragraph", inside: inlines(inside) });
    plain = [];
  };
  let unclosed = false; /* a fence without an end is looked for once */
  while (at < lines.length) {
    const block = (unclosed ? undefined : fence(lines, at)) ?? list(lines, at) ?? (depth < DEEPEST_QUOTE ? quote(lines, at, depth) : undefined);
    if (block) {
      flush();
      found.push(block.block);
      at = block.next;
    } else {
      const line = lines[at++] ?? "";
      unclosed ||= FENCE.test(line);
      plain.push(line);
    }
  }
  flush();
  return found;
}

interface Taken {
  readonly block: Block;
  readonly next: number;
}

function fence(lines: readonly string[], at: number): Taken | undefined {
  const opening = FENCE.exec(lines[at] ?? "");
  if (!opening) return undefined;
  for (let end = at + 1; end < lines.length; end++)
    if (/^ {0,3}```\s*$/.test(lines[end] ?? ""))
      return { block: { kind: "code", language: opening[1] ?? "", text: lines.slice(at + 1, end).join("\n") }, next: end + 1 };
  return undefined;
}

function quote(lines: readonly string[], at: number, depth: number): Taken | undefined {
  const inside: string[] = [];
  let next = at;
  for (; next < lines.length; next++) {
    const line = QUOTE.exec(lines[next] ?? "");
    if (!line) break;
    inside.push(line[1] ?? "");
  }
  return next === at ? undefined : { block: { kind: "quote", inside: blocks(inside, depth + 1) }, next };
}

function list(lines: readonly string[], at: number): Taken | undefined {
  const number = NUMBER.exec(lines[at] ?? "");
  const items: (readonly Inline[])[] = [];
  let next = at;
  for (; next < lines.length; next++) {
    const line = (number ? NUMBER : BULLET).exec(lines[next] ?? "");
    if (!line) break;
    items.push(inlines((number ? line[2] : line[1]) ?? ""));
  }
  if (next === at) return undefined;
  return { block: { kind: "list", ordered: number !== null, first: number ? Number(number[1]) : 1, items }, next };
}

type Style = "bold" | "italic" | "struck";
interface Opener {
  readonly style: Style;
  readonly mark: string;
  readonly inside: Inline[];
}

const MARK = /\*\*|~~|[*_]/y;
const LINK = /(?:https?:\/\/|chinwag:\/\/|mailto:)[^\s<>"`]{1,2048}/iy;
const NAMED = /\[([^[\]\n]{1,200})\]\((https?:\/\/[^\s()[\]<>]{1,2000})\)/iy;
const NAME = /@[^\s@#,;:!?()[\]{}<>"'`*~]{1,64}/y;
const PLAIN = /[^*_~`@[\\hcm]+|[\s\S]/iy;
const WORD = /[\p{L}\p{N}]/u;

/** What stands in one paragraph. */
export function inlines(text: string): readonly Inline[] {
  return new Scanner(text).run();
}

class Scanner {
  #at = 0;
  readonly #outer: Inline[] = [];
  readonly #open: Opener[] = [];
  readonly #noTicks = new Set<number>(); /* runs of so many backticks have no end further on */

  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  run(): readonly Inline[] {
    while (this.#at < this.#text.length)
      if (!(this.#escape() || this.#code() || this.#style() || this.#named() || this.#link() || this.#mention())) this.#plain();
    while (this.#open.length > 0) this.#giveUp();
    return this.#outer;
  }

  get #target(): Inline[] { return this.#open.at(-1)?.inside ?? this.#outer; }

  #add(text: string): void {
    const last = this.#target.at(-1);
    if (last?.kind === "text") this.#target[this.#target.length - 1] = { kind: "text", text: last.text + text };
    else this.#target.push({ kind: "text", text });
  }

  #match(pattern: RegExp): RegExpExecArray | null {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#text);
  }

  #before(): string { return this.#text[this.#at - 1] ?? " "; }

  #plain(): void {
    const found = this.#match(PLAIN)?.[0] ?? this.#text[this.#at] ?? "";
    this.#add(found);
    this.#at += found.length;
  }

  #escape(): boolean {
    if (this.#text[this.#at] !== "\\" || !/[*_~`[\]\\>#@-]/.test(this.#text[this.#at + 1] ?? "")) return false;
    this.#add(this.#text[this.#at + 1] ?? "");
    this.#at += 2;
    return true;
  }

  #code(): boolean {
    if (this.#text[this.#at] !== "`") return false;
    let length = 1;
    while (this.#text[this.#at + length] === "`") length++;
    const end = this.#noTicks.has(length) ? -1 : this.#closingTicks(this.#at + length, length);
    if (end < 0) {
      this.#noTicks.add(length);
      this.#add("`".repeat(length));
      this.#at += length;
    } else {
      this.#target.push({ kind: "code", text: this.#text.slice(this.#at + length, end).replace(/\n/g, " ") });
      this.#at = end + length;
    }
    return true;
  }

  #closingTicks(from: number, length: number): number {
    for (let at = this.#text.indexOf("`", from); at >= 0; ) {
      let run = 1;
      while (this.#text[at + run] === "`") run++;
      if (run === length) return at;
      at = this.#text.indexOf("`", at + run);
    }
    return -1;
  }

  #style(): boolean {
    const mark = this.#match(MARK)?.[0];
    if (mark === undefined) return false;
    const style: Style = mark === "**" ? "bold" : mark === "~~" ? "struck" : "italic";
    const before = this.#before();
    const after = this.#text[this.#at + mark.length] ?? " ";
    const isOpen = this.#open.some((opener) => opener.mark === mark);
    this.#at += mark.length;
    if (isOpen && !/\s/.test(before) && !WORD.test(after)) this.#close(mark);
    else if (!this.#open.some((opener) => opener.style === style) && !/\s/.test(after) && !WORD.test(before)) this.#open.push({ style, mark, inside: [] });
    else this.#add(mark);
    return true;
  }

  #close(mark: string): void {
    while (this.#open.at(-1)?.mark !== mark) this.#giveUp();
    const opener = this.#open.pop();
    if (!opener) return;
    if (opener.inside.length === 0) this.#add(mark + mark);
    else this.#target.push({ kind: opener.style, inside: opener.inside });
  }

  /** The innermost opener has no end: it was plain text. */
  #giveUp(): void {
    const opener = this.#open.pop();
    if (!opener) return;
    this.#add(opener.mark);
    for (const inline of opener.inside)
      if (inline.kind === "text") this.#add(inline.text);
      else this.#target.push(inline);
  }

  #named(): boolean {
    const found = this.#match(NAMED);
    const target = found && linkTarget(found[2] ?? "");
    if (!found || !target) return false;
    this.#target.push({ kind: "link", text: found[1] ?? "", target, own: true });
    this.#at += found[0].length;
    return true;
  }

  #link(): boolean {
    if (WORD.test(this.#before())) return false;
    const written = this.#match(LINK)?.[0];
    if (written === undefined) return false;
    const trimmed = withoutEnd(written);
    const target = linkTarget(trimmed);
    if (target) this.#target.push({ kind: "link", text: target.shown, target, own: false });
    else this.#add(trimmed);
    this.#at += trimmed.length;
    return true;
  }

  #mention(): boolean {
    if (!/[\s([{,;"'*_~]/.test(this.#before())) return false;
    const found = this.#match(NAME)?.[0].replace(/[\p{P}]+$/u, "");
    if (found === undefined || found.length < 2) return false;
    this.#target.push({ kind: "mention", name: found.slice(1) });
    this.#at += found.length;
    return true;
  }
}

/** An address without what ends the sentence around it. */
function withoutEnd(written: string): string {
  let end = written.length;
  let closers = 0;
  for (const character of written) closers += character === ")" ? 1 : character === "(" ? -1 : 0;
  while (end > 1) {
    const last = written[end - 1] ?? "";
    if (last === ")" && closers > 0) closers--;
    else if (!/[.,;:!?'*_~\]}]/.test(last)) break;
    end--;
  }
  return written.slice(0, end);
}

const EMOJI = /^(?:\p{Extended_Pictographic}[\u{1f3fb}-\u{1f3ff}]?\ufe0f?(?:\u200d\p{Extended_Pictographic}[\u{1f3fb}-\u{1f3ff}]?\ufe0f?){0,4}|[\u{1f1e6}-\u{1f1ff}]{2}|\s){1,12}$/u;

/** Nothing but a few emoji: shown larger. */
export function isOnlyEmoji(text: string): boolean {
  return text.length <= 60 && text.trim() !== "" && EMOJI.test(text);
}
