/* codec.ts - messages as bytes: MessagePack objects one after the other, by the table that is made
 * of src/wire/messages.def (table.ts). docs/protocol.md, "Messages", "Objects" and "Growth".
 *
 * Nothing here throws because of what a server sends: what cannot be read is `undefined`. It knows
 * no meaning: that is the link's and the model's. Called by link/ and its tests. */
import { Decoder, Encoder, ExtData } from "@msgpack/msgpack";
import { MESSAGES, type Row } from "./table.js";

/** Keys as docs/protocol.md spells them. Numbers above 2^53 are bigint. */
export type Extras = { readonly [key: string]: unknown };

export interface Message {
  readonly kind: "response" | "update";
  readonly action: string;
  /** Of a response. */
  readonly code: number;
  /** Positional fields, by the names of src/wire/fields.def in camelCase. */
  readonly fields: { readonly [field: string]: unknown };
  readonly extras: Extras;
}

/** Samples of a recording (ext 1) or a call (ext 2); arrays of PCM come as arrays of numbers. */
export interface Opus {
  readonly type: number;
  readonly bytes: Uint8Array;
}

const NESTING_MAX = 8;
const OBJECTS_MAX = 64; /* of a message, at its top level */
const CODE_UNKNOWN_ACTION = 1024;

const camelCase = (name: string): string => name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());

interface Shape {
  readonly names: readonly string[];
  readonly types: readonly string[];
}

const shapes = new Map<string, Shape>();
for (const row of MESSAGES as readonly Row[])
  shapes.set(`${row.kind} ${row.action}`, {
    names: row.fields.map((field) => camelCase(field.name)),
    types: row.fields.map((field) => field.type),
  });

/** Strings may come as str or bin (docs/protocol.md, "Objects"); the decoder leaves both as bytes,
 * since its own conversion takes what is no UTF-8. */
const textDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const asText = (value: unknown): unknown => (value instanceof Uint8Array ? textDecoder.decode(value) : value);

/** Of the strings in a map none is binary. */
function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return textDecoder.decode(bytes);
  } catch {
    return copyOf(bytes);
  }
}

function keyOf(key: unknown): string {
  const text = asText(key);
  return typeof text === "string" ? text : `?${String(key)}`; /* no key that anybody reads */
}

/* --- reading -------------------------------------------------------------------------- */

/** Replaces bigint that fit into a number, and ExtData; undefined: nested too deeply. */
function simplify(value: unknown, depth: number): unknown {
  if (typeof value === "bigint")
    return value <= BigInt(Number.MAX_SAFE_INTEGER) && value >= BigInt(Number.MIN_SAFE_INTEGER) ? Number(value) : value;
  if (value instanceof ExtData)
    return { type: value.type, bytes: copyOf(value.data as Uint8Array) };
  if (value instanceof Uint8Array)
    return depth === 0 ? copyOf(value) : textOrBytes(value);
  if (typeof value !== "object" || value === null)
    return value;
  if (depth === NESTING_MAX)
    throw new RangeError("nested too deeply");
  if (Array.isArray(value))
    return value.map((item) => simplify(item, depth + 1));
  const map: { [key: string]: unknown } = {};
  for (const [key, item] of Object.entries(value))
    map[key] = simplify(item, depth + 1);
  return map;
}

/** Slices would keep the whole message alive. */
const copyOf = (bytes: Uint8Array): Uint8Array => bytes.slice();

function objectsOf(bytes: Uint8Array): unknown[] {
  const decoder = new Decoder({ useBigInt64: true, rawStrings: true, mapKeyConverter: keyOf });
  const objects: unknown[] = [];
  for (const object of decoder.decodeMulti(bytes)) {
    if (objects.length === OBJECTS_MAX)
      break;
    objects.push(simplify(object, 0));
  }
  return objects;
}

/** Who reads another key of a map asks for its type (model/read.ts). */
const isList = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.every(isMap));

const isMap = (value: unknown): value is Extras =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array) && !isOpus(value);

export const isOpus = (value: unknown): value is Opus =>
  typeof value === "object" && value !== null && "bytes" in value && value.bytes instanceof Uint8Array && "type" in value;

