/* pack.ts - MessagePack objects (msgpack.org) as values of JavaScript, and back: as much as
 * docs/protocol.md, "Objects", needs, at a third of the size of the package @msgpack/msgpack, which
 * the tests compare it with. It knows no messages: that is codec.ts, which calls it.
 *
 * Read: numbers above 2^53 are bigint, samples are Ext. Strings come as str or bin: at the top level
 * both are bytes, in containers text, or bytes if they are no UTF-8. Keys are text. */

/** Bytes with a type of the application. */
export interface Ext {
  readonly type: number;
  readonly bytes: Uint8Array;
}

const NESTING_MAX = 8;

export const isExt = (value: unknown): value is Ext =>
  typeof value === "object" && value !== null && "bytes" in value && value.bytes instanceof Uint8Array && "type" in value;

/* --- reading -------------------------------------------------------------------------- */

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Throws if the bytes are no UTF-8. */
export const textOf = (bytes: Uint8Array): string => utf8.decode(bytes);

function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return textOf(bytes);
  } catch {
    return bytes;
  }
}

const numberIfExact = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);

function keyOf(key: unknown): string {
  const text = key instanceof Uint8Array ? textOf(key) : typeof key === "string" ? key : `?${String(key)}`; /* no key that anybody reads */
  if (text === "__proto__")
    throw new RangeError("no key of a map");
  return text;
}

/** The objects that stand there one after the other, `most` at most; throws if one is cut or nested too deeply. */
export function unpack(whole: Uint8Array, most: number): unknown[] {
  const view = new DataView(whole.buffer, whole.byteOffset, whole.byteLength);
  let at = 0;
  const step = (size: number): number => (at += size) - size;
  /* 2 to the power `width` bytes. */
  const unsigned = (width: number): number => {
    const from = step(1 << width);
    return width === 0 ? view.getUint8(from) : width === 1 ? view.getUint16(from) : view.getUint32(from);
  };
  const signed = (width: number): number => {
    const from = step(1 << width);
    return width === 0 ? view.getInt8(from) : width === 1 ? view.getInt16(from) : view.getInt32(from);
  };
  /* A copy: a part would keep the whole message alive. */
  const bytes = (size: number): Uint8Array => {
    const from = step(size);
    if (at > whole.length)
      throw new RangeError("the message ends within an object");
    return whole.slice(from, at);
  };
  const string = (size: number, depth: number): unknown => (depth === 0 ? bytes(size) : textOrBytes(bytes(size)));
  const ext = (size: number): Ext => ({ type: signed(0), bytes: bytes(size) });
  const deeper = (depth: number): number => {
    if (depth === NESTING_MAX)
      throw new RangeError("nested too deeply");
    return depth + 1;
  };
  const list = (size: number, depth: number): unknown[] => {
    const items: unknown[] = [];
    for (const inside = deeper(depth); items.length < size;)
      items.push(object(inside));
    return items;
  };
  const map = (size: number, depth: number): { [key: string]: unknown } => {
    const items: { [key: string]: unknown } = {};
    const inside = deeper(depth);
    for (let i = 0; i < size; i++) {
      const key = keyOf(object(inside));
      items[key] = object(inside);
    }
    return items;
  };
  const object = (depth: number): unknown => {
    const tag = unsigned(0);
    if (tag < 0x80) return tag;
    if (tag < 0x90) return map(tag & 15, depth);
    if (tag < 0xa0) return list(tag & 15, depth);
    if (tag < 0xc0) return string(tag & 31, depth);
    if (tag >= 0xe0) return tag - 0x100;
    if (tag === 0xc0) return null;
    if (tag === 0xc1) throw new RangeError("no object begins so");
    if (tag < 0xc4) return tag === 0xc3;
    if (tag < 0xc7) return string(unsigned(tag - 0xc4), depth);
    if (tag < 0xca) return ext(unsigned(tag - 0xc7));
    if (tag === 0xca) return view.getFloat32(step(4));
    if (tag === 0xcb) return view.getFloat64(step(8));
    if (tag < 0xcf) return unsigned(tag - 0xcc);
    if (tag === 0xcf) return numberIfExact(view.getBigUint64(step(8)));
    if (tag < 0xd3) return signed(tag - 0xd0);
    if (tag === 0xd3) return numberIfExact(view.getBigInt64(step(8)));
    if (tag < 0xd9) return ext(1 << (tag - 0xd4));
    if (tag < 0xdc) return string(unsigned(tag - 0xd9), depth);
    return tag < 0xde ? list(unsigned(tag - 0xdb), depth) : map(unsigned(tag - 0xdd), depth);
  };
  const objects: unknown[] = [];
  while (at < whole.length && objects.length < most)
    objects.push(object(0));
  return objects;
}

