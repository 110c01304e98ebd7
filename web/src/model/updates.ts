/* updates.ts - what the server reports without being asked, as changes of the state.
 * docs/protocol.md, "Every message". Called by client.ts, in the order in which they come. */
import type { Extras, Message as Received } from "../wire/codec.js";
import { type Kept, changeMessage, insert, isGroup, reached, trimLive, unreadInWindow, withDeliveries, withRead } from "./kept.js";
import { groupEvent } from "./group_events.js";
import { levelOf, presenceOf } from "./lists.js";
import { deleted, edited, messageOf, previewOf, reacted } from "./messages.js";
import { flag, given, number, numberOr0, text } from "./read.js";
import type { ConversationId, Message } from "./state.js";
import type { Store } from "./store.js";

/** What follows from an update beyond the state. */
export interface Consequences {
  /** A number is missing before this one: history has it. */
  gap(conversation: ConversationId): void;
  /** A text or recording of somebody else, of which the user is to be told. */
  arrived(conversation: ConversationId, message: Message, notify: boolean): void;
  /** The user's own message came back: perhaps one whose answer was lost. */
  own(conversation: ConversationId, message: Message): string | undefined;
  /** A list should be asked for again. */
  relist(): void;
  typing(conversation: ConversationId, name: string): void;
  ring(from: string, to: string, state: string): void;
  leftCall(conversation: ConversationId, reason: string): void;
}

const field = (message: Received, name: string): string => String(message.fields[name] ?? "");

/** The conversation that an update names, as this user calls it. */
function conversationOf(store: Store, update: Received): ConversationId {
  const named = field(update, "conversation");
  return named === store.me ? field(update, "sender") : named;
}

/* --- messages ------------------------------------------------------------------------------- */

function placeOf(store: Store, update: Received): ConversationId {
  const sender = field(update, "sender");
  if (update.action === "msg_group")
    return `#${field(update, "groupName")}`;
  const group = text(update.extras, "group");
  if (update.action === "voice_msg" && group !== undefined)
    return `#${group}`;
  return sender === store.me ? text(update.extras, "to") ?? sender : sender;
}

/** The default of docs/protocol.md, "Mentions", unless the server says otherwise. */
function isTold(update: Received, id: ConversationId): boolean {
  const said = number(update.extras, "notify");
  return said !== undefined ? said === 1 : !isGroup(id) || flag(update.extras, "mentioned");
}

function withLive(conversation: Kept, message: Message): Kept {
  const shown = conversation.loaded && !conversation.newerLeft;
  const placed = reached(shown ? insert(conversation, [message]) : conversation, message.seq);
  const newest = message.seq >= conversation.last;
  const counts = !message.own && message.seq > placed.counted && message.seq > placed.read;
  return trimLive(withDeliveries({
    ...placed, counted: Math.max(placed.counted, message.seq),
    lastTime: newest ? message.time : placed.lastTime, preview: newest ? previewOf(message) : placed.preview,
    unread: placed.unread + (counts ? 1 : 0), unreadMentions: placed.unreadMentions + (counts && message.mentioned ? 1 : 0),
    typing: placed.typing.filter((name) => name !== message.sender),
  }));
}

function arrived(store: Store, update: Received, then: Consequences): void {
  const id = placeOf(store, update);
  const map: Extras = {
    ...update.extras, sender: field(update, "sender"), content: field(update, "content"),
    kind: update.action === "voice_msg" ? "voice" : "text",
  };
  const plain = messageOf(map, store.me);
  const key = plain.own ? then.own(id, plain) : undefined;
  const message = key === undefined ? plain : { ...plain, key };
  const old = store.conversation(id)?.last ?? 0;
  store.change(id, (conversation) => {
    const next = withLive(conversation, message);
    return message.own ? withRead(next, message.seq) : next;
  });
  if (message.seq > old + 1)
    then.gap(id);
  if (!message.own && message.seq > old)
    then.arrived(id, message, isTold(update, id));
}

/** An edit or a deletion: an entry of the conversation with a number of its own. */
function changed(store: Store, update: Received, then: Consequences): void {
  const id = conversationOf(store, update);
  const seq = numberOr0(update.fields, "seq"), own = numberOr0(update.extras, "seq");
  const time = numberOr0(update.extras, "time");
  const change = (message: Message): Message => update.action === "edit"
    ? edited(message, field(update, "content"), time, flag(update.extras, "mentioned"))
    : deleted(message, time, field(update, "sender"));
  const conversation = store.change(id, (old) => reached(changeMessage(old, seq, change), own));
  const newest = conversation.messages.filter((message) => message.seq > 0).at(-1);
  if (newest?.seq === seq)
    store.change(id, (old) => ({ ...old, preview: previewOf(newest) }));
  then.gap(id);
}

