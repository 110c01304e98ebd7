/* share.ts - what another program shared to the installed client: the frame asks for the
 * conversation, and it becomes a draft there. Nothing is sent by itself. Called by shell.tsx; app.tsx
 * says what was shared. */
import { effect, signal } from "@preact/signals";
import type { ConversationId } from "../model/state.js";
import { go } from "./route.js";
import type { Shared } from "./shared.js";

export const sharedText = signal<string | undefined>(undefined);

/** What another program shared to the installed client (manifest.webmanifest), as a draft; the
 * address of the page is / again. */
export function takeShared(): string | undefined {
  if (location.pathname !== "/share")
    return undefined;
  const found = new URLSearchParams(location.search);
  const parts = ["title", "text", "url"].map((key) => found.get(key)?.trim() ?? "");
  history.replaceState(null, "", "/");
  return parts.filter((part, i) => part !== "" && parts.indexOf(part) === i).join("\n") || undefined;
}

/** Behind a draft that is there already. The conversation opens as soon as it has the draft, which
 * another tab may have to write. */
export function draftShared({ state, actions }: Shared, id: ConversationId, text: string): void {
  const old = state.peek().conversations.get(id)?.draft ?? "";
  const draft = old === "" ? text : `${old}\n${text}`;
  actions.draft(id, draft);
  const end = effect(() => {
    if (state.value.conversations.get(id)?.draft !== draft)
      return;
    go(id);
    queueMicrotask(() => end());
  });
}
