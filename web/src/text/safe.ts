/* safe.ts - texts of other people, made fit to be shown: nothing turns the direction of what stands
 * around it, no character grows over its line, no link says one place and leads to another.
 * Pure. Views put the results into text nodes, never into markup. */

/** Controls but tab and line feed; embeddings, overrides and isolates of directions. Each text of a
 * person stands in an element of its own with dir=auto, which isolates it; so these are not needed. */
const UNFIT = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]/g;
const MARKS = /(\p{M}{4})\p{M}+/gu;

export function clean(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(UNFIT, "").replace(MARKS, "$1");
}

/** A name or a title in one line. */
export function cleanName(name: string): string {
  const shown = clean(name).replace(/\s+/g, " ").trim();
  return shown.length > 128 ? `${shown.slice(0, 128)}…` : shown;
}

export interface Target {
  readonly href: string;
  /** What stands in the page: the address as it is, with a foreign script in a host as punycode. */
  readonly shown: string;
  /** Where it leads, to stand beside a text that the writer has chosen. */
  readonly place: string;
}

const SCHEMES = new Set(["http:", "https:", "chinwag:", "mailto:"]);
const LONGEST = 2048;

/** Nothing for what must not be a link: it is shown as text. */
export function linkTarget(written: string): Target | undefined {
  const text = clean(written);
  if (text !== written || text.length > LONGEST) return undefined;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return undefined;
  }
  if (!SCHEMES.has(url.protocol) || url.username !== "" || url.password !== "") return undefined;
  if (url.protocol !== "mailto:" && url.host === "") return undefined;
  const host = /^[a-z]+:[/\\]*([^/\\?#]*)/i.exec(text)?.[1] ?? "";
  const hostIsPlain = /^[\x21-\x7e]*$/.test(host);
  return { href: url.href, shown: hostIsPlain ? text : url.href, place: url.host || url.pathname };
}

/** One of twelve colours, the same on every device; both themes have a readable one for each. */
export function hueOf(name: string): number {
  let hash = 0x811c9dc5;
  for (const character of name.normalize("NFKC").toLowerCase()) {
    hash ^= character.codePointAt(0) ?? 0;
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return ((hash ^ (hash >>> 16)) >>> 0) % 12;
}

/** The letter in place of a picture. */
export function initialOf(name: string): string {
  const first = [...clean(name).replace(/^[#@]/, "")].find((character) => /[\p{L}\p{N}]/u.test(character));
  return (first ?? "?").toLocaleUpperCase();
}
