/* lead.ts - which tab of this browser leads: exactly one of them, and another one as soon as it is
 * closed. A Web Lock says which. Where a browser has none (http from another machine is no secure
 * context) the tabs elect one by messages. What leading means is not here. Called by tabs.ts. */

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
  private letGo: (() => void) | undefined;
  private waits = false;

  constructor(private readonly locks: LockManager, private readonly host: LeadHost) {}

  async begin(): Promise<boolean> {
    const has = await new Promise<boolean>((done, fail) => {
      this.request({ ifAvailable: true }, done, fail);
    });
    if (!has)
      this.wait();
    return has;
  }

  private wait(): void {
    if (this.waits)
      return;
    this.waits = true;
    this.request({}, () => {
      this.waits = false;
      this.host.got();
    }, (error) => { throw error; });
  }

  take(): void { this.request({ steal: true }, () => this.host.got(), (error) => { throw error; }); }

  release(): void { this.letGo?.(); }

  heard(): void {}

  /** A lock is held as long as the promise of its callback lasts. */
  private request(options: LockOptions, asked: (has: boolean) => void, fail: (error: unknown) => void): void {
    this.locks.request(LOCK, options, (lock) => {
      const held = new Promise<void>((done) => { this.letGo = done; });
      asked(lock !== null);
      return lock === null ? undefined : held;
    }).catch((error: unknown) => {
      if (!(error instanceof DOMException && error.name === "AbortError"))
        return fail(error);
      this.host.lost();
      this.wait();
    });
  }
}

/** How long a tab waits for one that leads to say so, and how often it asks. Timers of hidden pages
 * are slow, messages are not: so the tab that leads only answers. */
const ANSWER_MS = 150;
/** The one that led has said that it does not any more: only others that wait may answer. */
const FREE_MS = 30;
const ASK_MS = 2_000;

export class ElectedLead implements Lead {
  private term: number | undefined;
  private ends: (() => void) | undefined;
  private claims = false;
  private first: ((leads: boolean) => void) | undefined;

  constructor(private readonly host: LeadHost) {}

  begin(): Promise<boolean> {
    return new Promise((done) => {
      this.first = done;
      this.claim();
    });
  }

  take(): void {
    if (this.term !== undefined)
      return;
    this.ends?.();
    this.claims = false;
    this.term = this.host.now();
    this.host.post({ type: "have", from: this.host.name, term: this.term });
    const first = this.first;
    this.first = undefined;
    first === undefined ? this.host.got() : first(true);
  }

  release(): void {
    this.ends?.();
    if (this.term !== undefined)
      this.host.post({ type: "free", from: this.host.name });
    this.term = undefined;
  }

  private claim(wait = ANSWER_MS): void {
    this.ends?.();
    this.claims = true;
    this.host.post({ type: "claim", from: this.host.name });
    this.ends = this.host.later(wait, () => this.take());
  }

  private follow(): void {
    this.ends?.();
    this.claims = false;
    this.ends = this.host.later(ASK_MS, () => this.claim());
    this.first?.(false);
    this.first = undefined;
  }

  heard(message: LeadMessage): void {
    switch (message.type) {
    case "free":
      return this.term === undefined ? this.claim(FREE_MS) : undefined;
    case "have":
      return this.term === undefined ? this.follow() : this.rival(message.from, message.term);
    case "claim":
      return this.claimed(message.from);
    }
  }

  /** Of two that claim at the same time the one with the lower name leads. */
  private claimed(from: string): void {
    if (this.term !== undefined)
      this.host.post({ type: "have", from: this.host.name, term: this.term });
    else if (this.claims && from < this.host.name)
      this.follow();
    else if (this.claims)
      this.host.post({ type: "claim", from: this.host.name });
  }

  /** Two lead: one was frozen, or slow to answer, or the other one has taken it. The later one has
   * the session. */
  private rival(from: string, term: number): void {
    const own = this.term as number;
    if (own > term || (own === term && this.host.name < from)) {
      this.host.post({ type: "have", from: this.host.name, term: own });
      return;
    }
    this.term = undefined;
    this.host.lost();
    this.follow();
  }
}
