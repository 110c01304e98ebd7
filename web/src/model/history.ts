/* history.ts - pages of a conversation: which one is asked for next, and how it joins the window.
 * Called by client.ts. */
import type { Extras } from "../wire/codec.js";
import { type Kept, changeMessage, insert, reached, trim, unreadInWindow, withDeliveries, withRead } from "./kept.js";
import { deleted, edited, messageOf } from "./messages.js";
import { flag, list, number, numberOr0, text } from "./read.js";

export type Page = "newest" | "older" | "newer" | "around" | "again" /* what is shown, once more */;

export const PAGE = 50;
const LIMIT_MAX = 200;

/** The keys of the request; undefined: there is nothing to ask for. */
export function pageRequest(conversation: Kept, page: Page, around = 0): Extras | undefined {
  switch (page) {
  case "newest":
    return { limit: Math.min(LIMIT_MAX, Math.max(PAGE, conversation.unread + 10)) };
  case "older":
    return conversation.olderLeft && conversation.loaded ? { before: conversation.from, limit: PAGE } : undefined;
  case "newer":
    return conversation.loaded ? { after: conversation.to, limit: PAGE } : undefined;
  case "again":
    return conversation.loaded ? { after: conversation.from - 1, limit: LIMIT_MAX } : undefined;
  case "around":
    return { around, limit: PAGE };
  }
}

interface Span { readonly from: number; readonly to: number; readonly more: boolean; readonly last: number }

/** Which numbers the page has told everything about. */
function spanOf(conversation: Kept, page: Page, extras: Extras): Span {
  const entries = list(extras, "list");
  const first = numberOr0(entries[0] ?? {}, "seq"), end = numberOr0(entries[entries.length - 1] ?? {}, "seq");
  const last = numberOr0(extras, "last"), more = number(extras, "next") !== undefined;
  if (page === "older")
    return { from: more ? first : 1, to: conversation.from - 1, more, last };
  if (page === "newer" || page === "again")
    return { from: page === "newer" ? conversation.to + 1 : conversation.from, to: more ? end : Math.max(end, last), more, last };
  if (page === "around")
    return { from: first, to: end, more: end < last, last };
  return { from: more ? first : 1, to: Math.max(end, last), more, last };
}

/** Changes of messages that lie outside of this page: in it, messages are as they are now. */
function withChanges(conversation: Kept, entries: readonly Extras[]): Kept {
  let next = conversation;
  for (const entry of entries) {
    const of = numberOr0(entry, "of"), time = numberOr0(entry, "time");
    if (text(entry, "kind") === "edit" && text(entry, "content") !== undefined)
      next = changeMessage(next, of, (message) => edited(message, text(entry, "content") ?? "", time, flag(entry, "mentioned")));
    else if (text(entry, "kind") === "delete")
      next = changeMessage(next, of, (message) => deleted(message, time, text(entry, "deleted_by")));
  }
  return next;
}

/** The window as if nothing had been loaded: another place of the conversation follows. */
const emptied = (conversation: Kept): Kept => ({
  ...conversation, messages: conversation.messages.filter((message) => message.seq === 0), loaded: false, from: 0, to: 0,
  olderLeft: true, newerLeft: false,
});

function withSpan(conversation: Kept, page: Page, span: Span): Kept {
  switch (page) {
  case "older":
    return { ...conversation, from: Math.min(conversation.from, span.from), olderLeft: span.more };
  case "newer":
  case "again":
    return { ...conversation, to: Math.max(conversation.to, span.to), newerLeft: page === "newer" || conversation.newerLeft ? span.more : false };
  case "around":
    return { ...conversation, from: span.from, to: span.to, olderLeft: span.from > 1, newerLeft: span.more };
  case "newest":
    return { ...conversation, from: span.from, to: span.to, olderLeft: span.more, newerLeft: false };
  }
}

/** Joins an answer of history with the window. */
export function withPage(conversation: Kept, page: Page, extras: Extras, me: string): Kept {
  const entries = list(extras, "list");
  const span = spanOf(conversation, page, extras);
  const base = page === "newest" || page === "around" ? emptied(conversation) : conversation;
  const messages = entries.filter((entry) => !["edit", "delete"].includes(text(entry, "kind") ?? "")).map((entry) => messageOf(entry, me));
  const changed = withChanges(base, entries);
  const whole = withSpan({
    ...changed, loaded: true, last: Math.max(changed.last, span.last), loading: "no",
    peerRead: Math.max(changed.peerRead, numberOr0(extras, "peer_read")),
    peerDelivered: Math.max(changed.peerDelivered, numberOr0(extras, "delivered")),
  }, page, span);
  const joined = withDeliveries(insert(whole, messages));
  const window = withoutIslands(keepsGoing(joined));
  return trim(recounted(withRead(window, numberOr0(extras, "read"))), page === "older" ? "newer" : "older");
}

/** A window that holds all that is unread counts better than updates, of which some were missing. */
function recounted(conversation: Kept): Kept {
  const count = unreadInWindow(conversation, conversation.read);
  return count === undefined ? conversation
    : { ...conversation, unread: count.unread, unreadMentions: count.mentions, counted: Math.max(conversation.counted, conversation.to) };
}

/** What came live behind a gap that one page has not filled: it comes again with the next pages. */
const withoutIslands = (conversation: Kept): Kept =>
  (conversation.newerLeft ? { ...conversation, messages: conversation.messages.filter((message) => message.seq <= conversation.to) } : conversation);

/** Live messages that came while the page was on its way continue it. */
function keepsGoing(conversation: Kept): Kept {
  let next = conversation;
  for (const message of conversation.messages)
    if (message.seq === next.to + 1)
      next = reached(next, message.seq);
  return next;
}
