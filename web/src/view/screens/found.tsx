/* found.tsx - a message in a list of a screen: who, when, where, its beginning; it opens there. */
import type { ComponentChildren } from "preact";
import type { MessageRow } from "../../model/rows.js";
import { screens } from "../../text/english_screens.js";
import { bytes, lengthOf } from "../../text/when.js";
import { clean, cleanName } from "../../text/safe.js";
import { go } from "../route.js";
import type { Shared } from "../shared.js";
import { Time } from "./kit.js";
import { closeScreen } from "./open.js";

const words = screens.found;

/** Leaves the screen for a conversation, at a message. */
export function goTo(conversation: string, seq?: number): void {
  closeScreen();
  go(conversation, seq);
}

/** One line of what a message says. */
export function excerpt(row: MessageRow): string {
  if (row.deleted) return words.deleted;
  if (row.kind === "voice") return row.durationMs === undefined ? words.recording : words.recordingOf(lengthOf(row.durationMs));
  if (row.kind === "call") return words.missedCall;
  const file = row.fileName === undefined ? "" : words.file(cleanName(row.fileName), bytes(row.size ?? 0));
  return [file, clean(row.content)].filter((part) => part !== "").join(" · ");
}

export function Found(props: { shared: Shared; row: MessageRow; showPlace: boolean; children?: ComponentChildren }) {
  const { shared, row } = props;
  const place = cleanName(shared.state.value.conversations.get(row.conversation)?.title ?? row.conversation);
  return (
    <div class="found">
      <button type="button" class="found-main" onClick={() => goTo(row.conversation, row.seq)}>
        <span class="found-head">
          <bdi class="display">{cleanName(row.sender)}</bdi>
          {props.showPlace && <bdi class="place">{place}</bdi>}
          <Time at={row.time} />
        </span>
        <span class="found-text" dir="auto">{excerpt(row)}</span>
      </button>
      {props.children}
    </div>
  );
}
