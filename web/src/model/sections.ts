/* sections.ts - the list of conversations: under headings, groups before people, and which of them
 * comes next. Pure; view/list.tsx shows it. */
import type { Conversation, ConversationId } from "./state.js";

export interface Section {
  readonly title: string; /* empty: without a heading */
  readonly kind: "heading" | "groups" | "people";
  readonly conversations: readonly Conversation[];
}

export const isGroup = (id: ConversationId): boolean => id.startsWith("#");

export function sectionsOf(conversations: Iterable<Conversation>): readonly Section[] {
  const headings = new Map<string, Conversation[]>();
  const groups: Conversation[] = [];
  const people: Conversation[] = [];
  for (const each of conversations) {
    if (!isGroup(each.id)) people.push(each);
    else if (each.heading) headings.set(each.heading, [...(headings.get(each.heading) ?? []), each]);
    else groups.push(each);
  }
  const sections: Section[] = [...headings].map(([title, under]) => ({ title, kind: "heading", conversations: under }));
  sections.push({ title: "", kind: "groups", conversations: groups }, { title: "", kind: "people", conversations: people });
  return sections.filter((section) => section.conversations.length > 0);
}

/** The neighbour in the list, or the next with something unread. */
export function neighbour(order: readonly Conversation[], current: ConversationId | undefined, step: 1 | -1, unreadOnly: boolean): ConversationId | undefined {
  const begin = order.findIndex((each) => each.id === current);
  const start = begin < 0 ? (step > 0 ? -1 : order.length) : begin;
  for (let moved = 1; moved <= order.length; moved++) {
    const each = order[(((start + step * moved) % order.length) + order.length) % order.length];
    if (each && each.id !== current && (!unreadOnly || counts(each))) return each.id;
  }
  return undefined;
}

/** Something unread that the user wants to know of. */
function counts(each: Conversation): boolean {
  return each.unreadMentions > 0 || (each.unread > 0 && each.level !== "nothing");
}

export function totalMentions(conversations: Iterable<Conversation>): number {
  let sum = 0;
  for (const each of conversations) sum += isGroup(each.id) ? each.unreadMentions : each.level === "nothing" ? 0 : each.unread;
  return sum;
}
