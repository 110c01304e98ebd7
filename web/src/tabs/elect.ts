/* elect.ts - which tab leads in a browser without Web Locks: the tabs elect one by messages. Loaded by
 * tabs.ts only there. */
import type { Lead, LeadHost, LeadMessage } from "./lead.js";

/** How long a tab waits for one that leads to say so, and how often it asks. Timers of hidden pages
 * are slow, messages are not: so the tab that leads only answers. */
const ANSWER_MS = 150;
/** The one that led has said that it does not any more: only others that wait may answer. */
const FREE_MS = 30;
const ASK_MS = 2_000;

export class ElectedLead implements Lead {
  #term: number | undefined;
  #ends: (() => void) | undefined;
  #claims = false;
  #first: ((leads: boolean) => void) | undefined;
  readonly #host: LeadHost;

  constructor(host: LeadHost) {
    this.#host = host;
  }

  begin(): Promise<boolean> {
    return new Promise((done) => {
      this.#first = done;
      this.#claim();
    });
  }

  take(): void {
    if (this.#term !== undefined)
      return;
    this.#ends?.();
    this.#claims = false;
    this.#term = this.#host.now();
    this.#host.post({ type: "have", from: this.#host.name, term: this.#term });
    const first = this.#first;
    this.#first = undefined;
    first === undefined ? this.#host.got() : first(true);
  }

  release(): void {
    this.#ends?.();
    if (this.#term !== undefined)
      this.#host.post({ type: "free", from: this.#host.name });
    this.#term = undefined;
  }

  #claim(wait = ANSWER_MS): void {
    this.#ends?.();
    this.#claims = true;
    this.#host.post({ type: "claim", from: this.#host.name });
    this.#ends = this.#host.later(wait, () => this.take());
  }

  #follow(): void {
    this.#ends?.();
    this.#claims = false;
    this.#ends = this.#host.later(ASK_MS, () => this.#claim());
    this.#first?.(false);
    this.#first = undefined;
  }

  heard(message: LeadMessage): void {
    switch (message.type) {
    case "free":
      return this.#term === undefined ? this.#claim(FREE_MS) : undefined;
    case "have":
      return this.#term === undefined ? this.#follow() : this.#rival(message.from, message.term);
    case "claim":
      return this.#claimed(message.from);
    }
  }

  /** Of two that claim at the same time the one with the lower name leads. */
  #claimed(from: string): void {
    if (this.#term !== undefined)
      this.#host.post({ type: "have", from: this.#host.name, term: this.#term });
    else if (this.#claims && from < this.#host.name)
      this.#follow();
    else if (this.#claims)
      this.#host.post({ type: "claim", from: this.#host.name });
  }

  /** Two lead: one was frozen, or slow to answer, or the other one has taken it. The later one has
   * the session. */
  #rival(from: string, term: number): void {
    const own = this.#term as number;
    if (own > term || (own === term && this.#host.name < from)) {
      this.#host.post({ type: "have", from: this.#host.name, term: own });
      return;
    }
    this.#term = undefined;
    this.#host.lost();
    this.#follow();
  }
}
