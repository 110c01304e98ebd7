/* kept.ts - a conversation as the model keeps it: what views read (state.ts), and what says which
 * numbers of the conversation are here. Pure functions over it. Called by the rest of model/.
 *
 * Numbers (seq) go up without a gap, edits and deletions included (docs/protocol.md,
 * "Conversations"). The window holds everything from `from` to `to`; a message above `to + 1`
 * shows a gap, which history fills. */
import type { Conversation, ConversationId, Delivery, Message } from "./state.js";

export const WINDOW_MAX = 300;

export interface Kept extends Conversation {
  readonly loaded: boolean;
  readonly from: number;
  readonly to: number;
  /** The highest number that is known to exist. */
  readonly last: number;
  /** Up to this number `unread` has counted. */
  readonly counted: number;
  /** The id up to which the other one of two has received everything. */
  readonly peerDelivered: number;
}

export const isGroup = (id: ConversationId): boolean => id.startsWith("#");

export const EMPTY: Omit<Kept, "id" | "title"> = {
  order: 0, inCall: 0, announcements: false, slowSeconds: 0, unread: 0, unreadMentions: 0, read: 0, peerRead: 0,
  level: "all", draft: "", lastTime: 0, preview: "", messages: [], events: [], olderLeft: true, newerLeft: false,
  loading: "no", typing: [], loaded: false, from: 0, to: 0, last: 0, counted: 0, peerDelivered: 0,
};

export const newConversation = (id: ConversationId): Kept =>
  ({ ...EMPTY, id, title: isGroup(id) ? id.slice(1) : id, level: isGroup(id) ? "mentions" : "all" });

/** How far an own message has come; `conversation` says what the other one has. */
export function deliveryOf(conversation: Kept, message: Message): Delivery {
  if (message.seq === 0 || !message.own || isGroup(conversation.id))
    return message.seq === 0 ? message.delivery : "stored";
  if (message.seq <= conversation.peerRead)
    return "read";
  return message.id <= conversation.peerDelivered ? "delivered" : "stored";
}

export function withDeliveries(conversation: Kept): Kept {
  const isWrong = (message: Message): boolean => deliveryOf(conversation, message) !== message.delivery;
  return !conversation.messages.some(isWrong) ? conversation : {
    ...conversation,
    messages: conversation.messages.map((message) => (isWrong(message) ? { ...message, delivery: deliveryOf(conversation, message) } : message)),
  };
}

const stored = (conversation: Kept): Message[] => conversation.messages.filter((message) => message.seq > 0);
const waiting = (conversation: Kept): Message[] => conversation.messages.filter((message) => message.seq === 0);

/** The same message from another source: what is here only is kept. */
function joined(old: Message | undefined, message: Message): Message {
  if (old === undefined)
    return message;
  return { ...message, key: old.key, ...(old.editing === undefined ? {} : { editing: old.editing }) };
}

/** Puts messages in their places by number: each is there once, the newer description wins. */
export function insert(conversation: Kept, messages: readonly Message[]): Kept {
  const bySeq = new Map(stored(conversation).map((message) => [message.seq, message]));
  for (const message of messages.filter(({ seq }) => seq > 0)) /* 0 is what waits: no server has that */
    bySeq.set(message.seq, joined(bySeq.get(message.seq), { ...message, delivery: deliveryOf(conversation, message) }));
  const all = [...bySeq.values()].sort((a, b) => a.seq - b.seq);
  return { ...conversation, messages: [...all, ...waiting(conversation)] };
}

/** Drops the oldest ones, or the newest ones, beyond what the page may hold. */
export function trim(conversation: Kept, end: "older" | "newer"): Kept {
  const all = stored(conversation);
  if (all.length <= WINDOW_MAX)
    return conversation;
  const rest = end === "older" ? all.slice(-WINDOW_MAX) : all.slice(0, WINDOW_MAX);
  const first = rest[0] as Message, last = rest[rest.length - 1] as Message;
  return end === "older"
    ? { ...conversation, messages: [...rest, ...waiting(conversation)], from: first.seq, olderLeft: true }
    : { ...conversation, messages: rest, to: last.seq, newerLeft: true };
}

/** The same when something has come live: what is unread stays from its first message on, and what
 * has come is left to history instead. */
export function trimLive(conversation: Kept): Kept {
  const { seq } = stored(conversation).at(-WINDOW_MAX) ?? { seq: 0 };
  return trim(conversation, conversation.unread > 0 && seq > conversation.read + 1 ? "newer" : "older");
}

/** A live entry with this number (a message, an edit, a deletion) has come: whether something is
 * missing before it shows in `to`. */
export function reached(conversation: Kept, seq: number): Kept {
  const last = Math.max(conversation.last, seq);
  if (!conversation.loaded || conversation.newerLeft)
    return { ...conversation, last };
  return { ...conversation, last, to: seq === conversation.to + 1 ? seq : conversation.to };
}

export const hasGap = (conversation: Kept): boolean =>
  conversation.loaded && !conversation.newerLeft && conversation.last > conversation.to;

export function changeMessage(conversation: Kept, seq: number, change: (message: Message) => Message): Kept {
  if (!conversation.messages.some((message) => message.seq === seq))
    return conversation;
  return { ...conversation, messages: conversation.messages.map((message) => (message.seq === seq ? change(message) : message)) };
}

/** Sets what waits in the outbox for this conversation; at another place than the present it does
 * not show. */
export const withWaiting = (conversation: Kept, messages: readonly Message[]): Kept =>
  ({ ...conversation, messages: conversation.newerLeft ? stored(conversation) : [...stored(conversation), ...messages] });

/** How many messages of others behind the read marker are in the window; undefined: it does not
 * hold all of them. */
export function unreadInWindow(conversation: Kept, read: number): { unread: number; mentions: number } | undefined {
  if (read >= Math.max(conversation.last, conversation.counted))
    return { unread: 0, mentions: 0 };
  if (!conversation.loaded || conversation.newerLeft || hasGap(conversation) || conversation.from > read + 1)
    return undefined;
  const unread = conversation.messages.filter((message) => message.seq > read && !message.own && message.deleted === undefined);
  return { unread: unread.length, mentions: unread.filter((message) => message.mentioned).length };
}

export function withRead(conversation: Kept, read: number): Kept {
  if (read <= conversation.read)
    return conversation;
  const count = unreadInWindow(conversation, read);
  return {
    ...conversation, read,
    unread: count?.unread ?? conversation.unread, unreadMentions: count?.mentions ?? conversation.unreadMentions,
  };
}
