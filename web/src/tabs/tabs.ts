/* tabs.ts - several tabs of one browser are one client: one of them leads, which is to hold the
 * connection (a Web Lock says which); the others show what it knows and pass on what their users do
 * (BroadcastChannel). When the leading tab is closed, another one leads at once, with the outbox and
 * the call. Called by page.ts.
 *
 * Where a browser has no Web Locks (http from another machine) each tab leads; the server lets one
 * of them have the session, and the others say so. */
import type { ClientActions } from "../model/client_actions.js";
import type { Client } from "../model/client.js";
import type { LinkPort } from "../model/ports.js";
import type { State } from "../model/state.js";
import { difference, patched, type Difference, type TabMessage } from "./messages.js";

const LOCK = "chinwag-connection";

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
  private told: State | undefined;
  private known: Difference | undefined;
  private count = 0;
  private readonly acts = new Map<number, Act>();
  private leading: (() => void)[] = [];

  constructor(readonly client: Client, readonly actions: ClientActions, private readonly host: TabsHost) {
    client.store.listen((state) => this.tell(state));
    if (host.channel !== undefined)
      host.channel.onmessage = (event) => this.heard(event.data);
  }

  private post(message: TabMessage): void { this.host.channel?.postMessage(message); }

  /** Leads if nobody does, and otherwise as soon as nobody does any more. */
  async begin(): Promise<void> {
    const { locks } = this.host;
    if (locks === undefined || this.host.channel === undefined)
      return this.lead(false);
    const first = await this.tryToLead(locks);
    if (first)
      return;
    this.wait(locks);
    this.post({ type: "hello", from: this.name });
  }

  private tryToLead(locks: LockManager): Promise<boolean> {
    return new Promise((done, fail) => {
      locks.request(LOCK, { ifAvailable: true }, async (lock) => {
        if (lock === null)
          return done(false);
        await this.lead(false);
        done(true);
        await this.untilStolen();
      }).catch((error: unknown) => this.lost(locks, error).catch(fail));
    });
  }

  private wait(locks: LockManager): void {
    locks.request(LOCK, async () => {
      await this.lead(true);
      await this.untilStolen();
    }).catch((error: unknown) => this.lost(locks, error));
  }

  /** A lock is held as long as this lasts. */
  private untilStolen(): Promise<never> { return new Promise(() => {}); }

  /** Another tab has taken the lead, for a call. */
  private async lost(locks: LockManager, error: unknown): Promise<void> {
    if (!(error instanceof DOMException && error.name === "AbortError"))
      throw error;
    this.leads = false;
    this.host.leads(false);
    this.client.follow();
    this.wait(locks);
    this.post({ type: "hello", from: this.name });
  }

  /** Takes the lead from the tab that has it: a call needs a microphone, which is this tab's. */
  takeLead(): Promise<void> {
    const { locks } = this.host;
    if (this.leads || locks === undefined)
      return Promise.resolve();
    return new Promise((done) => {
      this.leading.push(done);
      locks.request(LOCK, { steal: true }, async () => {
        await this.lead(true);
        await this.untilStolen();
      }).catch((error: unknown) => this.lost(locks, error));
    });
  }

  private async lead(again: boolean): Promise<void> {
    if (this.leads)
      return;
    this.leads = true;
    if (again && this.known?.account !== undefined)
      await this.inherit(this.known);
    else
      await this.client.begin();
    this.client.lead(this.host.link());
    this.host.leads(true);
    this.told = undefined;
    this.post({ type: "lead", from: this.name });
    this.tell(this.client.store.now);
    this.actAgain();
    this.leading.splice(0).forEach((done) => done());
  }

  /** What the other one was about to send is in IndexedDB, with its numbers; on a computer that is
   * not the user's it was told. */
  private async inherit(known: Difference): Promise<void> {
    const account = known.account as NonNullable<Difference["account"]>;
    const kept = account.temporary ? undefined : await this.client.keep.load();
    const state = this.client.store.now;
    this.client.restore(kept?.account ?? account, kept?.outbox ?? known.outbox, this.client.state.value.conversations, state);
  }

  /* --- states ------------------------------------------------------------------------------------ */

  private tell(state: State): void {
    if (!this.leads || this.host.channel === undefined)
      return;
    const told = this.told;
    this.told = state;
    this.post({ type: "state", difference: difference(told, state, this.client.keptAccount, this.client.sending.outbox.all()) });
  }

  private heard(message: TabMessage): void {
    switch (message.type) {
    case "hello":
      this.told = undefined;
      return this.tell(this.client.state.value);
    case "lead":
      return this.leads ? undefined : this.actAgain();
    case "state":
      return this.leads ? undefined : this.shows(message.difference);
    case "act":
      return this.leads ? this.act(message.from, message.id, message.name, message.args) : undefined;
    case "taken":
      return message.to === this.name ? this.taken(message.id) : undefined;
    case "done":
      return message.to === this.name ? this.done(message.id, message.value) : undefined;
    }
  }

  private shows(told: Difference): void {
    this.known = told;
    this.client.store.adopt(patched(this.client.store.now, told));
    this.client.store.publish();
  }

  /* --- actions ------------------------------------------------------------------------------------ */

  /** Does it here, or has it done. */
  perform(name: string, args: readonly unknown[]): Promise<unknown> {
    if (this.leads)
      return Promise.resolve(this.call(name, args));
    return new Promise((done) => {
      const act = { id: ++this.count, name, args, done, taken: false };
      this.acts.set(act.id, act);
      this.post({ type: "act", from: this.name, id: act.id, name, args });
    });
  }

  private call(name: string, args: readonly unknown[]): unknown {
    const action = (this.actions as unknown as { [name: string]: (...args: readonly unknown[]) => unknown })[name];
    return action?.apply(this.actions, [...args]);
  }

  private act(from: string, id: number, name: string, args: readonly unknown[]): void {
    const result = Promise.resolve(this.call(name, args));
    this.post({ type: "taken", to: from, id });
    void result.then((value) => this.post({ type: "done", to: from, id, value }));
  }

  private taken(id: number): void {
    const act = this.acts.get(id);
    if (act !== undefined)
      act.taken = true;
  }

  private done(id: number, value: unknown): void {
    this.acts.get(id)?.done(value);
    this.acts.delete(id);
  }

  /** Another tab leads, or this one: what the last one did not take is done now; of the rest nobody
   * knows the outcome. */
  private actAgain(): void {
    for (const act of [...this.acts.values()]) {
      this.acts.delete(act.id);
      if (act.taken)
        act.done({ ok: false, unreachable: true });
      else
        void this.perform(act.name, act.args).then(act.done);
    }
  }
}