const isSample = (value: unknown): boolean => Number.isInteger(value) && Math.abs((value as number) + 0.5) < 32768;

const isString = (value: unknown): value is string => typeof value === "string";

function fieldOf(value: unknown, type: string): unknown {
  switch (type) {
  case "STRING": {
    const text = asText(value);
    return isString(text) ? text : undefined;
  }
  case "UNSIGNED":
    return (typeof value === "number" && Number.isInteger(value) && value >= 0) || (typeof value === "bigint" && value >= 0n)
      ? value : undefined;
  case "BYTES":
    return value instanceof Uint8Array ? value : undefined;
  default: /* SAMPLES */
    return isOpus(value) || (Array.isArray(value) && value.every(isSample)) ? value : undefined;
  }
}

/** undefined: not all fields are there. */
function readFields(objects: readonly unknown[], shape: Shape): Message["fields"] | undefined {
  const fields: { [field: string]: unknown } = {};
  for (const [i, name] of shape.names.entries()) {
    const value = fieldOf(objects[i], shape.types[i] as string);
    if (value === undefined)
      return undefined;
    fields[name] = value;
  }
  return fields;
}

const NOTHING: Shape = { names: [], types: [] };

function read(objects: readonly unknown[]): Message | undefined {
  const kind = asText(objects[0]);
  const action = asText(objects[1]);
  if ((kind !== "response" && kind !== "update") || !isString(action))
    return undefined;
  const code = kind === "response" ? objects[2] : 0;
  if (typeof code !== "number" || !Number.isInteger(code) || code < 0)
    return undefined;
  const rest = objects.slice(kind === "response" ? 3 : 2);
  const shape = shapes.get(`${kind} ${action}`);
  if (shape === undefined && (kind === "update" || (code === 0 && !shapes.has(`request ${action}`))))
    return undefined;
  const fields = readFields(rest, code === 0 ? shape ?? NOTHING : NOTHING);
  if (fields === undefined)
    return undefined;
  const extras = rest.slice(Object.keys(fields).length).find(isMap) ?? {};
  return isList(extras["list"]) ? { kind, action, code, fields, extras } : undefined;
}

/** What a server has sent; undefined: it is none of this protocol, or an update that is unknown. */
export function decode(bytes: Uint8Array): Message | undefined {
  try {
    return read(objectsOf(bytes));
  } catch {
    return undefined;
  }
}

/* --- writing -------------------------------------------------------------------------- */

/** The encoder writes integers above 2^32 as floats unless they are bigint. */
function integers(value: unknown): unknown {
  if (typeof value === "number")
    return Number.isSafeInteger(value) && Math.abs(value) > 0xffffffff ? BigInt(value) : value;
  if (Array.isArray(value))
    return value.map(integers);
  if (typeof value !== "object" || value === null || value instanceof Uint8Array || value instanceof ExtData)
    return value;
  if (isOpus(value))
    return new ExtData(value.type, value.bytes);
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)
    .map(([key, item]) => [key, integers(item)]));
}

function encode(objects: readonly unknown[]): Uint8Array<ArrayBuffer> {
  const encoder = new Encoder({ useBigInt64: true });
  const parts = objects.map((object) => encoder.encode(integers(object)));
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** With the trailing map, which may be empty: this is an extended client. */
export const encodeRequest = (action: string, fields: readonly unknown[], extras: Extras = {}): Uint8Array<ArrayBuffer> =>
  encode(["request", action, ...fields, extras]);

/** `call_data` and `typing`. */
export const encodeUpdate = (action: string, fields: readonly unknown[]): Uint8Array<ArrayBuffer> =>
  encode(["update", action, ...fields]);

/** Whether a request begins with username and token, which the link puts there by itself. */
export function carriesToken(action: string): boolean {
  const names = shapes.get(`request ${action}`)?.names;
  return names === undefined || (names[0] === "username" && names[1] === "token");
}

/** An answer to a request that an older server does not know. */
export const isUnknownAction = (message: Message): boolean => message.code === CODE_UNKNOWN_ACTION;
