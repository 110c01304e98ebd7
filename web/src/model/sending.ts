/* sending.ts - carries out what is in the outbox: numbers, requests, answers. Called by client.ts.
 * Files go another way until they are on the server: uploading.ts. */
import type { Message as Received } from "../wire/codec.js";
import type { Ask, Result } from "../link/machine.js";
import { changeMessage, insert, isGroup, reached, withRead, withWaiting } from "./kept.js";
import { deleted, edited, previewOf, reacted } from "./messages.js";
import { type Deed, type Item, type Numbers, Outbox, isMessage, pendingMessage } from "./outbox.js";
import { numberOr0 } from "./read.js";
import { refusalOf } from "./refusal.js";
import type { ConversationId, Message, Refusal } from "./state.js";
import type { Store } from "./store.js";
import { Code } from "../wire/table.js";

export interface SendingHost {
  readonly store: Store;
  readonly up: boolean;
  now(): number;
  later(ms: number, call: () => void): () => void;
  randomNumber(): number;
  request(ask: Ask, done: (result: Result) => void): void;
  /** Before it is sent: a number that was used must be known after a reload. */
  save(item: Item): Promise<void>;
  drop(key: string): void;
  numbers: Numbers;
  /** Begins or continues an upload. */
  upload(item: Item): void;
  gap(conversation: ConversationId): void;
  /** The server has described it now: what it has measured of a recording or a file. */
  describe(conversation: ConversationId, seq: number): void;
}

/** Refusals that pass: nothing was stored, and the same request may be repeated. */
const PASSING: { readonly [rule: string]: number } = { request_rate: 2_000, text_rate: 2_000, group_rate: 2_000 };
/** So many messages, and so many more with time, go out without waiting for each other: less than what
 * a server takes by its defaults (200, and 20 a second), since one that it refuses for a moment while
 * it takes the next would come behind it. */
const TOGETHER = 180, TOGETHER_PER_MS = 0.02;
const UNAVAILABLE_MS = 5_000;

const passes = (refusal: Refusal): number | undefined =>
  refusal.code === Code.unavailable ? UNAVAILABLE_MS : PASSING[refusal.rule ?? ""];

export class Sending {
  readonly outbox = new Outbox();
  #pausedUntil = 0;
  #allowance = TOGETHER;
  #filledAt = 0;
  /** What was begun is saved; requests go out in the order in which they were begun. */
  #saved: Promise<unknown> = Promise.resolve();
  readonly #host: SendingHost;

  constructor(host: SendingHost) {
    this.#host = host;
  }

