/* hand.ts - the client with a link that a test holds in its hand, and a clock of the test's own. */
import assert from "node:assert/strict";
import { memory } from "../src/keep/memory.js";
import type { Ask, Result } from "../src/link/machine.js";
import { Client } from "../src/model/client.js";
import { ClientActions } from "../src/model/client_actions.js";
import type { KeepPort, LinkPort } from "../src/model/ports.js";

class Hand implements LinkPort {
  up = true;
  buffered = 0;
  behindMs = 0;
  roundTripMs = undefined;
  asked: { readonly ask: Ask; readonly done: (result: Result) => void }[] = [];
  start(): void {}
  stop(): void { this.up = false; }
  end(): void { this.up = false; }
  reconnect(): void {}
  setInCall(): void {}
  told: unknown[] = [];
  tell(action: string, fields: readonly unknown[]): boolean {
    this.told.push([action, ...fields]);
    return this.up;
  }
  enter(): void {}
  request(ask: Ask, done: (result: Result) => void): void {
    if (this.up)
      this.asked.push({ ask, done });
    else
      done({ unreachable: true });
  }

  /** Answers the first request of this action that waits. */
  answer(action: string, code: number, extras: { readonly [key: string]: unknown }): Ask {
    const found = this.asked.find((each) => each.ask.action === action);
    assert.ok(found, `no ${action} was asked for: ${this.asked.map((each) => each.ask.action).join()}`);
    this.asked = this.asked.filter((each) => each !== found);
    found.done({ answer: { kind: "response", action, code, fields: {}, extras } });
    return found.ask;
  }

  actions(): string[] { return this.asked.map((each) => each.ask.action); }
}

export const SPRING = Date.UTC(2026, 2, 29, 1), AUTUMN = Date.UTC(2026, 9, 25, 1);
/** Berlin's clock, in each year on the days of 2026. */
export const BERLIN = {
  name: "Europe/Berlin",
  ahead: (time: number): number => {
    const at = time - Date.UTC(new Date(time).getUTCFullYear(), 0) + Date.UTC(2026, 0);
    return at >= SPRING && at < AUTUMN ? 120 : 60;
  },
};

class Time {
  now = 5_000;
  private calls: { at: number; call: () => void }[] = [];
  later = (ms: number, call: () => void): (() => void) => {
    const entry = { at: this.now + ms, call };
    this.calls.push(entry);
    return () => { this.calls = this.calls.filter((each) => each !== entry); };
  };

  pass(ms: number): void {
    this.now += ms;
    const due = this.calls.filter((each) => each.at <= this.now);
    this.calls = this.calls.filter((each) => each.at > this.now);
    due.forEach((each) => each.call());
  }
}

let random = 100;
/** What was begun goes on until nothing is left to do: IndexedDB in memory takes many turns. */
export async function turn(): Promise<void> {
  for (let i = 0; i < 300; i++)
    await new Promise((done) => setImmediate(done));
}
export const EXTRAS = { db: "d.0", era: "e", newest: 0 };

export function made(keep: KeepPort = memory(), temporary = false) {
  const time = new Time(), link = new Hand();
  const client = new Client(keep, {
    now: () => time.now, later: time.later, zone: BERLIN, randomNumber: () => ++random, put: async () => 204, get: async () => undefined,
    sha256: async () => new Uint8Array(32), thumbnail: async () => undefined,
  });
  const enter = (): void => {
    client.lead(link);
    if (client.session === undefined)
      client.entered({ username: "ada", token: "t" }, temporary);
    client.changed({ state: "up" });
    client.attached({ username: "ada", token: "t" }, EXTRAS);
    client.store.publish();
  };
  return { client, actions: new ClientActions(client), link, time, enter };
}
