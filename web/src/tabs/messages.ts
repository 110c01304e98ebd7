/* messages.ts - what tabs of one browser tell each other, and how a state travels: only what has
 * changed. Pure. Called by tabs.ts. */
import type { Item } from "../model/outbox.js";
import type { KeptAccount } from "../model/ports.js";
import type { Conversation, State } from "../model/state.js";
import type { LeadMessage } from "./lead.js";

/** What of a state is the same in all tabs. */
type SharedState = Omit<State, "conversations" | "current" | "target">;

export interface Difference {
  readonly whole: boolean;
  readonly state: SharedState;
  readonly changed: readonly Conversation[];
  readonly gone: readonly string[];
  readonly account: KeptAccount | undefined;
  readonly outbox: readonly Item[];
}

export type TabMessage =
  | LeadMessage
  | { readonly type: "hello"; readonly from: string } /* a new tab asks for all of it */
  | { readonly type: "lead"; readonly from: string } /* this tab leads from now on: who else is there? */
  | { readonly type: "bye"; readonly from: string } /* a tab that did not lead is closed */
  | { readonly type: "who"; readonly from: string } /* the leading tab asks who is still there */
  | { readonly type: "state"; readonly difference: Difference }
  | { readonly type: "act"; readonly from: string; readonly id: number; readonly name: string; readonly args: readonly unknown[] }
  | { readonly type: "taken"; readonly to: string; readonly id: number } /* it is done, or under way */
  | { readonly type: "done"; readonly to: string; readonly id: number; readonly value: unknown };

export function difference(old: State | undefined, state: State, account: KeptAccount | undefined, outbox: readonly Item[]): Difference {
  const { conversations, current: _current, target: _target, ...shared } = state;
  const before = old?.conversations ?? new Map<string, Conversation>();
  return {
    whole: old === undefined, state: shared, account, outbox,
    changed: before === conversations ? [] : [...conversations.values()].filter((each) => before.get(each.id) !== each),
    gone: before === conversations ? [] : [...before.keys()].filter((id) => !conversations.has(id)),
  };
}

/** The state of this tab after what the leading one has told. */
export function patched(state: State, { whole, state: shared, changed, gone }: Difference): State {
  const conversations = new Map(whole ? [] : state.conversations);
  for (const id of gone)
    conversations.delete(id);
  for (const each of changed)
    conversations.set(each.id, each);
  return {
    ...shared, conversations, ...(state.current === undefined ? {} : { current: state.current }),
    ...(state.target === undefined ? {} : { target: state.target }),
  };
}
