/* client.ts - the client without a browser: the state, the link, the outbox and what is kept, joined.
 * Pages and tests give it a link, a store and a clock (ports.ts); views read `state` and call what
 * actions.ts makes of it. Called by app.tsx. */
import type { ReadonlySignal } from "@preact/signals";
import type { Ask, Position, Result, Session } from "../link/machine.js";
import type { Extras, Message as Received, Opus } from "../wire/codec.js";
import { isOpus } from "../wire/codec.js";
import { Calls } from "./calls.js";
import { conversationsListed, contactsListed, dropUnlisted, groupsListed } from "./lists.js";
import { hasGap, newConversation } from "./kept.js";
import { notices } from "../text/english.js";
import { Paging } from "./paging.js";
import type { KeepPort, KeptAccount, LinkPort, Volumes, World } from "./ports.js";
import { Presence } from "./presence.js";
import { flag, list, number, numberOr0, text } from "./read.js";
import { Sending } from "./sending.js";
import type { ConversationId, Link, Message, State } from "./state.js";
import { Store } from "./store.js";
import { apply, callName, type Consequences } from "./updates.js";
import type { Uploading } from "./uploading.js";

const TYPING_MS = 5_000;
const SAVE_MS = 1_000;
const QUIET_MS = 60_000;
const CONVERSATIONS_PAGE = 200;

export type CallListener = (sender: string, samples: Uint8Array | readonly number[], conversation: ConversationId) => void;
/** A message that the user is to be told of, by a sound or a notification. */
export type ArrivalListener = (conversation: ConversationId, message: Message) => void;

export class Client {
  readonly store: Store;
  readonly sending: Sending;
  readonly paging: Paging;
  readonly calls: Calls;
  #uploading: Promise<Uploading> | undefined;
  readonly presence: Presence;
  #link: LinkPort | undefined;
  #account: KeptAccount | undefined;
  readonly #typingEnds = new Map<string, () => void>();
  readonly #callListeners = new Set<CallListener>();
  readonly #arrivalListeners = new Set<ArrivalListener>();
  #saving: (() => void) | undefined;
  #confirmed = 0;

