/* calls.ts - being in a call: entering, leaving, the seat over reconnections, and rings. Sound is
 * the engine's (voice/), which watches `state.call`. docs/protocol.md, "Calls". Called by client.ts. */
import type { Ask, Result } from "../link/machine.js";
import type { Outcome } from "./actions.js";
import { isGroup } from "./kept.js";
import { notices } from "../text/english.js";
import { membersInCall } from "./lists.js";
import type { Volumes } from "./ports.js";
import { number, text } from "./read.js";
import { outcomeOf } from "./refusal.js";
import type { Call, ConversationId, Participant, Seat } from "./state.js";
import type { Store } from "./store.js";
import { callName } from "./updates.js";

export interface CallsHost {
  readonly store: Store;
  now(): number;
  request(ask: Ask, done: (result: Result) => void): void;
  setInCall(inCall: boolean): void;
  notice(text: string, urgent: boolean): void;
  keepVolumes(volumes: Volumes): void;
}

const NOT_JOINED = 1279;

export class Calls {
  #volumes: Volumes = {};
  readonly #host: CallsHost;

  constructor(host: CallsHost) {
    this.#host = host;
    host.store.listen(() => this.#followRoster());
  }

  get now(): Call | undefined { return this.#host.store.now.call; }
  get #call(): Call | undefined { return this.now; }

  #set(call: Call | undefined): void {
    this.#host.store.set({ call });
    this.#host.setInCall(call !== undefined);
  }

  #update(change: Partial<Call>): void {
    if (this.#call !== undefined)
      this.#set({ ...this.#call, ...change });
  }

  /* --- entering and leaving ------------------------------------------------------------------ */

  /** `seat`: the page was loaded anew, and the server holds the seat that it had. */
  async join(conversation: ConversationId, seat?: Seat, answers = false): Promise<Outcome> {
    if (this.#call?.conversation === conversation)
      return { ok: true, value: undefined }; /* it came with the lead over the tabs */
    if (this.#call !== undefined)
      await this.leave();
    this.#set({ conversation, state: "joining", participants: this.#roster(conversation), muted: false, deafened: false, since: this.#host.now(), ...seat });
    return seat === undefined ? this.#enter(conversation, answers) : this.reconnected();
  }

  #enter(conversation: ConversationId, answers: boolean): Promise<Outcome> {
    const extras = { reports: 1, ...(answers && !isGroup(conversation) ? { call: "join" } : {}) };
    return new Promise((done) => {
      this.#host.request({ action: "join_call", fields: [callName(conversation)], extras }, (result) => {
        this.#entered(conversation, result);
        done(outcomeOf(result, () => undefined));
      });
    });
  }