  /** What the user does shows at once. */
  add(conversation: ConversationId, deed: Deed): void {
    const item: Item = { key: `o${this.#host.randomNumber()}`, conversation, order: this.outbox.nextOrder, time: this.#host.now(), deed };
    this.outbox.put(item);
    this.#shows(item, true);
    this.refresh(conversation);
    void this.#host.save(item).then(() => this.pump());
  }

  retry(key: string): void {
    const item = this.outbox.get(key);
    if (item?.failed === undefined)
      return;
    const { failed: _failed, n: _n, ...rest } = item; /* what was refused has not used its number */
    this.outbox.put({ ...rest, order: this.outbox.nextOrder });
    this.#shows(rest, true);
    this.refresh(item.conversation);
    void this.#host.save(rest).then(() => this.pump());
  }

  discard(key: string): void {
    const item = this.outbox.get(key);
    if (item !== undefined)
      this.#finish(item);
  }

  /** The connection is another one: what had no answer is sent again. */
  reconnected(): void {
    this.outbox.giveAllBack();
    this.#pausedUntil = 0;
    this.pump();
  }

  /** Sends what may be sent. */
  pump(): void {
    if (!this.#host.up || this.#host.now() < this.#pausedUntil)
      return;
    this.#refill();
    for (const item of this.outbox.ready(this.#host.numbers, this.#allowance > 0))
      void this.#begin(item);
    const upload = this.outbox.nextUpload();
    if (upload !== undefined) {
      this.outbox.take(upload.key);
      this.#host.upload(upload);
    }
  }

  #refill(): void {
    const now = this.#host.now();
    this.#allowance = Math.min(TOGETHER, this.#allowance + (now - this.#filledAt) * TOGETHER_PER_MS);
    this.#filledAt = now;
  }

  change(key: string, change: Partial<Item>): void {
    const item = this.outbox.get(key);
    if (item === undefined)
      return;
    this.outbox.put({ ...item, ...change });
    this.refresh(item.conversation);
  }

  /** The user's own message came by itself: perhaps the answer to it was lost. */
  adopt(conversation: ConversationId, message: Message): string | undefined {
    const item = this.outbox.of(conversation).find((each) => each.n !== undefined && each.failed === undefined &&
      each.adopted !== true && each.deed.kind === "text" && each.deed.content === message.content);
    if (item === undefined)
      return undefined;
    this.change(item.key, { adopted: true });
    return item.key;
  }

  /* --- requests ------------------------------------------------------------------------------- */

  #numbered(item: Item): Item {
    if (!isMessage(item) || item.n !== undefined)
      return item;
    const { part, next } = this.#host.numbers;
    this.#host.numbers = { part, next: next + 1 };
    return { ...item, n: next };
  }

  async #begin(first: Item): Promise<void> {
    this.outbox.take(first.key);
    this.#allowance -= isMessage(first) ? 1 : 0;
    const item = this.#numbered(first);
    if (item !== first) {
      this.outbox.put(item);
      this.#saved = Promise.all([this.#saved, this.#host.save(item)]);
    }
    await this.#saved;
    this.#host.request(this.#askOf(item), (result) => this.#answered(item.key, result));
  }

  #askOf({ conversation, deed, n, upload }: Item): Ask {
    const mark = n === undefined ? {} : { n, part: this.#host.numbers.part };
    const group = isGroup(conversation);
    const message = group ? "msg_group" : "whisper", recipient = group ? conversation.slice(1) : conversation;
    switch (deed.kind) {
    case "text":
      return { action: message, fields: [recipient, deed.content], extras: { ...mark, reply_to: deed.replyTo } };
    case "file":
      return { action: message, fields: [recipient, deed.caption], extras: { ...mark, file: upload?.file } };
    case "recording":
      return { action: "voice_msg", fields: [conversation, 1, 48_000, { type: 1, bytes: deed.ogg }], extras: mark };
    case "edit":
      return { action: "edit", fields: [conversation, deed.seq, deed.content] };
    case "delete":
      return { action: "delete", fields: [conversation, deed.seq] };
    case "react":
      return { action: deed.add ? "react" : "unreact", fields: [conversation, deed.seq, deed.emoji] };
    }
  }

  /* --- answers -------------------------------------------------------------------------------- */

  #answered(key: string, result: Result): void {
    const item = this.outbox.get(key);
    this.outbox.giveBack(key);
    if (item === undefined || !("answer" in result))
      return;
    if (result.answer.code === 0)
      this.#stored(item, result.answer);
    else
      this.refused(item, refusalOf(result.answer));
    this.pump();
  }

