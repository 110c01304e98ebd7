/* timeline.ts - what stands in the list of messages, line by line: days, the "new" line, messages
 * with or without the head of their author, events between them. Pure; view/messages.tsx shows it. */
import type { Conversation, Event, Message } from "./state.js";

export type Line =
  | { readonly kind: "day"; readonly key: string; readonly time: number }
  | { readonly kind: "new"; readonly key: string }
  | { readonly kind: "message"; readonly key: string; readonly message: Message; readonly head: boolean }
  | { readonly kind: "event"; readonly key: string; readonly event: Event };

/** Messages of one author within this time share a head. */
const TOGETHER = 5 * 60_000;

/** `newAfter`: "new" stands above the first message of another user behind this seq, if the window
 * reaches back to it. */
export function timeline(conversation: Pick<Conversation, "messages" | "events" | "olderLeft">, newAfter: number | undefined): readonly Line[] {
  const lines: Line[] = [];
  const { messages } = conversation;
  const events = eventsWithin(conversation);
  let day = "";
  let before: Message | undefined;
  let fresh = newAfter !== undefined && (!conversation.olderLeft || (messages[0]?.seq ?? 0) <= newAfter + 1);
  let next = 0;
  const place = (until: number): void => {
    for (let event = events[next]; event && event.time <= until; event = events[++next]) {
      lines.push({ kind: "event", key: `e${event.key}`, event });
      before = undefined;
    }
  };
  for (const message of messages) {
    place(message.time);
    const today = dayOf(message.time);
    if (today !== day) {
      lines.push({ kind: "day", key: `d${today}`, time: message.time });
      before = undefined;
      day = today;
    }
    if (fresh && !message.own && message.seq > (newAfter ?? 0)) {
      lines.push({ kind: "new", key: "new" });
      before = undefined;
      fresh = false;
    }
    lines.push({ kind: "message", key: `m${message.key}`, message, head: !isTogether(before, message) });
    before = message;
  }
  place(Infinity);
  return lines;
}

function eventsWithin({ messages, events, olderLeft }: Pick<Conversation, "messages" | "events" | "olderLeft">): readonly Event[] {
  const begin = olderLeft ? messages[0]?.time ?? 0 : 0;
  return events.filter((event) => event.time >= begin);
}

function isTogether(before: Message | undefined, message: Message): boolean {
  return before !== undefined && before.sender === message.sender && before.kind !== "call" && message.kind !== "call"
    && message.replyTo === undefined && message.time - before.time < TOGETHER && message.bot === before.bot;
}

/** A time that no clock has is a day of its own. */
function dayOf(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${date.getMonth()}-${date.getDate()}`;
}

/** The newest message that the server has. */
export function newestSeq(conversation: Pick<Conversation, "messages">): number {
  for (let at = conversation.messages.length - 1; at >= 0; at--) {
    const seq = conversation.messages[at]?.seq ?? 0;
    if (seq > 0) return seq;
  }
  return 0;
}
