/* machine.ts - the connection to the server as a pure machine: what happens and what time it is go
 * in, what to do comes out (Effects). It connects, attaches the session, pairs answers with
 * requests, notices a dead peer and comes back. docs/protocol.md, "Sessions" and "Delivery".
 *
 * Not here: sockets and timers (socket.ts), and what messages mean (model/). */
import { carriesToken, decode, encodeRequest, encodeUpdate, type Extras, type Message } from "../wire/codec.js";
import type { Link } from "../model/state.js";
import { Code, Limit } from "../wire/table.js";
import { backoff } from "./backoff.js";

export interface Session {
  readonly username: string;
  readonly token: string;
}

/** What attach claims about the messages that are here: docs/protocol.md, "Which database". */
export interface Position {
  readonly since?: number;
  readonly db?: string;
  readonly era?: string;
}

export type Result =
  | { readonly answer: Message }
  | { readonly unreachable: true }; /* it may have been carried out, or not */

export interface Ask {
  readonly action: string;
  readonly fields: readonly unknown[];
  readonly extras?: Extras;
}

export interface Effects {
  /** Begins a connection; opened, received and closed tell how it goes on. */
  open(): void;
  /** Ends it; nothing of it is told any more. */
  close(): void;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /** Calls tick at that time, and not at an earlier one that was asked for before; Infinity: never. */
  wake(at: number): void;
  random(): number;

  /** The state for the banner has changed. */
  changed(link: Link): void;
  /** Logged in; updates follow. The map is that of the answer to login or attach. */
  attached(session: Session, extras: Extras): void;
  update(message: Message): void;
  /** The server refuses this page: it must load anew. */
  tooOld?(): void;
  /** The session is over: its token is good for nothing any more. */
  ended(reason: string): void;
  position(): Position;
}

export const FEATURES = ["edits", "read", "presence", "profiles", "typing", "groups", "calls", "opus", "reactions",
  "speaking", "own", "received", "announcements", "compact"] as const;

/** A network that has changed is noticed within PING_MS + DEAD_MS, which is less than 8 s. */
export const PING_MS = 3_500;
export const DEAD_MS = 4_000;
/** While nobody looks at the page the device may sleep. */
const PING_HIDDEN_MS = 30_000;
const OPEN_MS = 10_000;
/** In a call nobody waits so long: what is said meanwhile is lost, and the server holds the seat for
 * 10 s. A network that has died shows within CALL_PING_MS + SILENT_MS, which is 3 s. */
export const CALL_PING_MS = 1_000;
export const SILENT_MS = 2_000;
const CALL_OPEN_MS = 3_000;
const CALL_RETRY_MS = 1_000;
/** Requests for which the server reads a whole file or verifies a password. */
const SLOW_MS = 60_000;
const SLOW = new Set(["login", "register", "end_upload", "export", "change_password", "delete_account", "begin_totp",
  "end_totp", "add_device_password", "make_link"]);
const LINK_MS = 130_000; /* login_by_link waits for the user */

interface Asked {
  readonly action: string;
  readonly n: unknown;
  readonly at: number;
  readonly ping?: boolean;
  readonly done: (result: Result) => void;
}

type Phase = "idle" | "waiting" | "opening" | "entering" /* login is under way */ | "attaching" | "up" | "elsewhere";

const patience = (action: string): number =>
  action === "login_by_link" ? LINK_MS : SLOW.has(action) ? SLOW_MS : DEAD_MS;

export class LinkMachine {
  #phase: Phase = "idle";
  #session: Session | undefined;
  #entry: { readonly asks: readonly Ask[]; readonly done: (result: Result) => void } | undefined;
  #asked: Asked[] = [];
  #failures = 0;
  #retryAt = 0;
  #openedAt = 0;
  #heardAt = 0;
  #pingedAt = 0;
  #bestMs = Infinity; /* of the round trips of this connection */
  #roundTrip: number | undefined;
  #silent = false;
  #hidden = false;
  #inCall = false;
  readonly #effects: Effects;
  readonly #clientName: string;