  #pause(ms: number): void {
    this.#pausedUntil = this.#host.now() + ms;
    this.#host.later(ms, () => this.pump());
  }

  refused(item: Item, refusal: Refusal): void {
    this.outbox.giveBack(item.key);
    const pause = passes(refusal);
    if (pause !== undefined) {
      this.outbox.slowDown(item.conversation);
      this.#pause(pause);
      return;
    }
    const { n: _n, ...rest } = item;
    this.outbox.put({ ...rest, failed: refusal });
    this.#shows({ ...rest, failed: refusal }, false);
    this.refresh(item.conversation);
    if (item.deed.kind === "delete" || item.deed.kind === "react") {
      this.#finish(item);
      this.#host.store.set({ notice: { text: refusal.reason, urgent: true } });
    } else {
      void this.#host.save({ ...rest, failed: refusal });
    }
  }

  #stored(item: Item, answer: Received): void {
    const { store } = this.#host;
    const seq = numberOr0(answer.extras, "seq"), time = numberOr0(answer.extras, "time");
    const pending = pendingMessage({ ...item, adopted: false }, store.me);
    this.outbox.remove(item.key);
    if (pending !== undefined && seq > 0)
      this.#placed(item, { ...pending, seq, id: numberOr0(answer.extras, "id"), time, delivery: "stored" });
    else if (item.deed.kind !== "react" && seq > 0)
      this.#confirmed(item, seq, time);
    this.#finish(item);
  }

  #placed(item: Item, pending: Message): void {
    const { store } = this.#host;
    const { progress: _progress, ...message } = pending;
    store.change(item.conversation, (old) => {
      const shown = old.loaded && !old.newerLeft;
      const there = old.messages.find((each) => each.seq === message.seq);
      const next = reached(shown && there === undefined ? insert(old, [message]) : old, message.seq);
      const newest = message.seq >= old.last;
      return withRead({ ...next, counted: Math.max(next.counted, message.seq), lastTime: newest ? message.time : next.lastTime,
        preview: newest ? previewOf(message) : next.preview }, message.seq);
    });
    if (item.deed.kind !== "text" || item.deed.replyTo !== undefined)
      this.#host.describe(item.conversation, message.seq);
    this.#host.gap(item.conversation);
  }

  /** An edit or a deletion has its number now. */
  #confirmed(item: Item, seq: number, time: number): void {
    const { deed } = item;
    this.#host.store.change(item.conversation, (old) => {
      const next = reached(old, seq);
      return deed.kind === "edit" ? changeMessage(next, deed.seq, (message) => edited(message, deed.content, time, message.mentioned)) : next;
    });
    this.#host.gap(item.conversation);
  }

  #finish(item: Item): void {
    this.outbox.remove(item.key);
    if (item.deed.kind === "edit")
      this.#host.store.change(item.conversation, (old) => changeMessage(old, (item.deed as { seq: number }).seq, withoutEditing));
    this.#host.drop(item.key);
    this.refresh(item.conversation);
  }

  /* --- how it looks ------------------------------------------------------------------------------ */

  /** Changes of messages that are there already: at once, and back if they are refused. */
  #shows(item: Item, begins: boolean): void {
    const { deed, conversation } = item;
    const change = (seq: number, apply: (message: Message) => Message): void => {
      this.#host.store.change(conversation, (old) => changeMessage(old, seq, apply));
    };
    if (deed.kind === "edit")
      change(deed.seq, (message) => ({ ...message, editing: item.failed === undefined ? { content: deed.content } : { content: deed.content, failed: item.failed } }));
    else if (deed.kind === "react")
      change(deed.seq, (message) => reacted(message, deed.emoji, true, begins === deed.add));
    else if (deed.kind === "delete")
      change(deed.seq, (message) => (begins ? deleted(message, item.time, undefined) : deed.before ?? message));
  }

  /** The messages that wait, behind those of the conversation, and the changes that wait, over what
   * the server or the last page has told of their messages. */
  refresh(conversation: ConversationId): void {
    const { store } = this.#host;
    for (const item of this.outbox.of(conversation))
      if (!isMessage(item) && (item.failed === undefined || item.deed.kind === "edit"))
        this.#shows(item, true);
    const pending = this.outbox.of(conversation).flatMap((item) => pendingMessage(item, store.me) ?? []);
    if (pending.length > 0 || store.conversation(conversation) !== undefined)
      store.change(conversation, (old) => withWaiting(old, pending));
    store.set({ outboxLength: this.outbox.length });
  }
}

const withoutEditing = (message: Message): Message => {
  const { editing: _editing, ...rest } = message;
  return rest;
};

/** Of a refused edit: a new one takes its place. */
export const editOf = (outbox: Outbox, conversation: ConversationId, seq: number): Item | undefined =>
  outbox.of(conversation).find((item) => item.deed.kind === "edit" && item.deed.seq === seq);

