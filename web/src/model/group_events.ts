/* group_events.ts - the update group_event: members come and go, settings change, people enter calls
 * and speak. Called by updates.ts. */
import type { Message as Received } from "../wire/codec.js";
import { changeMessage, type Kept } from "./kept.js";
import { given, number, numberOr0, text } from "./read.js";
import type { Event, Participant } from "./state.js";
import type { Store } from "./store.js";
import { notices } from "../text/english.js";
import type { Consequences } from "./updates.js";

const EVENTS_MAX = 50;
let eventCount = 0;

const VALUES: { readonly [event: string]: string } =
  { role: "role", topic: "topic", access: "access", writers: "role" };

function eventOf(update: Received): Event {
  const event = String(update.fields["event"]);
  const value = text(update.extras, VALUES[event] ?? "")
    ?? (number(update.extras, "until") ?? number(update.extras, "limit") ?? number(update.extras, "seq"))?.toString();
  return {
    key: `e${++eventCount}`, time: number(update.extras, "time") ?? Date.now(), event,
    sender: String(update.fields["sender"]), ...given("member", text(update.extras, "user")), ...given("value", value),
  };
}

/* --- calls ----------------------------------------------------------------------------------- */

function inCall(store: Store, group: string, name: string, event: string): void {
  const others = store.call(group).filter((each) => each.name !== name);
  const old = store.call(group).find((each) => each.name === name);
  const one: Participant = { ...(old ?? { name, muted: false, volume: 1 }), speaking: event === "speaking" };
  const next = event === "call_left" ? others : old === undefined ? [...others, one] : store.call(group).map((each) => (each === old ? one : each));
  store.setCall(group, next);
  store.change(group, (conversation) => (conversation.inCall === next.length ? conversation : { ...conversation, inCall: next.length }));
}

/* --- what a group is -------------------------------------------------------------------------- */

function withSettings(conversation: Kept, update: Received, event: string, me: string): Kept {
  const { extras } = update;
  const user = text(extras, "user");
  switch (event) {
  case "topic": {
    const { topic: _topic, ...rest } = conversation;
    return { ...rest, ...given("topic", text(extras, "topic") || undefined) };
  }
  case "writers":
    return { ...conversation, announcements: text(extras, "role") === "moderator" };
  case "slow_mode":
    return { ...conversation, slowSeconds: numberOr0(extras, "limit") };
  case "role": {
    const role = text(extras, "role");
    const mine = user === me || (user === undefined && update.fields["sender"] === me);
    return mine && (role === "owner" || role === "moderator" || role === "member") ? { ...conversation, role } : conversation;
  }
  case "pinned":
  case "unpinned":
    return changeMessage(conversation, numberOr0(extras, "seq"), (message) => ({ ...message, pinned: event === "pinned" }));
  case "joined":
    return conversation.members === undefined ? conversation : { ...conversation, members: conversation.members + 1 };
  case "left":
  case "kicked":
  case "banned":
    return conversation.members === undefined ? conversation : { ...conversation, members: Math.max(0, conversation.members - 1) };
  }
  return conversation;
}

/** This user is not a member any more; of a closed group nobody is. */
function isRemoved(update: Received, event: string, me: string): boolean {
  const user = text(update.extras, "user");
  const concerned = user ?? String(update.fields["sender"]);
  return event === "closed" || ((event === "left" || event === "kicked" || event === "banned") && concerned === me);
}

export function groupEvent(store: Store, update: Received, then: Consequences): void {
  const group = `#${String(update.fields["groupName"])}`;
  const event = String(update.fields["event"]);
  const user = text(update.extras, "user") ?? String(update.fields["sender"]);
  if (event === "speaking" || event === "silent" || event === "call_joined" || event === "call_left")
    return inCall(store, group, user, event);
  if (isRemoved(update, event, store.me)) {
    store.remove(group);
    store.setCall(group, []);
    store.set({ notice: { text: notices.removed(event, group), urgent: event !== "left" } });
    return;
  }
  if ((event === "muted" || event === "unmuted") && user === store.me && store.now.call?.conversation === group) {
    const { mutedUntil: _old, ...call } = store.now.call;
    store.set({ call: event === "muted" ? { ...call, ...given("mutedUntil", number(update.extras, "until")) } : call });
  }
  const known = store.conversation(group) !== undefined;
  store.change(group, (old) => {
    const next = withSettings(old, update, event, store.me);
    return { ...next, events: [...next.events, eventOf(update)].slice(-EVENTS_MAX) };
  });
  if (!known || (event === "joined" && user === store.me))
    then.relist();
}