  constructor(effects: Effects, clientName: string) {
    this.#effects = effects;
    this.#clientName = clientName;
  }

  get up(): boolean { return this.#phase === "up"; }
  get unanswered(): number { return this.#asked.length; }
  /** Of the newest ping of this connection that was answered. */
  get roundTripMs(): number | undefined { return this.#roundTrip; }

  /** How much longer than it needs the answer to a ping takes by now: what was sent behind it waits
   * as long, where neither the page nor the browser sees it. */
  behindMs(now: number): number {
    const first = this.#asked[0];
    return first?.ping === true ? Math.max(0, now - first.at - Math.min(this.#bestMs, now - first.at)) : 0;
  }

  /* --- what the program wants ------------------------------------------------------------ */

  /** Attaches this session, and comes back whenever the connection is lost. */
  start(session: Session, now: number): void {
    this.#session = session;
    this.#connect(now);
  }

  /** Logs in by requests on a new connection, the last of which makes a session: register and
   * login, or login_by_link. One attempt only. */
  enter(asks: readonly Ask[], now: number, done: (result: Result) => void): void {
    this.#end();
    this.#session = undefined;
    this.#entry = { asks, done };
    this.#open(now);
  }

  /** Forgets the session; the connection is closed. */
  stop(): void {
    this.#session = undefined;
    this.#end();
    this.#become("idle");
    this.#effects.wake(Infinity);
  }

  /** At once, also when another browser has taken the session. */
  reconnect(now: number): void {
    if (this.#session !== undefined && (this.#phase === "waiting" || this.#phase === "elsewhere"))
      this.#connect(now);
  }

  /** Sends a request of a logged-in user; while the link is down the answer is "unreachable". */
  request(ask: Ask, now: number, done: (result: Result) => void): void {
    if (this.#phase === "up")
      this.#put(ask, now, done);
    else
      done({ unreachable: true });
  }

  /** call_data, p and typing: unanswered, and of no use later. */
  tell(action: string, fields: readonly unknown[]): boolean {
    if (this.#phase !== "up" || this.#session === undefined)
      return false;
    this.#effects.send(encodeUpdate(action, action === "p" ? fields : [this.#session.username, this.#session.token, ...fields]));
    return true;
  }

  setInCall(inCall: boolean, now: number): void {
    this.#inCall = inCall;
    this.#plan(now);
  }

  /* --- what happens ---------------------------------------------------------------------- */

  opened(now: number): void {
    if (this.#phase !== "opening")
      return;
    this.#heardAt = now;
    if (this.#entry !== undefined) {
      this.#phase = "entering";
      this.#askNext(this.#entry.asks, now);
    } else {
      this.#phase = "attaching";
      this.#attach(now);
    }
    this.#plan(now);
  }

  received(bytes: Uint8Array, now: number): void {
    this.#heardAt = now;
    this.#beSilent(false);
    const message = decode(bytes);
    if (message?.kind === "response")
      this.#answered(message, now);
    else if (message !== undefined)
      this.#updated(message);
    this.#plan(now);
  }

  closed(now: number): void {
    if (this.#phase !== "idle" && this.#phase !== "waiting" && this.#phase !== "elsewhere")
      this.#lost(now);
  }

  /** The browser says that the network is there again, or is another one. */
  networkChanged(now: number): void {
    if (this.#phase === "waiting") {
      this.#failures = 0;
      this.#connect(now);
    } else if (this.#phase === "up") {
      this.#ping(now);
      this.#plan(now);
    }
  }

  visible(visible: boolean, now: number): void {
    this.#hidden = !visible;
    if (visible)
      this.networkChanged(now);
    else
      this.#plan(now);
  }

  tick(now: number): void {
    if (this.#phase === "waiting" && now >= this.#retryAt)
      this.#connect(now);
    else if (this.#phase === "opening" && now >= this.#openAt())
      this.#lost(now);
    else if (this.#asked.length > 0 && now >= this.#deadAt())
      this.#lost(now);
    else if (this.#phase === "up" && this.#asked.length === 0 && now >= this.#pingAt())
      this.#ping(now);
    this.#beSilent(this.#silent || now >= this.#silentAt());
    this.#plan(now);
  }

  /* --- connections ------------------------------------------------------------------------ */

  #connect(now: number): void {
    this.#end();
    this.#open(now);
  }

  #open(now: number): void {
    this.#openedAt = now;
    this.#become("opening");
    this.#effects.open();
    this.#plan(now);
  }

  #become(phase: Phase): void {
    this.#phase = phase;
    this.#silent = false;
    const state = phase === "up" ? "up" : phase === "waiting" ? "waiting" : phase === "elsewhere" ? "elsewhere" : "connecting";
    this.#effects.changed(state === "waiting" ? { state, retryAt: this.#retryAt } : { state });
  }

  /** Nothing of this connection is heard any more; who waits for an answer is told so. */
  #end(): void {
    const asked = this.#asked;
    const entry = this.#entry;
    this.#asked = [];
    this.#entry = undefined;
    if (this.#phase !== "idle" && this.#phase !== "waiting" && this.#phase !== "elsewhere")
      this.#effects.close();
    for (const each of asked)
      each.done({ unreachable: true });
    entry?.done({ unreachable: true });
  }

  #lost(now: number): void {
    this.#phase === "entering" || this.#entry !== undefined ? this.stop() : this.#retry(now);
  }

  #retry(now: number): void {
    this.#end();
    this.#retryAt = now + Math.min(backoff(this.#failures, this.#effects.random()), this.#inCall ? CALL_RETRY_MS : Infinity);
    this.#failures++;
    this.#become("waiting");
    this.#plan(now);
  }

  /* --- logging in -------------------------------------------------------------------------- */

  #sessionExtras(): Extras {
    return { client: this.#clientName, features: FEATURES, web: Limit.webMin, ...this.#effects.position() };
  }

  #attach(now: number): void {
    this.#put({ action: "attach", fields: [], extras: this.#sessionExtras() }, now, (result) => {
      if ("answer" in result && result.answer.code === 0)
        this.#begun(this.#session as Session, result.answer.extras);
      else if ("answer" in result) {
        this.#lookAtRule(result.answer);
        this.#retry(now);
      }
    });
  }

  #lookAtRule(answer: Message): void {
    if (answer.extras["rule"] === "web_too_old")
      this.#effects.tooOld?.();
  }

  #begun(session: Session, extras: Extras): void {
    this.#session = session;
    this.#failures = 0;
    this.#bestMs = Infinity;
    this.#roundTrip = undefined;
    this.#become("up");
    this.#effects.attached(session, extras);
  }

  #askNext(asks: readonly Ask[], now: number): void {
    const [ask, ...rest] = asks as [Ask, ...Ask[]];
    const last = rest.length === 0;
    const extras = last ? { ...ask.extras, ...this.#sessionExtras() } : ask.extras ?? {};
    this.#put({ ...ask, extras }, now, (result) => {
      if ("answer" in result && result.answer.code === 0 && !last)
        this.#askNext(rest, now);
      else
        this.#entered(result);
    });
  }

  #entered(result: Result): void {
    const done = this.#entry?.done;
    this.#entry = undefined;
    if ("answer" in result)
      this.#lookAtRule(result.answer);
    if (!("answer" in result) || result.answer.code !== 0)
      this.stop();
    else
      this.#begun({ username: String(result.answer.fields["username"]), token: String(result.answer.fields["token"]) },
        result.answer.extras);
    done?.(result);
  }