/* --- writing -------------------------------------------------------------------------- */

const encoder = new TextEncoder();
const widthOf = (size: number): number => (size < 0x100 ? 0 : size < 0x10000 ? 1 : 2);

/** The tag for this width, and the number in 2 to the power `width` bytes. */
function tagged(tag: number, number: number | bigint, width = widthOf(Number(number))): Uint8Array {
  const bytes = new Uint8Array(1 + (1 << width));
  const view = new DataView(bytes.buffer);
  bytes[0] = tag + width;
  if (width === 3) view.setBigUint64(1, BigInt(number));
  else if (width === 2) view.setUint32(1, Number(number));
  else if (width === 1) view.setUint16(1, Number(number));
  else view.setUint8(1, Number(number));
  return bytes;
}

function integer(value: number | bigint): Uint8Array {
  if (value >= -32 && value < 0x80) return Uint8Array.of(Number(value));
  if (value >= 0) return tagged(0xcc, value, value > 0xffffffff ? 3 : undefined);
  return tagged(0xd0, value, value >= -0x80 ? 0 : value >= -0x8000 ? 1 : value >= -0x80000000 ? 2 : 3);
}

function float(value: number): Uint8Array {
  const bytes = new Uint8Array(9);
  bytes[0] = 0xcb;
  new DataView(bytes.buffer).setFloat64(1, value);
  return bytes;
}

const sized = (tag: number, fixed: number, most: number, size: number): Uint8Array =>
  size <= most ? Uint8Array.of(fixed | size) : tagged(tag, size, Math.max(1, widthOf(size)));

function write(value: unknown, out: Uint8Array[]): void {
  if (typeof value === "bigint" || (typeof value === "number" && Number.isSafeInteger(value))) {
    out.push(integer(value));
  } else if (typeof value === "number") {
    out.push(float(value));
  } else if (typeof value === "string") {
    const bytes = encoder.encode(value);
    out.push(bytes.length < 32 ? Uint8Array.of(0xa0 | bytes.length) : tagged(0xd9, bytes.length), bytes);
  } else if (value instanceof Uint8Array) {
    out.push(tagged(0xc4, value.length), value);
  } else if (isExt(value)) {
    const { length } = value.bytes;
    const fixed = [1, 2, 4, 8, 16].indexOf(length);
    out.push(fixed < 0 ? tagged(0xc7, length) : Uint8Array.of(0xd4 + fixed), Uint8Array.of(value.type), value.bytes);
  } else if (Array.isArray(value)) {
    out.push(sized(0xdb, 0x90, 15, value.length));
    for (const item of value) write(item, out);
  } else if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined);
    out.push(sized(0xdd, 0x80, 15, entries.length));
    for (const entry of entries) entry.forEach((part) => write(part, out));
  } else {
    out.push(Uint8Array.of(value === true ? 0xc3 : value === false ? 0xc2 : 0xc0));
  }
}

/** The objects, one after the other. */
export function pack(objects: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  for (const object of objects) write(object, parts);
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
