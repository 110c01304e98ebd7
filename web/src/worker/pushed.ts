/* pushed.ts - what is shown of a push message (docs/protocol.md, "Push messages"): pure, so that tests
 * run it in node. sw.ts shows it. */
import { fragmentOf } from "../view/fragment.js";

export interface Shown {
  readonly title: string;
  readonly body: string;
  /** A newer one of the same conversation takes its place. */
  readonly tag: string;
  /** Where a click leads; empty: to wherever the client is. */
  readonly fragment: string;
}

const WORDS = { title: "Chinwag", body: "There is a new message.", voice: "sent a voice message", call: "tried to call you" };

const textOf = (value: unknown): string => (typeof value === "string" ? value.slice(0, 1000) : "");

/** `session`: the one that this browser has subscribed with, if it is logged in. The text of another
 * one is not for who sits here now: a push service may be late. */
export function pushed(said: unknown, session: number | undefined): Shown {
  const map = (typeof said === "object" && said !== null ? said : {}) as { readonly [key: string]: unknown };
  const from = textOf(map["from"]);
  const tag = typeof map["new"] === "number" ? String(map["new"]) : "new";
  if (session === undefined || map["session"] !== session || from === "")
    return { title: WORDS.title, body: WORDS.body, tag, fragment: "" };
  const group = textOf(map["group"]);
  const kind = map["kind"] === "voice" || map["kind"] === "call" ? WORDS[map["kind"]] : undefined;
  return {
    title: group === "" ? from : `${from} · ${group}`,
    body: kind ?? textOf(map["text"]),
    tag,
    fragment: fragmentOf(group === "" ? from : `#${group}`),
  };
}
