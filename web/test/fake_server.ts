/* fake_server.ts - the other end of a LinkMachine in simulated time: it answers as a test says, and
 * becomes silent as a network that was cut. */
import { decodeMulti } from "@msgpack/msgpack";
import { FEATURES, LinkMachine, type Position, type Session } from "../src/link/machine.js";
import type { Link } from "../src/model/state.js";
import type { Extras, Message } from "../src/wire/codec.js";
import { encodeUpdate } from "../src/wire/codec.js";

export interface Request {
  readonly action: string;
  readonly fields: readonly unknown[];
  readonly extras: Extras;
}

export type Answer = readonly [code: number, ...fields: readonly unknown[]];

export class FakeServer {
  now = 1_000_000;
  reachable = true;
  readonly requests: Request[] = [];
  readonly links: Link[] = [];
  readonly attached: Extras[] = [];
  readonly updates: Message[] = [];
  readonly ended: string[] = [];
  position: Position = {};
  connections = 0;
  /** Answers to requests; undefined: none comes. */
  answer: (request: Request) => Answer | undefined = (request) =>
    request.action === "attach" ? [0, request.fields[0], { features: FEATURES, db: "d.0", era: "e" }]
      : request.action === "login" ? [0, request.fields[0], "token-1", { features: FEATURES, db: "d.0", era: "e" }] : [0, {}];
  readonly machine: LinkMachine;
  private open = false;
  private wakeAt = Infinity;
  private pipe: (() => void)[] = [];

  constructor() {
    this.machine = new LinkMachine({
      open: () => { this.connections++; this.open = true; this.pipe.push(() => this.opens()); },
      close: () => { this.open = false; },
      send: (bytes) => { if (this.open) this.pipe.push(() => this.heard(bytes)); },
      wake: (at) => { this.wakeAt = at; },
      random: () => 0.5,
      changed: (link) => this.links.push(link),
      attached: (_session: Session, extras) => this.attached.push(extras),
      update: (message) => this.updates.push(message),
      ended: (reason) => this.ended.push(reason),
      position: () => this.position,
    }, "test");
  }

  private opens(): void {
    if (this.reachable)
      this.machine.opened(this.now);
  }

  private heard(bytes: Uint8Array): void {
    const objects = [...decodeMulti(bytes)] as unknown[];
    if (!this.reachable || objects[0] !== "request")
      return;
    const extras = objects.pop() as Extras;
    const request = { action: String(objects[1]), fields: objects.slice(2), extras };
    this.requests.push(request);
    const answer = this.answer(request);
    if (answer !== undefined)
      this.says("response", request.action, answer, extras["n"]);
  }

  private says(kind: string, action: string, answer: Answer, n: unknown): void {
    const map = answer.at(-1);
    const hasMap = typeof map === "object" && map !== null && !Array.isArray(map);
    const last = hasMap ? map as Extras : {};
    const fields = hasMap ? answer.slice(0, -1) : answer;
    const bytes = encodeUpdate(action, [...fields, n === undefined ? last : { ...last, n }]);
    const head = new Uint8Array([0xa0 + kind.length, ...new TextEncoder().encode(kind), ...bytes.slice(7)]);
    this.machine.received(head, this.now);
  }

  tell(action: string, ...fields: readonly unknown[]): void {
    if (this.reachable && this.open)
      this.says("update", action, fields as unknown as Answer, undefined);
  }

  /** The connection ends, as when the server was killed. */
  drop(): void {
    this.open = false;
    this.machine.closed(this.now);
  }

  /** Everything that is on its way arrives. */
  settle(): void {
    while (this.pipe.length > 0)
      this.pipe.shift()?.();
  }

  /** Time passes, up to this many milliseconds, step by step as timers ask for it. */
  pass(ms: number): void {
    const end = this.now + ms;
    this.settle();
    while (this.wakeAt <= end) {
      this.now = Math.max(this.now, this.wakeAt);
      this.wakeAt = Infinity;
      this.machine.tick(this.now);
      this.settle();
    }
    this.now = end;
  }

  actions(): string[] { return this.requests.map((request) => request.action); }
  get link(): Link | undefined { return this.links.at(-1); }
}