  /* --- requests ----------------------------------------------------------------------------- */

  #put(ask: Ask, now: number, done: (result: Result) => void, ping = false): void {
    const extras = ask.extras ?? {};
    const head = carriesToken(ask.action) ? [this.#session?.username, this.#session?.token]
      : ask.action === "logout" ? [this.#session?.username] : [];
    this.#asked.push({ action: ask.action, n: extras["n"], at: now, ping, done });
    this.#effects.send(encodeRequest(ask.action, [...head, ...ask.fields], extras));
    this.#plan(now);
  }

  /** Answers come in the order of the requests. */
  #answered(message: Message, now: number): void {
    const asked = this.#asked.shift();
    if (asked === undefined || asked.action !== message.action || (asked.n ?? undefined) !== (message.extras["n"] ?? undefined)) {
      if (asked !== undefined)
        this.#asked.unshift(asked);
      this.#lost(now); /* not this protocol: what was asked for is not known any more */
      return;
    }
    asked.done({ answer: message });
    this.#judge(message, asked.action);
  }

  /** What an answer says about the session. */
  #judge(message: Message, action: string): void {
    if (this.#session === undefined || action === "login" || action === "logout")
      return;
    if (message.code === Code.userNotConnected || message.code === Code.userIncorrectToken)
      this.#over("unknown");
    else if (message.code === Code.identityNotConnected && message.extras["rule"] === "session_moved")
      this.#movedAway();
  }

