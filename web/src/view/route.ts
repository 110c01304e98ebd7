/* route.ts - a URL for each conversation and message, in the fragment, as links of docs/protocol.md
 * have it: #cooks, #cooks/42, #@bob, #@bob/42; an invitation is #UUID or #UUID,KEY. The browser's
 * "back" goes through them. */
import { signal } from "@preact/signals";
import type { ConversationId } from "../model/state.js";

export type Route =
  | { readonly at: "home" }
  | { readonly at: "conversation"; readonly id: ConversationId; readonly seq?: number }
  | { readonly at: "invitation"; readonly code: string };

const INVITATION = /^#([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:,[\w-]{43})?$/;
const CONVERSATION = /^#(@?)([^/]{1,600})(?:\/(\d{1,15}))?$/;

export function readRoute(fragment: string): Route {
  const code = INVITATION.exec(fragment)?.[1];
  if (code !== undefined) return { at: "invitation", code };
  const [, person, escaped = "", seq] = CONVERSATION.exec(fragment) ?? [];
  let name: string;
  try {
    name = decodeURIComponent(escaped);
  } catch {
    return { at: "home" };
  }
  if (name === "") return { at: "home" };
  const id = person === "@" ? name : `#${name}`;
  return seq === undefined ? { at: "conversation", id } : { at: "conversation", id, seq: Number(seq) };
}

export function fragmentOf(id: ConversationId, seq?: number): string {
  const name = encodeURIComponent(id.replace(/^#/, ""));
  return `#${id.startsWith("#") ? "" : "@"}${name}${seq === undefined ? "" : `/${seq}`}`;
}

export const route = signal<Route>({ at: "home" });

/** Follows the address from now on; gives what ends it. */
export function followAddress(): () => void {
  const read = (): void => { route.value = readRoute(location.hash); };
  read();
  addEventListener("popstate", read);
  addEventListener("hashchange", read);
  return () => {
    removeEventListener("popstate", read);
    removeEventListener("hashchange", read);
  };
}

export function go(id: ConversationId | undefined, seq?: number): void {
  const fragment = id === undefined ? "" : fragmentOf(id, seq);
  if (location.hash !== fragment) history.pushState(null, "", fragment === "" ? "/" : `/${fragment}`);
  route.value = id === undefined ? { at: "home" } : seq === undefined ? { at: "conversation", id } : { at: "conversation", id, seq };
}

/** The invitation has been used: the address forgets it, also for "back". */
export function forgetInvitation(): void {
  history.replaceState(null, "", "/");
  route.value = { at: "home" };
}
