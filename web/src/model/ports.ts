/* ports.ts - what the model needs of the world, so that tests can be the world: the link, the
 * store of the browser, time and HTTP. Implemented in link/, keep/ and app.tsx. */
import type { Ask, Position, Result, Session } from "../link/machine.js";
import type { Item, Numbers } from "./outbox.js";
import type { Conversation } from "./state.js";
import type { Zone } from "./zone.js";

export interface LinkPort {
  readonly up: boolean;
  start(session: Session): void;
  enter(asks: readonly Ask[], done: (result: Result) => void): void;
  stop(): void;
  reconnect(): void;
  request(ask: Ask, done: (result: Result) => void): void;
  tell(action: string, fields: readonly unknown[]): boolean;
  setInCall(inCall: boolean): void;
  readonly buffered: number;
  /** See link/machine.ts. */
  readonly behindMs: number;
  readonly roundTripMs: number | undefined;
  /** Closes the connection; the session goes on elsewhere. The port is of no use any more. */
  end(): void;
}

/** What is kept of an account. */
export interface KeptAccount {
  readonly session: Session;
  readonly temporary: boolean;
  readonly numbers: Numbers;
  readonly position: Position;
  readonly admin: boolean;
  /** How loud this user hears people in calls, by their names. */
  readonly volumes?: Volumes;
}

export type Volumes = { readonly [name: string]: { readonly volume: number; readonly muted: boolean } };

export interface KeptAll {
  readonly account: KeptAccount;
  readonly outbox: readonly Item[];
  readonly conversations: readonly Conversation[];
}

/** IndexedDB, or memory where this is not the user's computer. Nothing throws: what cannot be kept
 * is lost with the page. */
export interface KeepPort {
  load(): Promise<KeptAll | undefined>;
  saveAccount(account: KeptAccount): Promise<void>;
  /** Both at once: a number that is used twice could lose a message. */
  saveItem(item: Item, account: KeptAccount): Promise<void>;
  dropItem(key: string): Promise<void>;
  saveConversations(conversations: readonly Conversation[]): Promise<void>;
  clear(): Promise<void>;
}

export interface World {
  now(): number;
  /** Calls back after some time; gives what ends it. */
  later(ms: number, call: () => void): () => void;
  /** When a change of the state becomes visible; without it at the end of the turn. */
  readonly soon?: (call: () => void) => void;
  /** From 1 to 2^53 - 1. */
  randomNumber(): number;
  /** That of the user's clock. */
  readonly zone: Zone;
  /** Writes one piece of an upload: the status of the answer, 0 if there is none. */
  put(url: string, piece: Blob, first: number, size: number): Promise<number>;
  /** Reads a file; undefined: it is gone, or the server is. */
  get(url: string): Promise<Blob | undefined>;
  sha256(blob: Blob): Promise<Uint8Array>;
  /** A small picture of a picture; undefined: it needs none, or is none. */
  thumbnail(blob: Blob): Promise<Uint8Array | undefined>;
}
