/* tabs.ts - several tabs of one browser are one client: one of them leads, which is to hold the
 * connection (a Web Lock says which); the others show what it knows and pass on what their users do
 * (BroadcastChannel). When the leading tab is closed, another one leads at once, with the outbox and
 * the call. Called by page.ts.
 * Which tab leads is found out by lead.ts. */
import type { ClientActions } from "../model/client_actions.js";
import type { Client } from "../model/client.js";
import type { LinkPort } from "../model/ports.js";
import { notices } from "../text/english.js";
import type { State } from "../model/state.js";
import { type Lead, LockLead, LoneLead } from "./lead.js";
import { difference, patched, type Difference, type TabMessage } from "./messages.js";

/** How long what waits for a connection waits for it, after this tab has taken the lead. */
const UP_MS = 5_000;

export interface Channel {
  postMessage(message: TabMessage): void;
  onmessage: ((event: MessageEvent<TabMessage>) => void) | null;
}

export interface TabsHost {
  link(): LinkPort;
  readonly locks: LockManager | undefined;
  readonly channel: Channel | undefined;
  leads(now: boolean): void;
}

interface Act {
  readonly id: number;
  readonly name: string;
  readonly args: readonly unknown[];
  readonly done: (value: unknown) => void;
  taken: boolean;
}

export class Tabs {
  readonly name = `t${Math.random()}`;
  leads = false;
  #told: State | undefined;
  /** Another tab is there: without one nothing is copied for it. */
  #watched = false;
  #known: Difference | undefined;
  #count = 0;
  readonly #acts = new Map<number, Act>();
  #election: Lead | undefined;
  #leading: (() => void)[] = [];
  readonly #host: TabsHost;

  constructor(readonly client: Client, readonly actions: ClientActions, host: TabsHost) {
    this.#host = host;
    client.store.listen((state) => this.#tell(state));
    if (host.channel !== undefined)
      host.channel.onmessage = (event) => this.#heard(event.data);
  }

  async #leadBy({ locks, channel }: TabsHost): Promise<Lead> {
    const { world } = this.client;
    const host = {
      name: this.name, got: () => void this.#lead(true), lost: () => this.#lost(), post: (message: TabMessage) => this.#post(message),
      now: () => world.now(), later: (ms: number, call: () => void) => world.later(ms, call),
    };
    if (channel !== undefined && locks !== undefined)
      return new LockLead(locks, host);
    const elect = channel === undefined ? undefined : await import("./elect.js").catch(() => undefined);
    return elect === undefined ? new LoneLead() : new elect.ElectedLead(host);
  }

  #post(message: TabMessage): void { this.#host.channel?.postMessage(message); }

  /** Leads if nobody does, and otherwise as soon as nobody does any more. */
  async begin(): Promise<void> {
    this.#election ??= await this.#leadBy(this.#host);
    if (await this.#election.begin())
      return this.#lead(false);
    this.#hello();
  }

  #hello(): void { this.#post({ type: "hello", from: this.name }); }

  /** The page is closed: another tab leads at once, and knows all that this one knew. */
  close(): void {
    if (this.leads) {
      this.client.store.publish();
      this.leads = false;
      this.#host.leads(false);
      this.client.follow();
    } else {
      this.#post({ type: "bye", from: this.name });
    }
    this.#election?.release();
  }

  /** Another tab has taken the lead, for a call. */
  #lost(): void {
    this.leads = false;
    this.#host.leads(false);
    this.client.follow();
    this.#hello();
  }

  /** Takes the lead from the tab that has it: a call needs a microphone, which is this tab's. Done
   * when there is a connection, or none to be had. */
  takeLead(): Promise<void> {
    if (this.leads)
      return Promise.resolve();
    return new Promise((done) => {
      this.#leading.push(done);
      this.#election?.take();
    });
  }

