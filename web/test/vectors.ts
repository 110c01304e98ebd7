/* vectors.ts - reads test/wire/vectors of the repository, which the C codec is tested by, too. Their
 * form: test/wire/vector.h and text.h. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Vector {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly is: string;
  readonly uses: readonly string[];
  readonly bytes: Uint8Array;
}

const FOLDER = join(process.cwd(), "..", "test", "wire", "vectors");

function bytesOfText(text: string): Uint8Array {
  const bytes: number[] = [];
  for (const [, hex, quoted, times] of text.matchAll(/(?:([0-9a-f]{2})|"((?:[^"\\]|\\x[0-9a-f]{2})*)")(?:\*(\d+))?|#.*/g)) {
    if (hex === undefined && quoted === undefined)
      continue;
    const piece = hex !== undefined ? [parseInt(hex, 16)] : [...unescaped(quoted as string)];
    for (let i = 0; i < Number(times ?? 1); i++)
      bytes.push(...piece);
  }
  return new Uint8Array(bytes);
}

export function unescaped(quoted: string): Uint8Array {
  const parts = quoted.split(/(\\x[0-9a-f]{2})/).map((part) =>
    part.startsWith("\\x") ? new Uint8Array([parseInt(part.slice(2), 16)]) : new TextEncoder().encode(part));
  return Buffer.concat(parts);
}

function vectorsOf(file: string): Vector[] {
  const found: Vector[] = [];
  let name = "", is = "";
  let open: { line: number; uses: string[]; text: string } | undefined;
  const flush = () => {
    if (open !== undefined)
      found.push({ file, line: open.line, name, is, uses: open.uses, bytes: bytesOfText(open.text) });
    open = undefined;
  };
  for (const [i, line] of readFileSync(join(FOLDER, file), "utf8").split("\n").entries()) {
    if (line === "" || line.startsWith("#"))
      continue;
    if (line.startsWith(" ") && open !== undefined) {
      open.text += `${line}\n`;
      continue;
    }
    flush();
    if (line.startsWith("== "))
      name = line.slice(3);
    else if (line.startsWith("is "))
      is = line.slice(3);
    else
      open = { line: i + 1, uses: line.trim().split(/ +/), text: "" };
  }
  flush();
  return found;
}

export const allVectors = (): Vector[] =>
  readdirSync(FOLDER).filter((name) => name.endsWith(".txt")).flatMap(vectorsOf);

/* --- what `is` says --------------------------------------------------------------------- */

export interface Meaning {
  readonly kind: string;
  readonly action: string;
  readonly code: number;
  readonly fields: { [name: string]: unknown };
  readonly extras?: { [key: string]: unknown };
}

/** One value of the notation, and the rest of the text behind it. */
function valueOf(text: string): [unknown, string] {
  const quoted = /^"((?:[^"\\]|\\x[0-9a-f]{2})*)"/.exec(text);
  if (quoted)
    return [unescaped(quoted[1] as string).toString(), text.slice(quoted[0].length)];
  const number = /^-?\d+/.exec(text);
  if (number) {
    const big = BigInt(number[0]);
    return [big > BigInt(Number.MAX_SAFE_INTEGER) ? big : Number(big), text.slice(number[0].length)];
  }
  const hex = /^(packet|ogg)?<([0-9a-f]*)>/.exec(text);
  if (hex) {
    const bytes = new Uint8Array(Buffer.from(hex[2] as string, "hex"));
    const value = hex[1] === undefined ? bytes : { type: hex[1] === "ogg" ? 1 : 2, bytes };
    return [value, text.slice(hex[0].length)];
  }
  if (text.startsWith("{"))
    return mapOf(text.slice(1));
  if (!text.startsWith("["))
    throw new Error(`not understood: ${text}`);
  const items: unknown[] = [];
  for (text = text.slice(1); !text.startsWith("]"); text = text.replace(/^,/, "")) {
    const [item, rest] = valueOf(text);
    items.push(item);
    text = rest;
  }
  return [items, text.slice(1)];
}

/** name=value pairs, up to a closing brace, a bar or the end. */
function mapOf(text: string): [{ [name: string]: unknown }, string] {
  const map: { [name: string]: unknown } = {};
  for (text = text.trimStart(); text !== "" && !text.startsWith("}") && !text.startsWith("|"); text = text.trimStart()) {
    const name = /^(\w+)=/.exec(text);
    if (!name)
      throw new Error(`not understood: ${text}`);
    const [value, rest] = valueOf(text.slice(name[0].length));
    map[name[1] as string] = value;
    text = rest;
  }
  return [map, text.replace(/^}/, "")];
}

/** undefined: the bytes cannot be read. */
export function meaningOf(is: string): Meaning | undefined {
  const head = /^(request|response|update|client_update) "([^"]*)"(?: (\d+))?/.exec(is);
  if (!head)
    return undefined;
  const [fields, rest] = mapOf(is.slice(head[0].length));
  const extras = rest.startsWith("|") ? mapOf(rest.slice(1))[0] : undefined;
  const meaning = { kind: head[1] as string, action: head[2] as string, code: Number(head[3] ?? 0), fields };
  return extras === undefined ? meaning : { ...meaning, extras };
}
