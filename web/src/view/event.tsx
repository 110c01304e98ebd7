/* event.tsx - an event of a group as a sentence. Loaded late (late.ts): events come when the page stands. */
import type { Event, State } from "../model/state.js";
import { events as words } from "../text/english_late.js";
import { cleanName } from "../text/safe.js";
import { shownName } from "./person.js";

export function eventSentence(event: Event, people: State["people"]): string {
  const by = shownName(people, event.sender);
  const who = shownName(people, event.member ?? event.sender);
  const value = cleanName(event.value ?? "");
  switch (event.event) {
    case "joined": return words.joined(who);
    case "left": return words.left(who);
    case "call_joined": return words.call_joined(who);
    case "call_left": return words.call_left(who);
    case "kicked": case "banned": case "unbanned": case "muted": case "unmuted": return words[event.event](by, who);
    case "role": return words.role(by, who, value);
    case "topic": return words.topic(by, value);
    case "writers": return words.writers(by, value);
    case "slow_mode": return words.slow_mode(by, value);
    case "access": case "retention": case "versions": case "pinned": case "unpinned": return words[event.event](by);
    default: return words.other(by, cleanName(event.event));
  }
}

export function EventLine(props: { event: Event; people: State["people"]; time: string }) {
  return <p class="event-line"><bdi>{eventSentence(props.event, props.people)}</bdi> <time>{props.time}</time></p>;
}