/* --- what others do ---------------------------------------------------------------------------- */

/** How much is unread behind what another device has read, the server knows if the window does not. */
function marked(store: Store, update: Received, then: Consequences): void {
  const id = conversationOf(store, update);
  const seq = numberOr0(update.fields, "seq");
  if (field(update, "sender") === store.me) {
    const { unread } = store.change(id, (old) => withRead(old, seq));
    const known = store.conversation(id);
    if (unread > 0 && known !== undefined && unreadInWindow(known, known.read) === undefined)
      then.relist();
  } else
    store.change(id, (old) => withDeliveries({ ...old, peerRead: Math.max(old.peerRead, seq) }));
}

function delivered(store: Store, update: Received): void {
  const id = field(update, "sender");
  if (store.conversation(id) !== undefined)
    store.change(id, (old) => withDeliveries({ ...old, peerDelivered: Math.max(old.peerDelivered, numberOr0(update.fields, "messageId")) }));
}

function played(store: Store, update: Received): void {
  store.change(conversationOf(store, update), (old) => changeMessage(old, numberOr0(update.fields, "seq"), (message) =>
    (message.recording === undefined ? message : { ...message, recording: { ...message.recording, played: true } })));
}

function reaction(store: Store, update: Received): void {
  const mine = field(update, "sender") === store.me;
  store.change(conversationOf(store, update), (old) => changeMessage(old, numberOr0(update.fields, "seq"), (message) =>
    reacted(message, field(update, "emoji"), mine, update.action === "react")));
}

function presence(store: Store, update: Received): void {
  store.changePerson(field(update, "sender"), (person) =>
    ({ ...person, presence: presenceOf(field(update, "state")), ...given("seen", number(update.extras, "seen")) }));
}

/** A display name stands in the title of the conversation, too. */
export function profileChanged(store: Store, name: string, item: string, value: string): void {
  store.changePerson(name, (person) => {
    const { display, status, avatar, ...rest } = person;
    const next = {
      ...given("display", item === "display" ? value || undefined : display),
      ...given("status", item === "status" ? value || undefined : status),
      ...given("avatar", item === "avatar" ? Number(value) || undefined : avatar),
    };
    return { ...rest, ...next };
  });
  if (item === "display" && store.conversation(name) !== undefined)
    store.change(name, (old) => ({ ...old, title: value === "" ? name : `${value} (${name})` }));
}

function notifyChanged(store: Store, update: Received): void {
  const id = field(update, "conversation");
  store.change(id, (old) => {
    const { mutedUntil: _mutedUntil, ...rest } = old;
    return { ...rest, level: levelOf(field(update, "level"), isGroup(id)), ...given("mutedUntil", number(update.extras, "until")) };
  });
}

/** Applies one update; unknown ones are ignored, as the protocol asks for. */
export function apply(store: Store, update: Received, then: Consequences): void {
  switch (update.action) {
  case "whisper":
  case "msg_group":
  case "voice_msg":
    return arrived(store, update, then);
  case "edit":
  case "delete":
    return changed(store, update, then);
  case "mark_read":
    return marked(store, update, then);
  case "delivered":
    return delivered(store, update);
  case "mark_played":
    return played(store, update);
  case "react":
  case "unreact":
    return reaction(store, update);
  case "presence":
    return presence(store, update);
  case "profile":
    return profileChanged(store, field(update, "sender"), field(update, "item"), field(update, "value"));
  case "notify":
    return notifyChanged(store, update);
  case "typing":
    return then.typing(conversationOf(store, update), field(update, "sender"));
  case "group_event":
    return groupEvent(store, update, then);
  case "ring":
    return then.ring(field(update, "sender"), field(update, "conversation"), field(update, "state"));
  case "call_left":
    return then.leftCall(callId(field(update, "groupName")), field(update, "reason"));
  }
}

/** Calls of two have the other one's name behind "@" where groups have their name. */
export const callId = (name: string): ConversationId => (name.startsWith("@") ? name.slice(1) : `#${name}`);
export const callName = (id: ConversationId): string => (isGroup(id) ? id.slice(1) : `@${id}`);