  constructor(readonly keep: KeepPort, readonly world: World) {
    this.store = new Store(world.soon);
    const request = (ask: Ask, done: (result: Result) => void): void => this.request(ask, done);
    const notice = (words: string, urgent: boolean): void => this.notice(words, urgent);
    const later = (ms: number, call: () => void): (() => void) => world.later(ms, call);
    const common = { store: this.store, request, notice, later, now: () => world.now() };
    this.paging = new Paging({ ...common, refresh: (id) => this.sending.refresh(id) });
    this.calls = new Calls({ ...common, setInCall: (inCall) => this.#link?.setInCall(inCall),
      keepVolumes: (volumes) => this.#keepVolumes(volumes) });
    this.sending = new Sending(this.#sendingHost(common));
    this.presence = new Presence({ ...common, inCall: () => this.store.now.call !== undefined,
      tell: (state) => this.request({ action: "set_presence", fields: [state] }, () => {}) });
    this.store.listen(() => this.#saveLater());
  }

  get state(): ReadonlySignal<State> { return this.store.signal; }
  get session(): Session | undefined { return this.#account?.session; }
  get keptAccount(): KeptAccount | undefined { return this.#account; }
  get linkPort(): LinkPort | undefined { return this.#link; }

  #sendingHost(common: Pick<import("./sending.js").SendingHost, "store" | "request" | "later" | "now">): import("./sending.js").SendingHost {
    const client = this;
    return {
      ...common,
      get up() { return client.#link?.up ?? false; },
      get numbers() { return client.#account?.numbers ?? { part: 1, next: 1 }; },
      set numbers(numbers) { client.#changeAccount({ numbers }); },
      randomNumber: () => client.world.randomNumber(),
      save: (item) => client.#saveItem(item),
      drop: (key) => void client.keep.dropItem(key),
      upload: (item) => void client.#upload(item),
      gap: (id) => client.paging.gap(id),
      describe: (id, seq) => client.paging.describe(id, seq),
    };
  }

  /** Its code is loaded with the first file. */
  loadUploading(): Promise<Uploading | undefined> {
    const { store, sending, world } = this;
    this.#uploading ??= import("./uploading.js").then(({ Uploading }) => new Uploading({
      store, sending, world, request: (ask, done) => this.request(ask, done), save: (each) => this.#saveItem(each),
    }));
    return this.#uploading.catch(() => this.#uploading = undefined);
  }

  async #upload(item: import("./outbox.js").Item): Promise<void> {
    await (await this.loadUploading())?.run(item); /* if it could not be loaded, the next connection tries again */
  }

  #changeAccount(change: Partial<KeptAccount>): void {
    if (this.#account !== undefined)
      this.#account = { ...this.#account, ...change };
  }

  #keepVolumes(volumes: Volumes): void {
    this.#changeAccount({ volumes });
    if (this.#account !== undefined)
      void this.keep.saveAccount(this.#account);
  }

  #saveItem(item: import("./outbox.js").Item): Promise<void> {
    return this.#account === undefined ? Promise.resolve() : this.keep.saveItem(item, this.#account);
  }

  request(ask: Ask, done: (result: Result) => void): void {
    if (this.#link === undefined)
      done({ unreachable: true });
    else
      this.#link.request(ask, done);
  }

  notice(words: string, urgent: boolean): void {
    if (words !== "")
      this.store.set({ notice: { text: words, urgent } });
  }

  /* --- the beginning --------------------------------------------------------------------------- */

  /** This tab holds the connection from now on. */
  lead(link: LinkPort): void {
    this.#link = link;
    if (this.#account !== undefined)
      link.start(this.#account.session);
  }

  /** Another tab holds the connection from now on. It writes what is kept, too: numbers and a
   * position that are old would double or lose messages. */
  follow(): void {
    this.presence.stop();
    this.#account = undefined;
    this.#link?.end();
    this.#link = undefined;
  }

  /** What was kept shows at once, also without a server. */
  async begin(): Promise<void> {
    const kept = await this.keep.load();
    if (kept === undefined) {
      this.store.set({ phase: "out" });
      this.store.publish();
      return;
    }
    this.restore(kept.account, kept.outbox, new Map(kept.conversations.map((each) => [each.id, { ...newConversation(each.id), ...each }])));
  }

  /** Takes over what was kept, or what another tab has known. */
  restore(account: KeptAccount, outbox: readonly import("./outbox.js").Item[], conversations: State["conversations"], state?: State): void {
    this.#account = account;
    this.calls.setVolumes(account.volumes ?? {});
    this.store.adopt({
      ...(state ?? this.store.now), phase: "in", conversations,
      account: { username: account.session.username, admin: account.admin, temporary: account.temporary },
    });
    this.sending.outbox.fill(outbox);
    for (const id of new Set(outbox.map((item) => item.conversation)))
      this.sending.refresh(id);
    this.store.publish();
  }

  /* --- the link tells ---------------------------------------------------------------------------- */

  changed(link: Link): void {
    if (link.state !== "up") {
      this.store.silence();
      this.calls.lostLink();
      this.sending.outbox.giveAllBack();
    }
    this.store.set({ link });
  }

  position(): Position { return this.#account?.position ?? {}; }

  /** A new session, from login. */
  entered(session: Session, temporary: boolean): void {
    this.#account = {
      session, temporary, numbers: { part: this.world.randomNumber(), next: 1 }, position: {}, admin: false,
    };
  }

  /** Login was refused. */
  notEntered(): void { this.#account = undefined; }

  becameAdmin(): void {
    this.#changeAccount({ admin: true });
    if (this.store.now.account !== undefined)
      this.store.set({ account: { ...this.store.now.account, admin: true } });
  }

  attached(session: Session, extras: Extras): void {
    const old = this.#account;
    if (old === undefined)
      return;
    const { restarted, position } = this.#positionOf(old.position, extras);
    this.#account = { ...old, session, position, admin: flag(extras, "admin") };
    if (restarted)
      this.#startAgain();
    this.#confirmed = 0;
    this.store.set({ phase: "in", account: { username: session.username, admin: this.#account.admin, temporary: old.temporary },
      announcements: list(extras, "announcements") });
    void this.keep.saveAccount(this.#account);
    this.paging.reset();
    this.relist();
    this.sending.reconnected();
    void this.calls.reconnected();
    this.presence.attached();
    if (this.store.now.current !== undefined)
      this.paging.again(this.store.now.current);
  }

  #positionOf(old: Position, extras: Extras): { restarted: boolean; position: Position } {
    const restarted = flag(extras, "restarted");
    const since = restarted ? numberOr0(extras, "since") : old.since;
    const db = text(extras, "db"), era = text(extras, "era");
    return { restarted, position: {
      ...(since === undefined ? {} : { since }), ...(db === undefined ? {} : { db }), ...(era === undefined ? {} : { era }),
    } };
  }

  /** The database is another one: what is known by number is worth nothing. What the user wrote
   * stays. */
  #startAgain(): void {
    const drafts = [...this.store.conversations()].filter((each) => each.draft !== "");
    const { current, account } = this.store.now;
    this.store.clear();
    this.store.set({ current, account, notice: { text: notices.restored, urgent: true } });
    for (const { id, draft } of drafts)
      this.store.change(id, (old) => ({ ...old, draft }));
    for (const item of this.sending.outbox.all())
      this.sending.refresh(item.conversation);
    if (current !== undefined)
      this.store.change(current, (old) => old);
  }

  /** The session is over, on this device and in what it has kept. */
  ended(reason: string): void {
    this.forget();
    this.notice(notices.ended[reason] ?? notices.ended["unknown"] as string, reason !== "logout");
  }

  forget(): void {
    this.#account = undefined;
    this.presence.stop();
    this.calls.setVolumes({});
    this.#link?.stop();
    this.sending.outbox.fill([]);
    this.store.clear();
    this.store.set({ phase: "out" });
    this.store.publish();
    void this.keep.clear();
  }

  update(message: Received): void {
    if (message.action === "call_data" || message.action === "p")
      return this.#heard(message);
    if (message.action === "call_report")
      return this.onReport?.(String(message.fields["sender"]), Number(message.fields["lost"]));
    if (message.action === "quiet_hours")
      return this.setQuietHours(String(message.fields["hours"]));
    if (message.action === "announce" || message.action === "end_announcement")
      return this.#announced(message);
    const id = number(message.extras, "id");
    const since = this.#account?.position.since ?? 0;
    if (id !== undefined && id <= since && message.action !== "delivered")
      return; /* it came twice */
    apply(this.store, message, this.#consequences);
    if (id !== undefined && this.#account !== undefined)
      this.#changeAccount({ position: { ...this.#account.position, since: id } });
  }

  #announced({ action, fields, extras }: Received): void {
    const id = fields["announcement"];
    const others = this.store.now.announcements?.filter((each) => each["id"] !== id) ?? [];
    this.store.set({ announcements: action === "announce" ? [...others, { ...extras, ...fields, id }] : others });
  }

  readonly #consequences: Consequences = {
    gap: (id) => this.paging.gap(id),
    arrived: (id, message, notify) => {
      if (notify)
        this.#arrivalListeners.forEach((listener) => listener(id, message));
    },
    own: (id, message) => this.sending.adopt(id, message),
    relist: () => this.relist(),
    typing: (id, name) => this.#showTyping(id, name),
    ring: (from, to, state) => this.calls.ring(from, to, state),
    leftCall: (id, reason) => this.calls.left(id, reason),
  };

  /* --- lists ----------------------------------------------------------------------------------- */

  /** All lists again: at each attach, and when something has changed that no update describes. */
  relist(): void {
    this.#listConversations(0, new Set());
    this.listGroups();
    this.listContacts();
    this.#askQuietHours();
  }

  #ask(action: string, extras: Extras, good: (extras: Extras) => void): void {
    this.request({ action, fields: [], extras }, (result) => {
      if ("answer" in result && result.answer.code === 0)
        good(result.answer.extras);
    });
  }

  #listConversations(before: number, listed: Set<string>): void {
    this.#ask("conversations", { limit: CONVERSATIONS_PAGE, before }, (extras) => {
      for (const id of conversationsListed(this.store, extras)) {
        listed.add(id);
        this.#listedOne(id);
      }
      const next = number(extras, "next");
      if (next !== undefined)
        return this.#listConversations(next, listed);
      dropUnlisted(this.store, listed);
      this.#markRead();
    });
  }

  #listedOne(id: ConversationId): void {
    const conversation = this.store.conversation(id);
    if (conversation === undefined)
      return;
    if (conversation.inCall > 0 && id.startsWith("#"))
      this.calls.askRoster(id);
    else
      this.store.setCall(id, []);
    if (hasGap(conversation) && id === this.store.now.current)
      this.paging.gap(id);
  }

  listGroups(): void { this.#ask("groups", {}, (extras) => groupsListed(this.store, extras)); }
  listContacts(): void { this.#ask("contacts", {}, (extras) => contactsListed(this.store, extras)); }

  /** The hours in which the user is told of nothing; looked at each minute. */
  #quietHours = "off";
  #quietTimer: (() => void) | undefined;

  setQuietHours(hours: string): void {
    this.#quietHours = hours;
    this.#quietTimer?.();
    if (hours === "off")
      this.#setQuiet(false);
    else
      this.#readQuietHours(hours).catch(() => undefined); /* if it could not be loaded, the next connection tries again */
  }

  #setQuiet(quiet: boolean): void {
    if (quiet !== this.store.now.quiet)
      this.store.set({ quiet });
  }

  /** Few people have some: what reads them is loaded then. */
  async #readQuietHours(hours: string): Promise<void> {
    const { isQuietAt } = await import("./quiet.js");
    const look = (): void => {
      if (this.#quietHours !== hours)
        return;
      this.#setQuiet(isQuietAt(hours, this.world.now()));
      this.#quietTimer = this.world.later(QUIET_MS, look);
    };
    look();
  }

  #askQuietHours(): void {
    this.request({ action: "quiet_hours", fields: [""] }, (result) => {
      if ("answer" in result && result.answer.code === 0)
        this.#renewQuietHours(String(result.answer.fields["hours"])).catch(() => undefined);
    });
  }

  /** Once for each connection: two devices with other tables of zones do not argue for ever. */
  async #renewQuietHours(hours: string): Promise<void> {
    this.setQuietHours(hours);
    if (hours === "off")
      return;
    const { renewedQuietHours } = await import("./quiet.js");
    const renewed = renewedQuietHours(hours, this.world.zone, this.world.now());
    if (renewed !== undefined)
      this.request({ action: "quiet_hours", fields: [renewed] }, (result) => {
        if ("answer" in result && result.answer.code === 0)
          this.setQuietHours(renewed);
      });
  }

  /* --- what was read ------------------------------------------------------------------------------ */

  readonly #marks = new Map<ConversationId, number>();

  /** The user has seen all up to this number. */
  seen(id: ConversationId, seq: number): void {
    this.#marks.set(id, Math.max(seq, this.#marks.get(id) ?? 0));
    this.#markRead();
  }

  #markRead(): void {
    if (this.#link?.up !== true)
      return;
    for (const [id, seq] of this.#marks)
      this.request({ action: "mark_read", fields: [id, seq] }, (result) => {
        if ("answer" in result && this.#marks.get(id) === seq)
          this.#marks.delete(id);
      });
  }

  /* --- typing ---------------------------------------------------------------------------------------- */

  #showTyping(id: ConversationId, name: string): void {
    if (this.store.conversation(id) === undefined || name === this.store.me)
      return;
    const key = `${id} ${name}`;
    this.#typingEnds.get(key)?.();
    this.store.change(id, (old) => (old.typing.includes(name) ? old : { ...old, typing: [...old.typing, name] }));
    this.#typingEnds.set(key, this.world.later(TYPING_MS, () => {
      this.#typingEnds.delete(key);
      if (this.store.conversation(id) !== undefined)
        this.store.change(id, (old) => ({ ...old, typing: old.typing.filter((each) => each !== name) }));
    }));
  }

  /* --- calls ------------------------------------------------------------------------------------------ */

  #heard(message: Received): void {
    const call = this.store.now.call;
    const samples = message.fields["samples"] as Opus | readonly number[];
    if (call === undefined)
      return;
    for (const listener of this.#callListeners)
      listener(String(message.fields["sender"]), isOpus(samples) ? samples.bytes : samples, call.conversation);
  }

  /** One packet of this user; false: it is dropped. */
  sendCallData(bytes: Uint8Array): boolean {
    const call = this.store.now.call;
    if (call?.state !== "in")
      return false;
    const [action, name] = call.id === undefined ? ["call_data", callName(call.conversation)] : ["p", call.id];
    return this.#link?.tell(action, [name, { type: 2, bytes }]) ?? false;
  }

  /** How a listener of the call hears this user. */
  onReport: ((sender: string, lost: number) => void) | undefined;

  /** How this user hears somebody: per cent of it that is not heard. */
  sendReport(person: string, lost: number): void { this.#link?.tell("call_report", [person, lost]); }

  onCallData(listener: CallListener): () => void {
    this.#callListeners.add(listener);
    return () => { this.#callListeners.delete(listener); };
  }

  onArrival(listener: ArrivalListener): () => void {
    this.#arrivalListeners.add(listener);
    return () => { this.#arrivalListeners.delete(listener); };
  }

  /* --- what is kept ------------------------------------------------------------------------------------- */

  #saveLater(): void {
    if (this.#saving === undefined && this.#account !== undefined && this.store.now.phase === "in")
      this.#saving = this.world.later(SAVE_MS, () => void this.save());
  }

  /** Conversations first: a position that is behind them is harmless, the other way round would
   * lose messages of an offline start. */
  async save(): Promise<void> {
    this.#saving = undefined;
    const account = this.#account;
    if (account === undefined || this.store.now.phase !== "in")
      return;
    await this.keep.saveConversations([...this.store.conversations()]);
    if (this.#account?.session.token !== account.session.token)
      return;
    await this.keep.saveAccount(this.#account);
    this.#confirm(account.position.since);
  }

  /** The server may forget what was processed and kept. */
  #confirm(since: number | undefined): void {
    if (since === undefined || since <= this.#confirmed || this.#link?.up !== true)
      return;
    this.#confirmed = since;
    this.request({ action: "received", fields: [since] }, () => {});
  }
}
