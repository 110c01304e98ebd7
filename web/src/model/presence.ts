/* presence.ts - whether this device is "away": nobody has touched any of its pages for ten minutes.
 * A hidden page is not touched, so that is the same rule; who is in a call is there. The tab that
 * leads tells the server (docs/protocol.md, "set_presence"). Called by client.ts. */

const IDLE_MS = 10 * 60_000;

export interface PresenceHost {
  now(): number;
  later(ms: number, call: () => void): () => void;
  inCall(): boolean;
  tell(state: "away" | "online"): void;
}

export class Presence {
  #away = false;
  #touched: number;
  #ends: (() => void) | undefined;
  readonly #host: PresenceHost;

  constructor(host: PresenceHost) {
    this.#host = host;
    this.#touched = host.now();
  }

  /** A connection that begins is online. */
  attached(): void {
    if (this.#away)
      this.#host.tell("away");
    this.#wait();
  }

  /** The user has done something in one of the tabs. */
  active(): void {
    this.#touched = this.#host.now();
    if (!this.#away)
      return;
    this.#away = false;
    this.#host.tell("online");
    this.#wait();
  }

  stop(): void { this.#ends?.(); }

  #wait(): void {
    this.#ends?.();
    this.#ends = this.#away ? undefined : this.#host.later(Math.max(1, this.#touched + IDLE_MS - this.#host.now()), () => this.#look());
  }

  #look(): void {
    if (this.#host.inCall())
      this.#touched = this.#host.now();
    this.#away = this.#host.now() - this.#touched >= IDLE_MS;
    if (this.#away)
      this.#host.tell("away");
    this.#wait();
  }
}
