/* client_actions.ts - the actions of views (actions.ts), by the client. Called by app.tsx, in the
 * tab that holds the connection. */
import type { Ask, Result } from "../link/machine.js";
import { carriesToken, isOpus, type Message as Received } from "../wire/codec.js";
import type { Actions, Answer, Credentials, Extras, Outcome } from "./actions.js";
import type { Client } from "./client.js";
import { isGroup, withRead } from "./kept.js";
import { editOf } from "./sending.js";
import { list, number, text } from "./read.js";
import { outcomeOf } from "./refusal.js";
import type { ConversationId, Level, Seat } from "./state.js";
import { profileChanged } from "./updates.js";

const TYPING_EVERY_MS = 3_000;
const LINK_GOOD_MS = 4 * 60_000;

/** After these requests a list is another one, and this device is not told so. */
const RELISTS: { readonly [action: string]: "all" | "groups" | "contacts" } = {
  create_group: "all", join_group: "all", leave_group: "all", create_talk: "all", add_bot: "all", set_newcomers: "groups",
  set_topic: "groups", set_access: "groups", set_retention: "groups", set_writers: "groups", set_here: "groups", set_slow_mode: "groups",
  set_versions: "groups", place_group: "groups", set_heading: "groups", set_role: "groups",
  add_contact: "contacts", remove_contact: "contacts", block: "contacts", unblock: "contacts",
};

const nothing = (): undefined => undefined;

export class ClientActions implements Actions {
  readonly #links = new Map<number, { readonly url: string; readonly until: number }>();
  #typedAt = 0;
  readonly #client: Client;

  constructor(client: Client) {
    this.#client = client;
  }

  get #store() { return this.#client.store; }

  #request(ask: Ask): Promise<Result> {
    return new Promise((done) => this.#client.request(ask, done));
  }

  /* --- in and out ------------------------------------------------------------------------------ */