  #over(reason: string): void {
    this.stop();
    this.#effects.ended(reason);
  }

  #movedAway(): void {
    this.#end();
    this.#become("elsewhere");
    this.#effects.wake(Infinity);
  }

  #updated(message: Message): void {
    if (message.action === "session_moved")
      this.#movedAway();
    else if (message.action === "session_ended")
      this.#over(String(message.fields["reason"]));
    else
      this.#effects.update(message);
  }

  /* --- time --------------------------------------------------------------------------------- */

  /** A request that costs the server nothing, since browsers cannot send PING: it says what was
   * received before, or nothing. */
  #ping(now: number): void {
    const since = this.#effects.position().since;
    this.#pingedAt = now;
    this.#put(since !== undefined && since > 0 ? { action: "received", fields: [since] } : { action: "settings", fields: [] }, now, (result) => {
      if (!("answer" in result))
        return;
      this.#roundTrip = this.#heardAt - now;
      this.#bestMs = Math.min(this.#bestMs, this.#roundTrip);
    }, true);
  }

  #pingAt(): number {
    return this.#inCall ? this.#pingedAt + CALL_PING_MS : this.#heardAt + (this.#hidden ? PING_HIDDEN_MS : PING_MS);
  }

  #openAt(): number { return this.#openedAt + (this.#inCall ? CALL_OPEN_MS : OPEN_MS); }

  /** When a person in a call is told that nothing comes. */
  #silentAt(): number {
    const first = this.#asked[0];
    return this.#inCall && this.#phase === "up" && first !== undefined && patience(first.action) === DEAD_MS
      ? Math.max(first.at, this.#heardAt) + SILENT_MS : Infinity;
  }

  #beSilent(silent: boolean): void {
    if (silent !== this.#silent && this.#phase === "up")
      this.#effects.changed({ state: "up", ...((this.#silent = silent) ? { silent } : {}) });
  }

  /** When the peer is taken for dead: the oldest request has no answer, and nothing else came. */
  #deadAt(): number {
    const first = this.#asked[0] as Asked;
    return Math.max(first.at, this.#heardAt) + patience(first.action);
  }

  #plan(now: number): void {
    if (this.#phase === "waiting")
      this.#effects.wake(this.#retryAt);
    else if (this.#phase === "opening")
      this.#effects.wake(this.#openAt());
    else if (this.#asked.length > 0)
      this.#effects.wake(Math.min(this.#deadAt(), this.#silent ? Infinity : Math.max(this.#silentAt(), now)));
    else if (this.#phase === "up")
      this.#effects.wake(Math.max(this.#pingAt(), now));
  }
}