  async #lead(again: boolean): Promise<void> {
    if (this.leads)
      return;
    this.leads = true;
    if (again && this.#known?.account !== undefined)
      await this.#inherit(this.#known);
    else
      await this.client.begin();
    this.client.lead(this.#host.link());
    this.#host.leads(true);
    this.#watched = false;
    this.#post({ type: "lead", from: this.name });
    if (this.#acts.size > 0 || this.#leading.length > 0)
      await this.#untilUp();
    this.#actAgain();
    this.#leading.splice(0).forEach((done) => done());
  }

  /** What is done now would fail for want of a connection, which comes in a moment. */
  #untilUp(): Promise<void> {
    return new Promise((done) => {
      const ends = [this.client.world.later(UP_MS, () => finish()), this.client.store.listen(({ link }) => {
        if (link.state === "up")
          finish();
      })];
      const finish = (): void => {
        ends.forEach((end) => end());
        done();
      };
    });
  }

  /** What the other one was about to send is in IndexedDB, with its numbers; on a computer that is
   * not the user's it was told. */
  async #inherit(known: Difference): Promise<void> {
    const account = known.account as NonNullable<Difference["account"]>;
    const kept = account.temporary ? undefined : await this.client.keep.load();
    const state = this.client.store.now;
    this.client.restore(kept?.account ?? account, kept?.outbox ?? known.outbox, this.client.state.value.conversations, state);
    if (state.call !== undefined && this.#leading.length === 0)
      this.client.notice(notices.callHere, false);
  }

  /* --- states ------------------------------------------------------------------------------------ */

  #tell(state: State): void {
    if (!this.leads || !this.#watched)
      return;
    const told = this.#told;
    this.#told = state;
    this.#post({ type: "state", difference: difference(told, state, this.client.keptAccount, this.client.sending.outbox.all()) });
  }

  #heard(message: TabMessage): void {
    switch (message.type) {
    case "hello":
      this.#watched = true;
      this.#told = undefined;
      return this.#tell(this.client.state.value);
    case "bye":
      this.#watched = false;
      return this.leads ? this.#post({ type: "who", from: this.name }) : undefined;
    case "who":
      return this.leads ? undefined : this.#hello();
    case "lead":
      if (this.leads)
        return undefined;
      this.#hello();
      return this.#actAgain();
    case "state":
      return this.leads ? undefined : this.#shows(message.difference);
    case "act":
      return this.leads ? this.#act(message.from, message.id, message.name, message.args) : undefined;
    case "taken":
      return message.to === this.name ? this.#taken(message.id) : undefined;
    case "done":
      return message.to === this.name ? this.#done(message.id, message.value) : undefined;
    default:
      return this.#election?.heard(message);
    }
  }

  #shows(told: Difference): void {
    this.#known = told;
    this.client.store.adopt(patched(this.client.store.now, told));
    this.client.store.publish();
  }

  /* --- actions ------------------------------------------------------------------------------------ */

  /** Does it here, or has it done. */
  perform(name: string, args: readonly unknown[]): Promise<unknown> {
    if (this.leads)
      return Promise.resolve(this.#call(name, args));
    return new Promise((done) => {
      const act = { id: ++this.#count, name, args, done, taken: false };
      this.#acts.set(act.id, act);
      this.#post({ type: "act", from: this.name, id: act.id, name, args });
    });
  }

  #call(name: string, args: readonly unknown[]): unknown {
    const action = (this.actions as unknown as { [name: string]: (...args: readonly unknown[]) => unknown })[name];
    return action?.apply(this.actions, [...args]);
  }

  #act(from: string, id: number, name: string, args: readonly unknown[]): void {
    const result = Promise.resolve(this.#call(name, args));
    this.#post({ type: "taken", to: from, id });
    void result.then((value) => this.#post({ type: "done", to: from, id, value }));
  }

  #taken(id: number): void {
    const act = this.#acts.get(id);
    if (act !== undefined)
      act.taken = true;
  }

  #done(id: number, value: unknown): void {
    this.#acts.get(id)?.done(value);
    this.#acts.delete(id);
  }

  /** Another tab leads, or this one: what the last one did not take is done now; of the rest nobody
   * knows the outcome. */
  #actAgain(): void {
    for (const act of [...this.#acts.values()]) {
      this.#acts.delete(act.id);
      if (act.taken)
        act.done({ ok: false, unreachable: true });
      else
        void this.perform(act.name, act.args).then(act.done);
    }
  }
}
