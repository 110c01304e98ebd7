/* join.ts - joins the page's side of the service worker (register.ts) and the state: when a new build
 * may take over, what the icon shows, where a click on a notification leads, and that nothing is left
 * after logout. Called by page.ts. */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { State } from "../model/state.js";
import { setBadge, startShell, type Missing, type Shell } from "./register.js";

/** Is somebody writing? What is in the field is kept as a draft, but the cursor would jump. */
function isWriting(page: Document): boolean {
  const at = page.activeElement;
  return (at instanceof HTMLTextAreaElement || at instanceof HTMLInputElement) && at.value !== "";
}

/** A reload then disturbs nobody: no call, nothing on its way, nobody writing. */
export const isIdle = (state: State, page: Document): boolean =>
  state.call === undefined && state.ring === undefined && state.outboxLength === 0 &&
  (page.visibilityState === "hidden" || !isWriting(page));

/** What the icon counts: mentions, and messages of people, where the user wants to be told. */
export function unreadFor(state: State, now: number): number {
  let sum = 0;
  for (const each of state.conversations.values())
    if (each.level !== "nothing" && (each.mutedUntil ?? 0) <= now)
      sum += each.id.startsWith("#") ? each.unreadMentions : each.unread;
  return sum;
}

/** A notification was clicked (sw.ts). Only within the client: the message is the worker's own. */
export function fragmentIn(data: unknown): string | undefined {
  const open = typeof data === "object" && data !== null ? (data as { readonly open?: unknown }).open : undefined;
  return typeof open === "string" && open.startsWith("#") ? open : undefined;
}

/** Who looks at the client needs no notifications. */
async function closeNotifications(): Promise<void> {
  const registration = await navigator.serviceWorker.getRegistration();
  for (const each of await registration?.getNotifications() ?? [])
    each.close();
}

function watchNotifications(page: Document): void {
  if (!("serviceWorker" in navigator))
    return;
  navigator.serviceWorker.addEventListener("message", ({ data, ports }) => {
    const fragment = fragmentIn(data);
    if (fragment === undefined)
      return;
    location.hash = fragment;
    ports[0]?.postMessage("gone there"); /* the worker asks until it hears this */
  });
  page.addEventListener("visibilitychange", () => {
    if (page.visibilityState === "visible")
      void closeNotifications().catch(() => undefined);
  });
}

export function joinShell(state: ReadonlySignal<State>, page: Document, onMissing: (why: Missing) => void): Shell {
  const shell = startShell({ isIdle: () => isIdle(state.value, page), onMissing });
  watchNotifications(page);
  let wasIn = false;
  let shown = -1;
  effect(() => {
    const now = state.value;
    if (wasIn && now.phase === "out")
      void shell.forget();
    wasIn = now.phase === "in";
    const unread = unreadFor(now, Date.now());
    if (unread !== shown)
      setBadge(unread);
    shown = unread;
  });
  return shell;
}
