/* outbox.ts - what the user has done and the server has not confirmed, in order. Pure: which item
 * may be sent next, and how items look as messages. Called by sending.ts.
 *
 * Up to 16 items of a conversation are under way at a time; the server carries them out in the order
 * in which they are sent. After one was refused for a moment the rest go one by one, so that none
 * overtakes it. Files upload beside them and then take their place. */
import type { Delivery, Message, Refusal } from "./state.js";

export type Deed =
  | { readonly kind: "text"; readonly content: string; readonly replyTo?: number }
  | { readonly kind: "file"; readonly file: Blob; readonly name: string; readonly caption: string }
  | { readonly kind: "recording"; readonly ogg: Uint8Array; readonly durationMs: number }
  | { readonly kind: "edit"; readonly seq: number; readonly content: string }
  | { readonly kind: "delete"; readonly seq: number; readonly before: Message | undefined }
  | { readonly kind: "react"; readonly seq: number; readonly emoji: string; readonly add: boolean };

export interface Upload {
  readonly file: number;
  readonly generation: number;
  readonly done: boolean;
}

export interface Item {
  readonly key: string;
  readonly conversation: string;
  /** Items go out by this, the lower first. */
  readonly order: number;
  readonly time: number;
  readonly deed: Deed;
  /** The number of a message, from its first attempt on: it makes a repeated one harmless
   * (docs/protocol.md, "Retries"). */
  readonly n?: number;
  readonly failed?: Refusal;
  readonly upload?: Upload;
  readonly progress?: number;
  /** Its message came back by itself: it is shown as stored, the answer is still awaited. */
  readonly adopted?: boolean;
}

/** The part that numbers belong to, and the next one. Kept with the account, so that a message that
 * is sent again after a reload has the number that it had. */
export interface Numbers {
  readonly part: number;
  readonly next: number;
}

/** Unanswered numbers are never further apart than the server remembers. */
const NUMBERS_APART = 63;
const UNDER_WAY_MAX = 16;

export const isMessage = (item: Item): boolean => ["text", "file", "recording"].includes(item.deed.kind);

const uploads = (item: Item): boolean => item.deed.kind === "file" && item.upload?.done !== true;

export class Outbox {
  #items: Item[] = [];
  readonly #busy = new Set<string>();
  /** Conversations of which one was refused for a moment. */
  readonly #careful = new Set<string>();

  all(): readonly Item[] { return this.#items; }
  get(key: string): Item | undefined { return this.#items.find((item) => item.key === key); }
  of(conversation: string): readonly Item[] { return this.#items.filter((item) => item.conversation === conversation); }
  get length(): number { return this.#items.filter((item) => item.failed === undefined).length; }

  fill(items: readonly Item[]): void {
    this.#items = [...items].sort((a, b) => a.order - b.order);
    this.#busy.clear();
  }

  put(item: Item): void {
    this.#items = [...this.#items.filter((each) => each.key !== item.key), item].sort((a, b) => a.order - b.order);
  }

  remove(key: string): void {
    this.#items = this.#items.filter((item) => item.key !== key);
    this.#busy.delete(key);
  }

  get nextOrder(): number { return (this.#items.at(-1)?.order ?? 0) + 1; }

  /* --- what may be sent ------------------------------------------------------------------- */

  take(key: string): void { this.#busy.add(key); }
  giveBack(key: string): void { this.#busy.delete(key); }
  giveAllBack(): void { this.#busy.clear(); }

  /** An upload that may begin: one at a time. */
  nextUpload(): Item | undefined {
    const waiting = this.#items.filter((item) => uploads(item) && item.failed === undefined);
    return waiting.some((item) => this.#busy.has(item.key)) ? undefined : waiting[0];
  }

  /** Refused for a moment: what follows waits for its answer. */
  slowDown(conversation: string): void { this.#careful.add(conversation); }

  #room(conversation: string, many: boolean): number {
    const waiting = this.of(conversation).filter((item) => item.failed === undefined && !uploads(item));
    if (waiting.length === 0)
      this.#careful.delete(conversation);
    return many && !this.#careful.has(conversation) ? UNDER_WAY_MAX : 1;
  }

  /** Of each conversation the items that wait, in order, with those that are under way no more than
   * there is room for (one, or if `many` 16); with numbers, none that is too far from the oldest
   * unanswered one. */
  ready(numbers: Numbers, many = true): Item[] {
    const room = new Map<string, number>();
    let { next } = numbers;
    const lowest = Math.min(next, ...this.#items.map((item) => item.n ?? Infinity).filter(Number.isFinite));
    return this.#items.filter((item) => {
      const left = room.get(item.conversation) ?? this.#room(item.conversation, many);
      if (item.failed !== undefined || uploads(item) || left === 0)
        return false;
      const takes = item.n === undefined && isMessage(item) && !this.#busy.has(item.key);
      if (takes && next - lowest >= NUMBERS_APART) {
        room.set(item.conversation, 0); /* what follows would overtake it */
        return false;
      }
      room.set(item.conversation, left - 1);
      next += takes ? 1 : 0;
      return !this.#busy.has(item.key);
    });
  }
}

/* --- as messages ------------------------------------------------------------------------------- */

const deliveryOf = (item: Item): Delivery => (item.failed === undefined ? "pending" : "failed");

/** undefined: it shows at another message, or not at all. */
export function pendingMessage(item: Item, me: string): Message | undefined {
  const { deed } = item;
  if (!isMessage(item) || item.adopted === true)
    return undefined;
  const base = {
    key: item.key, seq: 0, id: 0, time: item.time, sender: me, own: true, delivery: deliveryOf(item), pinned: false,
    mentioned: false, reactions: [], damaged: false, bot: false,
    ...(item.failed === undefined ? {} : { refusal: item.failed }),
    ...(item.progress === undefined ? {} : { progress: item.progress }),
  };
  switch (deed.kind) {
  case "text":
    return { ...base, kind: "text", content: deed.content, ...(deed.replyTo === undefined ? {} : { replyTo: deed.replyTo }) };
  case "file":
    return { ...base, kind: "text", content: deed.caption,
      file: { id: 0, name: deed.name, size: deed.file.size, type: deed.file.type || "application/octet-stream", hasThumbnail: false } };
  case "recording":
    return { ...base, kind: "voice", content: "", recording: { durationMs: deed.durationMs, waveform: [], size: deed.ogg.length, played: false } };
  default:
    return undefined;
  }
}