  #entered(conversation: ConversationId, result: Result): void {
    if (this.#call?.conversation !== conversation)
      return;
    if (!("answer" in result)) /* after the next attach it is tried again */
      return this.#call.state === "joining" ? this.#set(undefined) : this.lostLink();
    if (result.answer.code !== 0)
      return this.#set(undefined);
    const rings = text(result.answer.extras, "call") === "ringing";
    this.#update({ state: rings ? "ringing" : "in", id: number(result.answer.extras, "call_id"), since: this.#call.state === "rejoining" ? this.#call.since : this.#host.now() });
    if (this.#host.store.now.ring?.from === conversation)
      this.#host.store.set({ ring: undefined });
    if (isGroup(conversation))
      this.askRoster(conversation);
  }

  async leave(): Promise<void> {
    if (this.#call === undefined)
      return;
    this.#set(undefined);
    await new Promise<void>((done) => this.#host.request({ action: "leave_call", fields: [] }, () => done()));
  }

  left(conversation: ConversationId, reason: string): void {
    if (this.#call?.conversation !== conversation)
      return;
    this.#set(undefined);
    if (reason !== "ended" && reason !== "left")
      this.#host.notice(reason === "moved" ? notices.callMoved : notices.callEnded, reason !== "moved");
  }

  /* --- the link ------------------------------------------------------------------------------- */

  lostLink(): void {
    if (this.#call !== undefined && this.#call.state !== "rejoining")
      this.#update({ state: "rejoining" });
  }

  /** Takes the seat again, which the server holds for 10 s. */
  async reconnected(): Promise<Outcome> {
    this.#host.store.set({ ring: undefined }); /* the server tells of it once more if it goes on */
    const call = this.#call;
    if (call === undefined)
      return { ok: true, value: undefined };
    this.#update({ state: "rejoining" });
    const outcome = await this.#enter(call.conversation, true);
    if (!outcome.ok && "refusal" in outcome)
      this.#host.notice(outcome.refusal.code === NOT_JOINED ? notices.callOver : outcome.refusal.reason, false);
    return outcome;
  }

  /* --- rings ---------------------------------------------------------------------------------- */

  ring(from: string, to: string, state: string): void {
    const { store } = this.#host;
    if (from === store.me)
      return this.#ringOfOurs(to, state);
    if (state === "ringing")
      store.set({ ring: { from, since: this.#host.now() } });
    else if (store.now.ring?.from === from)
      store.set({ ring: undefined });
  }

  #ringOfOurs(to: string, state: string): void {
    if (this.#call?.conversation !== to)
      return;
    if (state === "answered")
      this.#update({ state: "in", since: this.#host.now() });
    else if (state !== "ringing")
      this.#set(undefined);
  }

  async answer(from = this.#host.store.now.ring?.from): Promise<Outcome> {
    return from === undefined ? { ok: true, value: undefined } : this.join(from, undefined, true);
  }

  refuse(): void {
    const ring = this.#host.store.now.ring;
    if (ring === undefined)
      return;
    this.#host.store.set({ ring: undefined });
    this.#host.request({ action: "refuse_call", fields: [ring.from] }, () => {});
  }

  /* --- who is in it ------------------------------------------------------------------------------ */

  /** Asks who is in the call of a group: at the start, and after each attach. */
  askRoster(group: ConversationId): void {
    this.#host.request({ action: "members", fields: [group.slice(1)] }, (result) => {
      if ("answer" in result && result.answer.code === 0)
        membersInCall(this.#host.store, group, result.answer.extras);
    });
  }

  #roster(conversation: ConversationId): readonly Participant[] {
    const { store } = this.#host;
    const names = isGroup(conversation) ? store.call(conversation)
      : [store.me, conversation].map((name) => this.#call?.participants.find((each) => each.name === name) ?? { name, speaking: false, muted: false, volume: 1 });
    return names.map((each) => ({ ...each, ...(Object.hasOwn(this.#volumes, each.name) ? this.#volumes[each.name] : {}) }));
  }

  #followRoster(): void {
    const call = this.#call;
    if (call === undefined)
      return;
    const participants = this.#roster(call.conversation);
    const same = participants.length === call.participants.length && participants.every((each, i) => {
      const old = call.participants[i] as Participant;
      return old.name === each.name && old.speaking === each.speaking && old.muted === each.muted && old.volume === each.volume;
    });
    if (!same)
      this.#update({ participants });
  }

  setSpeaking(name: string, speaking: boolean): void {
    const call = this.#call;
    if (call !== undefined && !isGroup(call.conversation) && call.participants.some((each) => each.name === name && each.speaking !== speaking))
      this.#update({ participants: call.participants.map((each) => (each.name === name ? { ...each, speaking } : each)) });
  }

  /* --- what the user sets -------------------------------------------------------------------------- */

  setMuted(muted: boolean): void { this.#update({ muted, ...(muted ? {} : { deafened: false }) }); }
  setDeafened(deafened: boolean): void { this.#update({ deafened }); }

  setVolume(name: string, volume: number, muted: boolean): void {
    const { [name]: _old, ...others } = this.#volumes;
    const loud = Math.min(2, Math.max(0, volume));
    this.#volumes = { ...others, [name]: { volume: loud, muted } };
    this.#followRoster();
    this.#host.keepVolumes(loud === 1 && !muted ? others : this.#volumes);
  }

  /** As they were kept. */
  setVolumes(volumes: Volumes): void { this.#volumes = volumes; }
}