  #enter(asks: readonly Ask[], temporary: boolean): Promise<Outcome> {
    return new Promise((done) => {
      const link = this.#client.linkPort;
      if (link === undefined)
        return done({ ok: false, unreachable: true });
      this.#client.entered({ username: "", token: "" }, temporary);
      link.enter(asks, (result) => {
        if (!("answer" in result) || result.answer.code !== 0)
          this.#client.notEntered();
        done(outcomeOf(result, nothing));
      });
    });
  }

  #loginOf(who: Credentials): Ask {
    return { action: "login", fields: [who.username, who.password], extras: who.code ? { code: who.code } : {} };
  }

  login(who: Credentials): Promise<Outcome> { return this.#enter([this.#loginOf(who)], who.temporary); }

  /** The secret of a set-up link is 64 hexadecimal digits, an invitation is not. */
  register(who: Credentials): Promise<Outcome> {
    const key = /^[0-9a-f]{64}$/.test(who.invitation ?? "") ? "setup" : "invitation";
    const extras = who.invitation ? { [key]: who.invitation } : {};
    return this.#enter([{ action: "register", fields: [who.username, who.password], extras }, this.#loginOf(who)], who.temporary);
  }

  loginByLink(link: string, digits: string): Promise<Outcome> {
    return this.#enter([{ action: "login_by_link", fields: [link, digits] }], false);
  }

  async logout(): Promise<void> {
    await this.#request({ action: "logout", fields: [] });
    this.#client.forget();
  }

  /* --- conversations ------------------------------------------------------------------------------ */

  open(conversation: ConversationId, seq?: number): void {
    this.#store.set({ current: conversation, target: seq });
    this.show(conversation, seq);
  }

  /** Another tab opens it: its messages are needed here. */
  show(conversation: ConversationId, seq?: number): void { this.#client.paging.open(conversation, seq); }

  close(): void {
    const id = this.#store.now.current;
    this.#store.set({ current: undefined, target: undefined });
    const conversation = id === undefined ? undefined : this.#store.conversation(id);
    if (conversation !== undefined && conversation.last === 0 && conversation.messages.length === 0 && conversation.draft === "" && !isGroup(conversation.id))
      this.#store.remove(conversation.id);
  }

  loadOlder(conversation: ConversationId): void { this.#client.paging.load(conversation, "older"); }
  loadNewer(conversation: ConversationId): void { this.#client.paging.load(conversation, "newer"); }
  jumpToPresent(conversation: ConversationId): void {
    if (this.#store.conversation(conversation)?.newerLeft === true)
      this.#client.paging.load(conversation, "newest");
  }

  seen(conversation: ConversationId, seq: number): void {
    const kept = this.#store.conversation(conversation);
    const upTo = Math.min(seq, kept?.last ?? 0);
    if (kept === undefined || upTo <= kept.read)
      return;
    this.#store.change(conversation, (old) => withRead(old, upTo));
    this.#client.seen(conversation, upTo);
  }

  markAllRead(): void {
    for (const conversation of [...this.#store.conversations()])
      if (conversation.unread > 0)
        this.seen(conversation.id, Infinity);
  }

  draft(conversation: ConversationId, words: string): void {
    if (this.#store.conversation(conversation)?.draft !== words)
      this.#store.change(conversation, (old) => ({ ...old, draft: words }));
  }

  typing(conversation: ConversationId): void {
    const now = this.#client.world.now();
    if (now - this.#typedAt < TYPING_EVERY_MS)
      return;
    if (this.#client.linkPort?.tell("typing", [conversation]) === true)
      this.#typedAt = now;
  }

  setLevel(conversation: ConversationId, level: Level, mutedUntil?: number): void {
    const extras = mutedUntil === undefined ? {} : { until: mutedUntil };
    void this.#request({ action: "notify", fields: [conversation, level], extras }).then((result) => {
      if ("answer" in result && result.answer.code === 0)
        this.#store.change(conversation, ({ mutedUntil: _old, ...old }) => {
          const until = number(result.answer.extras, "until");
          return { ...old, level, ...(until === undefined ? {} : { mutedUntil: until }) };
        });
      else
        this.#complain(result);
    });
  }

  #complain(result: Result): void {
    if ("answer" in result && result.answer.code !== 0)
      this.#client.notice(text(result.answer.extras, "reason") ?? "", true);
  }

  /* --- messages ------------------------------------------------------------------------------------- */

  send(conversation: ConversationId, content: string, options: { readonly replyTo?: number } = {}): void {
    this.jumpToPresent(conversation);
    this.#client.sending.add(conversation, { kind: "text", content, ...options });
  }

  sendFile(conversation: ConversationId, file: File, caption: string): void {
    this.jumpToPresent(conversation);
    this.#client.sending.add(conversation, { kind: "file", file, name: file.name, caption });
  }

  sendRecording(conversation: ConversationId, ogg: Uint8Array, durationMs: number): void {
    this.jumpToPresent(conversation);
    this.#client.sending.add(conversation, { kind: "recording", ogg, durationMs });
  }

  retry(_conversation: ConversationId, key: string): void { this.#client.sending.retry(key); }
  discard(_conversation: ConversationId, key: string): void { this.#client.sending.discard(key); }

  edit(conversation: ConversationId, seq: number, content: string): void {
    const before = editOf(this.#client.sending.outbox, conversation, seq);
    if (before !== undefined)
      this.#client.sending.discard(before.key);
    this.#client.sending.add(conversation, { kind: "edit", seq, content });
  }

  #messageAt(conversation: ConversationId, seq: number) {
    return this.#store.conversation(conversation)?.messages.find((message) => message.seq === seq);
  }

  remove(conversation: ConversationId, seq: number): void {
    this.#client.sending.add(conversation, { kind: "delete", seq, before: this.#messageAt(conversation, seq) });
  }

  react(conversation: ConversationId, seq: number, emoji: string, add: boolean): void {
    this.#client.sending.add(conversation, { kind: "react", seq, emoji, add });
  }

  pin(conversation: ConversationId, seq: number, pinned: boolean): void {
    void this.#request({ action: pinned ? "pin" : "unpin", fields: [conversation.slice(1), seq] }).then((result) => {
      if ("answer" in result && result.answer.code === 0)
        this.#client.paging.describe(conversation, seq);
      else
        this.#complain(result);
    });
  }

  forward(from: ConversationId, seq: number, to: ConversationId): void {
    const message = this.#messageAt(from, seq);
    if (message?.file !== undefined)
      void this.#forwardFile(message.file.id, message.file.name, message.content, to);
    else if (message?.kind === "voice")
      void this.recording(from, seq).then((ogg) => { if (ogg.ok) this.sendRecording(to, ogg.value, message.recording?.durationMs ?? 0); });
    else if (message !== undefined)
      this.send(to, message.content);
  }

  async #forwardFile(file: number, name: string, caption: string, to: ConversationId): Promise<void> {
    const url = await this.fileUrl(file);
    const blob = url.ok ? await this.#client.world.get(url.value) : undefined;
    if (blob !== undefined)
      this.#client.sending.add(to, { kind: "file", file: blob, name, caption });
  }

  /* --- files and recordings ---------------------------------------------------------------------------- */

  async fileUrl(file: number): Promise<Outcome<string>> {
    const now = this.#client.world.now();
    const known = this.#links.get(file);
    if (known !== undefined && known.until > now)
      return { ok: true, value: known.url };
    const outcome = outcomeOf(await this.#request({ action: "link_file", fields: [file, 0] }), (answer) => String(answer.fields["link"]));
    if (outcome.ok)
      this.#links.set(file, { url: outcome.value, until: now + LINK_GOOD_MS });
    return outcome;
  }

  async upload(name: string, file: Blob): Promise<Outcome<number>> {
    return await (await this.#client.loadUploading())?.keep(name, file) ?? { ok: false, unreachable: true };
  }

  async thumbnail(file: number): Promise<Outcome<Blob>> {
    return outcomeOf(await this.#request({ action: "fetch_thumbnail", fields: [file] }), (answer) => {
      const bytes = answer.fields["bytes"] as Uint8Array<ArrayBuffer>;
      return new Blob([bytes], { type: bytes[0] === 0xff ? "image/jpeg" : "image/webp" });
    });
  }

  /** An Ogg Opus file; of a client without Opus, a WAV file. */
  async recording(conversation: ConversationId, seq: number): Promise<Outcome<Uint8Array>> {
    const { wavOf } = await import("./wav.js");
    return outcomeOf(await this.#request({ action: "fetch_voice", fields: [conversation, seq] }), ({ fields }) =>
      (isOpus(fields["samples"]) ? fields["samples"].bytes
        : wavOf(fields["samples"] as readonly number[], Number(fields["channels"]), Number(fields["sampleRate"]))));
  }

  played(conversation: ConversationId, seq: number): void {
    const message = this.#messageAt(conversation, seq);
    if (message?.recording === undefined || message.recording.played || message.own)
      return;
    this.#store.change(conversation, (old) => ({ ...old, messages: old.messages.map((each) =>
      (each.seq === seq && each.recording !== undefined ? { ...each, recording: { ...each.recording, played: true } } : each)) }));
    if (!isGroup(conversation))
      void this.#request({ action: "mark_played", fields: [conversation, seq] });
  }

  /* --- calls --------------------------------------------------------------------------------------------- */

  join(conversation: ConversationId, seat?: Seat): Promise<Outcome> { return this.#client.calls.join(conversation, seat); }
  leave(): void { void this.#client.calls.leave(); }
  answer(from?: string): Promise<Outcome> { return this.#client.calls.answer(from); }
  refuse(): void { this.#client.calls.refuse(); }
  setMuted(muted: boolean): void { this.#client.calls.setMuted(muted); }
  setDeafened(deafened: boolean): void { this.#client.calls.setDeafened(deafened); }
  setVolume(name: string, volume: number, muted: boolean): void { this.#client.calls.setVolume(name, volume, muted); }

  /* --- the rest -------------------------------------------------------------------------------------------- */

  async ask(action: string, fields: readonly unknown[], extras: Extras = {}): Promise<Outcome<Answer>> {
    const result = await this.#request({ action, fields, extras });
    if ("answer" in result && result.answer.code === 0)
      this.#done(action, fields, result.answer);
    return outcomeOf(result, (answer) => ({ fields: answer.fields, extras: answer.extras, list: list(answer.extras, "list") }));
  }

  /** What follows in the state from a request of a screen. */
  #done(action: string, fields: readonly unknown[], answer: Received): void {
    const lists = carriesToken(action) ? RELISTS[action] : undefined;
    if (lists === "all")
      this.#client.relist();
    else if (lists === "groups")
      this.#client.listGroups();
    else if (lists === "contacts")
      this.#client.listContacts();
    if (action === "leave_group")
      this.#store.remove(`#${String(fields[0])}`);
    if (action === "delete_account")
      this.#client.forget();
    if (action === "quiet_hours")
      this.#client.setQuietHours(String(answer.fields["hours"]));
    if (action === "set_profile")
      profileChanged(this.#store, this.#store.me, String(fields[0]), String(fields[1]));
    if (action === "set_up")
      this.#client.becameAdmin();
  }

  /** The user does something in one of the tabs. */
  active(): void { this.#client.presence.active(); }
  dismissNotice(): void { this.#store.set({ notice: undefined }); }
  reconnectNow(): void { this.#client.linkPort?.reconnect(); }
}
