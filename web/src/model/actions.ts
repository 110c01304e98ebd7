/* actions.ts - what views can ask for. The model and the link implement it (app.tsx); views and
 * tests of views use only this. Whatever fails comes back as a Refusal or shows in the state:
 * nothing here throws but for a fault of the program. */
import type { ConversationId, Level, Refusal, Seat } from "./state.js";

export type Outcome<T = undefined> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly refusal: Refusal }
  | { readonly ok: false; readonly unreachable: true };

/** The trailing map of a message, with the protocol's keys. */
export type Extras = { readonly [key: string]: unknown };

/** An answer: positional fields by the names of src/wire/fields.def in camelCase, and the map. */
export interface Answer {
  readonly fields: { readonly [field: string]: unknown };
  readonly extras: Extras;
  /** extras.list, or nothing. */
  readonly list: readonly Extras[];
}

export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly code?: string; /* of the second factor */
  readonly invitation?: string;
  readonly temporary: boolean; /* not my computer */
}

export interface Actions {
  login(who: Credentials): Promise<Outcome>;
  register(who: Credentials): Promise<Outcome>;
  loginByLink(link: string, digits: string): Promise<Outcome>;
  logout(): Promise<void>;

  open(conversation: ConversationId, seq?: number): void;
  close(): void;
  /** Messages around seq; without it, those that opening shows. The conversation that is open stays. */
  show(conversation: ConversationId, seq?: number): void;
  loadOlder(conversation: ConversationId): void;
  loadNewer(conversation: ConversationId): void;
  jumpToPresent(conversation: ConversationId): void;
  /** The user has seen all up to seq: at the bottom, with the page visible. Infinity: all that is there. */
  seen(conversation: ConversationId, seq: number): void;
  markAllRead(): void;

  send(conversation: ConversationId, content: string, options?: { readonly replyTo?: number }): void;
  sendFile(conversation: ConversationId, file: File, caption: string): void;
  sendRecording(conversation: ConversationId, ogg: Uint8Array, durationMs: number): void;
  retry(conversation: ConversationId, key: string): void;
  discard(conversation: ConversationId, key: string): void;
  edit(conversation: ConversationId, seq: number, content: string): void;
  remove(conversation: ConversationId, seq: number): void;
  react(conversation: ConversationId, seq: number, emoji: string, add: boolean): void;
  pin(conversation: ConversationId, seq: number, pinned: boolean): void;
  forward(from: ConversationId, seq: number, to: ConversationId): void;
  draft(conversation: ConversationId, text: string): void;
  typing(conversation: ConversationId): void;
  setLevel(conversation: ConversationId, level: Level, mutedUntil?: number): void;

  /** A URL of this origin that is good for some minutes: for <img>, <audio> and downloads. */
  fileUrl(file: number): Promise<Outcome<string>>;
  /** Brings a small file to the server without sending it; the value is its number. */
  upload(name: string, file: Blob): Promise<Outcome<number>>;
  thumbnail(file: number): Promise<Outcome<Blob>>;
  recording(conversation: ConversationId, seq: number): Promise<Outcome<Uint8Array>>;
  played(conversation: ConversationId, seq: number): void;

  /** `seat`: this page has had it before it was loaded anew. */
  join(conversation: ConversationId, seat?: Seat): Promise<Outcome>;
  leave(): void;
  /** Without a name: whoever rings. */
  answer(from?: string): Promise<Outcome>;
  refuse(): void;
  setMuted(muted: boolean): void;
  setDeafened(deafened: boolean): void;
  setVolume(name: string, volume: number, muted: boolean): void;

  /** Any request of docs/protocol.md: `fields` in the order of the document, without username and
   * token, which stand before them by themselves. For screens that show lists and settings. */
  ask(action: string, fields: readonly unknown[], extras?: Extras): Promise<Outcome<Answer>>;
  dismissNotice(): void;
  reconnectNow(): void;
}
