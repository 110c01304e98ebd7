/* paging.ts - asks for pages of conversations: opening, scrolling, filling gaps, and the same again
 * after a lost connection. Called by client.ts. */
import type { Ask, Result } from "../link/machine.js";
import { hasGap, insert } from "./kept.js";
import { type Page, pageRequest, withPage } from "./history.js";
import { messageOf } from "./messages.js";
import { list, text } from "./read.js";
import type { Conversation, ConversationId } from "./state.js";
import type { Store } from "./store.js";

export interface PagingHost {
  readonly store: Store;
  later(ms: number, call: () => void): () => void;
  request(ask: Ask, done: (result: Result) => void): void;
  /** What waits belongs behind the present, which may be another window now. */
  refresh(conversation: ConversationId): void;
  notice(text: string, urgent: boolean): void;
}

/** An own message and one of somebody else may come in another order than they are numbered. */
const GAP_MS = 400;

const LOADING: { readonly [page in Page]: Conversation["loading"] } =
  { newest: "around", around: "around", older: "older", newer: "newer", again: "newer" };

export class Paging {
  readonly #asked = new Set<string>();
  readonly #gaps = new Map<ConversationId, () => void>();
  readonly #host: PagingHost;

  constructor(host: PagingHost) {
    this.#host = host;
  }

  load(id: ConversationId, page: Page, around = 0): void {
    const { store } = this.#host;
    const conversation = store.conversation(id);
    const keys = conversation === undefined ? undefined : pageRequest(conversation, page, around);
    if (keys === undefined || this.#asked.has(`${id} ${page}`))
      return;
    this.#asked.add(`${id} ${page}`);
    store.change(id, (old) => ({ ...old, loading: LOADING[page] }));
    this.#host.request({ action: "history", fields: [id], extras: keys }, (result) => this.#came(id, page, result));
  }

  #came(id: ConversationId, page: Page, result: Result): void {
    const { store } = this.#host;
    this.#asked.delete(`${id} ${page}`);
    if (store.conversation(id) === undefined)
      return;
    if (!("answer" in result) || result.answer.code !== 0) {
      store.change(id, (old) => ({ ...old, loading: "no" }));
      if ("answer" in result && result.answer.code !== 0 && store.now.current === id)
        this.#host.notice(text(result.answer.extras, "reason") ?? "", false);
      return;
    }
    const { extras } = result.answer;
    const next = store.change(id, (old) => withPage(old, page, extras, store.me));
    this.#host.refresh(id);
    if (hasGap(next) && list(extras, "list").length > 0)
      this.load(id, "newer");
  }

  /** Something is missing, unless it comes within a moment. */
  gap(id: ConversationId): void {
    const conversation = this.#host.store.conversation(id);
    if (conversation === undefined || !hasGap(conversation) || this.#gaps.has(id))
      return;
    this.#gaps.set(id, this.#host.later(GAP_MS, () => {
      this.#gaps.delete(id);
      const now = this.#host.store.conversation(id);
      if (now !== undefined && hasGap(now))
        this.load(id, "newer");
    }));
  }

  open(id: ConversationId, seq: number | undefined): void {
    const conversation = this.#host.store.change(id, (old) => old);
    const has = (number: number): boolean => conversation.loaded && number >= conversation.from && number <= conversation.to;
    if (seq !== undefined)
      return has(seq) ? undefined : this.load(id, "around", seq);
    const holdsUnread = conversation.unread === 0 || conversation.from <= conversation.read + 1;
    if (conversation.loaded && !conversation.newerLeft && holdsUnread)
      return hasGap(conversation) ? this.load(id, "newer") : undefined;
    return conversation.unread > 150 ? this.load(id, "around", conversation.read + 1) : this.load(id, "newest");
  }

  /** What is not told by updates that wait: reactions, pins. */
  again(id: ConversationId): void {
    const conversation = this.#host.store.conversation(id);
    if (conversation !== undefined)
      this.load(id, conversation.loaded ? "again" : "newest");
  }

  /** One message, as the server describes it. */
  describe(id: ConversationId, seq: number): void {
    this.#host.request({ action: "history", fields: [id], extras: { after: seq - 1, limit: 1 } }, (result) => {
      if (!("answer" in result) || result.answer.code !== 0)
        return;
      const entry = list(result.answer.extras, "list").find((each) => each["seq"] === seq);
      const { store } = this.#host;
      if (entry === undefined || store.conversation(id)?.messages.some((each) => each.seq === seq) !== true)
        return;
      store.change(id, (old) => insert(old, [messageOf(entry, store.me)]));
      this.#host.refresh(id);
    });
  }

  /** The connection is another one. */
  reset(): void { this.#asked.clear(); }
}
