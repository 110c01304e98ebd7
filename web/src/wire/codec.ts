/* codec.ts - messages as bytes: MessagePack objects one after the other, by the table that is made
 * of src/wire/messages.def (table.ts). docs/protocol.md, "Messages", "Objects" and "Growth".
 *
 * Nothing here throws because of what a server sends: what cannot be read is `undefined`. It knows
 * no meaning: that is the link's and the model's. Called by link/ and its tests. */
import { isExt, pack, textOf, unpack, type Ext } from "./pack.js";
import { FIELD_TYPES, MESSAGES, OTHER_REQUESTS, type FieldType } from "./table.js";

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
export type Opus = Ext;
export const isOpus = isExt;

const OBJECTS_MAX = 64; /* of a message, at its top level */

interface Shape {
  readonly names: readonly string[];
  readonly types: readonly string[];
}

const shapes = new Map<string, Shape>();
const types: { readonly [name: string]: FieldType } = FIELD_TYPES;
for (const row of MESSAGES) {
  const [kind, action, ...names] = row.split(" ");
  shapes.set(`${kind} ${action}`, { names, types: names.map((name) => types[name] ?? "STRING") });
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));
const otherRequests = wordsOf(OTHER_REQUESTS);

/** Strings may come as str or bin (docs/protocol.md, "Objects"): pack.ts leaves both as bytes. */
const asText = (value: unknown): unknown => (value instanceof Uint8Array ? textOf(value) : value);

/* --- reading -------------------------------------------------------------------------- */

/** Who reads another key of a map asks for its type (model/read.ts). */
const isList = (value: unknown): boolean => value === undefined || (Array.isArray(value) && value.every(isMap));

const isMap = (value: unknown): value is Extras =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array) && !isOpus(value);

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
  if (shape === undefined && kind === "update")
    return undefined;
  const fields = readFields(rest, code === 0 ? shape ?? NOTHING : NOTHING);
  if (fields === undefined)
    return undefined;
  const extras = rest.slice(Object.keys(fields).length).find(isMap) ?? {};
  return isList(extras["list"]) ? { kind, action, code, fields, extras } : undefined;
}

/** What a server has sent; undefined: it is none of this protocol, or an update that is unknown.
 * Whether an answer was asked for is known to the link. */
export function decode(bytes: Uint8Array): Message | undefined {
  try {
    return read(unpack(bytes, OBJECTS_MAX));
  } catch {
    return undefined;
  }
}

/* --- writing -------------------------------------------------------------------------- */

/** With the trailing map, which may be empty: this is an extended client. */
export const encodeRequest = (action: string, fields: readonly unknown[], extras: Extras = {}): Uint8Array<ArrayBuffer> =>
  pack(["request", action, ...fields, extras]);

/** `call_data`, `p` and `typing`. */
export const encodeUpdate = (action: string, fields: readonly unknown[]): Uint8Array<ArrayBuffer> =>
  pack(["update", action, ...fields]);

/** Whether a request begins with username and token, which the link puts there by itself. */
export const carriesToken = (action: string): boolean => !otherRequests.has(action);
