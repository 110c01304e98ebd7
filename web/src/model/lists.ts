/* lists.ts - what the lists say that are asked for after each attach: conversations, groups,
 * contacts. Called by client.ts. */
import type { Extras } from "../wire/codec.js";
import { type Kept, isGroup, unreadInWindow, withDeliveries } from "./kept.js";
import { messageOf, previewOf } from "./messages.js";
import { flag, given, list, number, numberOr0, text } from "./read.js";
import type { Level, Person } from "./state.js";
import type { Store } from "./store.js";

const PRESENCES = new Set(["online", "away", "offline"]);
export const presenceOf = (state: string | undefined): Person["presence"] =>
  (PRESENCES.has(state ?? "") ? state as Person["presence"] : "unknown");

export const levelOf = (level: string | undefined, group: boolean): Level =>
  level === "all" || level === "mentions" || level === "nothing" ? level : group ? "mentions" : "all";

const ROLES = new Set(["owner", "moderator", "member"]);
const roleOf = (role: string | undefined): { role?: "owner" | "moderator" | "member" } =>
  (ROLES.has(role ?? "") ? { role: role as "owner" } : {});

/** Groups without a name are called after their members, which is their topic. */
const titleOf = (id: string, entry: Extras): string => {
  if (/^#talk-[0-9a-f]{12}$/.test(id))
    return text(entry, "topic") || id.slice(1);
  const display = text(entry, "display");
  return isGroup(id) ? id.slice(1) : display === undefined ? id : `${display} (${id})`;
};

/** Messages that came while the answer was on its way are counted already. */
function unreadOf(conversation: Kept, entry: Extras): Pick<Kept, "unread" | "unreadMentions" | "read"> {
  const read = Math.max(conversation.read, numberOr0(entry, "read"));
  const local = read > numberOr0(entry, "read") ? unreadInWindow({ ...conversation, last: Math.max(conversation.last, numberOr0(entry, "seq")) }, read) : undefined;
  if (local !== undefined)
    return { unread: local.unread, unreadMentions: local.mentions, read };
  if (conversation.counted > numberOr0(entry, "seq"))
    return { unread: conversation.unread, unreadMentions: conversation.unreadMentions, read };
  return { unread: numberOr0(entry, "unread"), unreadMentions: numberOr0(entry, "unread_mentions"), read };
}

function withEntry(conversation: Kept, entry: Extras, me: string): Kept {
  const message = messageOf(entry, me);
  const seq = message.seq;
  const { topic: _topic, role: _role, mutedUntil: _muted, members: _members, ...rest } = conversation;
  const newest = seq >= conversation.counted;
  return withDeliveries({
    ...rest, ...unreadOf(conversation, entry), title: titleOf(conversation.id, entry),
    inCall: numberOr0(entry, "in_call"), level: levelOf(text(entry, "level"), isGroup(conversation.id)),
    peerRead: Math.max(conversation.peerRead, numberOr0(entry, "peer_read")),
    peerDelivered: Math.max(conversation.peerDelivered, numberOr0(entry, "delivered")),
    last: Math.max(conversation.last, seq), counted: Math.max(conversation.counted, seq),
    lastTime: newest ? message.time : conversation.lastTime, preview: newest ? previewOf(message) : conversation.preview,
    ...given("topic", text(entry, "topic")), ...roleOf(text(entry, "role")), ...given("members", number(entry, "members")),
    ...given("mutedUntil", number(entry, "until")),
  });
}

function notePerson(store: Store, name: string, entry: Extras): void {
  store.changePerson(name, (person) => ({
    ...person, presence: presenceOf(text(entry, "state")), bot: flag(entry, "bot") || person.bot,
    ...given("display", text(entry, "display")), ...given("seen", number(entry, "seen")),
  }));
}

/** One page. Gives the ids of its conversations. */
export function conversationsListed(store: Store, extras: Extras): string[] {
  const ids: string[] = [];
  for (const entry of list(extras, "list")) {
    const id = text(entry, "conversation");
    if (id === undefined)
      continue;
    ids.push(id);
    store.change(id, (conversation) => withEntry(conversation, entry, store.me));
    if (!isGroup(id))
      notePerson(store, id, entry);
  }
  return ids;
}

/** Those that the server does not list any more: a group that was left. Drafts and what waits stay
 * until the user has seen that it is refused. */
export function dropUnlisted(store: Store, listed: ReadonlySet<string>): void {
  for (const conversation of [...store.conversations()])
    if (!listed.has(conversation.id) && conversation.last > 0 && conversation.id !== store.now.current)
      store.remove(conversation.id);
}

export function groupsListed(store: Store, extras: Extras): void {
  for (const entry of list(extras, "list")) {
    const name = text(entry, "name");
    if (name === undefined)
      continue;
    store.change(`#${name}`, (conversation) => {
      const { heading: _heading, ...rest } = conversation;
      return {
        ...rest, title: titleOf(conversation.id, entry), order: numberOr0(entry, "order"), announcements: text(entry, "writers") === "moderators",
        slowSeconds: numberOr0(entry, "slow"), inCall: numberOr0(entry, "in_call"),
        ...given("heading", text(entry, "heading")), ...roleOf(text(entry, "role")),
        ...given("topic", text(entry, "topic")), ...given("members", number(entry, "members")),
      };
    });
  }
}

export function contactsListed(store: Store, extras: Extras): void {
  const listed = new Set<string>();
  for (const entry of list(extras, "list")) {
    const name = text(entry, "name");
    if (name === undefined)
      continue;
    listed.add(name);
    notePerson(store, name, entry);
    store.changePerson(name, (person) => ({ ...person, contact: flag(entry, "contact"), blocked: flag(entry, "blocked") }));
  }
  for (const person of [...store.knownPeople()])
    if (!listed.has(person.name) && (person.contact || person.blocked))
      store.changePerson(person.name, (old) => ({ ...old, contact: false, blocked: false }));
}

/** Who of the members is in the call now. */
export function membersInCall(store: Store, group: string, extras: Extras): void {
  const old = store.call(group);
  const names = list(extras, "list").filter((entry) => flag(entry, "in_call")).flatMap((entry) => text(entry, "name") ?? []);
  store.setCall(group, names.map((name) => old.find((each) => each.name === name) ?? { name, speaking: false, muted: false, volume: 1 }));
}
