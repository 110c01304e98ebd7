/* fake.ts - a server and a page for tests of views, without either: Actions that answer from a list,
 * a State to begin with. The page itself is page.ts. */
import { signal } from "@preact/signals";
import type { Actions, Answer, Extras, Outcome } from "../src/model/actions.js";
import type { Conversation, State } from "../src/model/state.js";

export interface Asked {
  readonly action: string;
  readonly fields: readonly unknown[];
  readonly extras: Extras;
}

export type Reply = Partial<Answer> | { readonly refusal: { readonly code: number; readonly reason: string; readonly rule?: string; readonly until?: number; readonly limit?: number } } | "unreachable";

export function answer(reply: Reply): Outcome<Answer> {
  if (reply === "unreachable") return { ok: false, unreachable: true };
  if ("refusal" in reply) return { ok: false, refusal: reply.refusal };
  return { ok: true, value: { fields: {}, extras: {}, list: [], ...reply } };
}

/** Replies by action: a value, or a function of what was asked. Without one the answer is empty. */
export function fakeActions(replies: { [action: string]: Reply | ((asked: Asked) => Reply) } = {}) {
  const asked: Asked[] = [];
  const called: (readonly unknown[])[] = [];
  const actions = new Proxy({} as Actions, {
    get: (_target, name: string) => {
      if (name === "ask")
        return async (action: string, fields: readonly unknown[], extras: Extras = {}) => {
          asked.push({ action, fields, extras });
          const reply = replies[action];
          return answer(typeof reply === "function" ? reply({ action, fields, extras }) : reply ?? {});
        };
      return (...parameters: unknown[]) => {
        called.push([name, ...parameters]);
        return Promise.resolve({ ok: true, value: undefined });
      };
    },
  });
  return { actions, asked, called };
}

export function conversation(id: string, change: Partial<Conversation> = {}): Conversation {
  return {
    id, title: id, order: 0, inCall: 0, announcements: false, slowSeconds: 0, unread: 0, unreadMentions: 0, read: 0, peerRead: 0,
    level: "mentions", draft: "", lastTime: 0, preview: "", messages: [], events: [], olderLeft: false, newerLeft: false,
    loading: "no", typing: [], ...change,
  };
}

export function fakeState(change: Partial<State> = {}) {
  const conversations = new Map([["#cooks", conversation("#cooks", { role: "owner" })], ["bob", conversation("bob")]]);
  return signal<State>({
    phase: "in", link: { state: "up" }, account: { username: "alice", admin: false, temporary: false }, conversations,
    people: new Map(), calls: new Map(), quiet: false, outboxLength: 0, ...change,
  });
}
