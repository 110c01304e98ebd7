/* notes.tsx - what stands above the conversation until the user has seen to it: announcements of the
 * administrators, and after the first mention the question whether this device tells of messages. screens.tsx shows it in the frame (frame.css). */
import { useEffect, useState } from "preact/hooks";
import { preferences, preferencesRead, setPreferences } from "../../keep/preferences.js";
import { announcementRow } from "../../model/admin_rows.js";
import { rowsOf } from "../../model/rows.js";
import type { State } from "../../model/state.js";
import { shell } from "../../text/english.js";
import { admin } from "../../text/english_admin.js";
import { screens } from "../../text/english_screens.js";
import { clean, cleanName } from "../../text/safe.js";
import { missing } from "../../worker/missing.js";
import { keptPush } from "../../worker/push_keep.js";
import { switchOn } from "../../worker/subscribe.js";
import type { Shared } from "../shared.js";
import { TroubleLine } from "./kit.js";
import { useTask } from "./task.js";

const words = screens.askNotify;

/** Somewhere unread, or just now in the conversation that is open. */
export function wasMentioned({ conversations, current }: State): boolean {
  for (const each of conversations.values()) if (each.unreadMentions > 0) return true;
  const newest = current === undefined ? undefined : conversations.get(current)?.messages.at(-1);
  return newest?.mentioned === true && !newest.own;
}

function mayAsk(): boolean {
  return typeof Notification === "function" && "PushManager" in globalThis && Notification.permission !== "denied";
}

/** From the first mention on, until it was answered; not who is told already. */
function useDue({ state }: Shared): boolean {
  const { account, link } = state.value;
  const open = preferencesRead.value && !preferences.value.asked && missing.value === undefined && account?.temporary === false;
  const mentioned = open && link.state === "up" && wasMentioned(state.value);
  const [due, setDue] = useState(false);
  useEffect(() => {
    if (mentioned && mayAsk()) void keptPush().then((kept) => setDue(kept === undefined));
  }, [mentioned]);
  return due && open;
}

/* More announcements do not stand at once (limits.h). */
const PUT_AWAY_MAX = 16;

export function Notes({ shared }: { readonly shared: Shared }) {
  const due = useDue(shared);
  const { putAway } = preferences.value;
  const standing = rowsOf(shared.state.value.announcements ?? [], announcementRow)
    .filter((each) => !putAway.includes(each.id) && (each.until ?? Infinity) > Date.now());
  return due || standing.length > 0 ? (
    <div class="notes">
      {standing.map((each) => (
        <section key={each.id} class="banner" aria-label={admin.announcements.one}>
          <p role="status"><strong><bdi>{cleanName(each.sender || admin.operator)}</bdi>:</strong> <bdi>{clean(each.content)}</bdi></p>
          <button type="button" onClick={() => void setPreferences({ putAway: [...putAway, each.id].slice(-PUT_AWAY_MAX) })}>{shell.dismiss}</button>
        </section>
      ))}
      {due && <AskNotify shared={shared} />}
    </div>
  ) : null;
}

function AskNotify({ shared }: { readonly shared: Shared }) {
  const task = useTask();
  const [why, setWhy] = useState<keyof typeof screens.notifications.push.no | undefined>(undefined);
  const answered = (): void => void setPreferences({ asked: true });
  const turnOn = (): void => {
    void task.run(async () => {
      const outcome = await switchOn(shared.actions.ask, false);
      if (typeof outcome === "string") setWhy(outcome);
      else if (outcome.ok) answered();
      return typeof outcome === "string" ? { ok: true as const, value: undefined } : outcome;
    });
  };
  return (
    <section class="banner" aria-label={words.label}>
      <p role="status">{why ? screens.notifications.push.no[why] : words.question}</p>
      <TroubleLine trouble={task.trouble} />
      {!why && <button type="button" disabled={task.busy} onClick={turnOn}>{words.yes}</button>}
      <button type="button" onClick={answered}>{why ? screens.common.close : words.no}</button>
    </section>
  );
}
