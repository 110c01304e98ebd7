/* lead.ts - which tab of this browser leads: exactly one of them, and another one as soon as it is
 * closed. A Web Lock says which. Where a browser has none (http from another machine is no secure
 * context) the tabs elect one by messages (elect.ts). What leading means is not here. Called by
 * tabs.ts. */

const LOCK = "chinwag-connection";

/** What tabs without Web Locks tell each other. */
export type LeadMessage =
  | { readonly type: "claim"; readonly from: string } /* asks whether somebody leads, and wants to */
  | { readonly type: "have"; readonly from: string; readonly term: number } /* leads, since that time */
  | { readonly type: "free"; readonly from: string }; /* has led */

export interface LeadHost {
  readonly name: string;
  /** This tab leads now, and did not at the end of begin(). */
  got(): void;
  /** Another tab has taken the lead. */
  lost(): void;
  post(message: LeadMessage): void;
  now(): number;
  later(ms: number, call: () => void): () => void;
}

export interface Lead {
  /** Leads if nobody does: true. Otherwise as soon as nobody does any more: got(). */
  begin(): Promise<boolean>;
  /** Takes the lead from the tab that has it: got(). */
  take(): void;
  /** Gives it away, because this page is closed. */
  release(): void;
  heard(message: LeadMessage): void;
}

/** One tab, or a browser in which tabs cannot talk: the server lets one of them have the session. */
export class LoneLead implements Lead {
  begin(): Promise<boolean> { return Promise.resolve(true); }
  take(): void {}
  release(): void {}
  heard(): void {}
}

export class LockLead implements Lead {
  #letGo: (() => void) | undefined;
  #waits = false;
  readonly #locks: LockManager;
  readonly #host: LeadHost;

  constructor(locks: LockManager, host: LeadHost) {
    this.#locks = locks;
    this.#host = host;
  }

  async begin(): Promise<boolean> {
    const has = await new Promise<boolean>((done, fail) => {
      this.#request({ ifAvailable: true }, done, fail);
    });
    if (!has)
      this.#wait();
    return has;
  }

  #wait(): void {
    if (this.#waits)
      return;
    this.#waits = true;
    this.#request({}, () => {
      this.#waits = false;
      this.#host.got();
    }, (error) => { throw error; });
  }

  take(): void { this.#request({ steal: true }, () => this.#host.got(), (error) => { throw error; }); }

  release(): void { this.#letGo?.(); }

  heard(): void {}

  /** A lock is held as long as the promise of its callback lasts. */
  #request(options: LockOptions, asked: (has: boolean) => void, fail: (error: unknown) => void): void {
    this.#locks.request(LOCK, options, (lock) => {
      const held = new Promise<void>((done) => { this.#letGo = done; });
      asked(lock !== null);
      return lock === null ? undefined : held;
    }).catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === "AbortError"))
        return fail(error);
      this.#host.lost();
      this.#wait();
    });
  }
}
