/* route.ts - what the address of the page says, as docs/protocol.md has it under "Links"; model/links.ts
 * makes those with a secret. The browser's "back" goes through them.
 *
 *   /#cooks /#cooks/42 /#@bob   a conversation or one of its messages
 *   /#UUID /#UUID,KEY           an invitation; KEY is for other clients
 *   /join#CODE                  an invitation, or the secret of a set-up link
 *   /#/join/GROUP/CODE          an invitation to a group
 *   /#/login/CODE               a link for a new device
 *   /#/reset/CODE               a link for a new password */
import { signal } from "@preact/signals";
import type { ConversationId } from "../model/state.js";
import { fragmentOf } from "./fragment.js";

export { fragmentOf };

export type Route =
  | { readonly at: "home" }
  | { readonly at: "conversation"; readonly id: ConversationId; readonly seq?: number }
  | { readonly at: "invitation"; readonly code: string }
  | { readonly at: "join"; readonly group: string; readonly code: string }
  | { readonly at: "login" | "reset"; readonly link: string };

const SECRET = /^#\/(login|reset)\/([\w-]{1,128})$/;
const JOIN = /^#([\w-]{1,128})(?:,[\w-]{43})?$/;
const INVITATION = /^#([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:,[\w-]{43})?$/;
const GROUP = /^#\/join\/([^/]{1,600})\/([\w-]{1,128})$/;
const CONVERSATION = /^#(@?)([^/]{1,600})(?:\/(\d{1,15}))?$/;

export function readRoute(path: string, fragment: string): Route {
  const code = (path === "/join" ? JOIN : INVITATION).exec(fragment)?.[1];
  if (code !== undefined) return { at: "invitation", code };
  const secret = SECRET.exec(fragment);
  if (secret) return { at: secret[1] as "login", link: secret[2] as string };
  const [, group, invitation] = GROUP.exec(fragment) ?? [];
  const [, person, escaped = group ?? "", seq] = CONVERSATION.exec(fragment) ?? [];
  let name: string;
  try {
    name = decodeURIComponent(escaped);
  } catch {
    return { at: "home" };
  }
  if (name === "") return { at: "home" };
  if (invitation !== undefined) return { at: "join", group: name, code: invitation };
  const id = person === "@" ? name : `#${name}`;
  return seq === undefined ? { at: "conversation", id } : { at: "conversation", id, seq: Number(seq) };
}

export const route = signal<Route>({ at: "home" });
/** An account was made here: the first group that it is a member of opens by itself. */
export const landing = signal(false);

/** What lies over the conversation (a screen) has an entry of its own in the history, so that "back"
 * closes it, as people on phones expect. */
let over: { readonly close: () => void; readonly hash: string } | undefined;
/** The entry is being left: what follows has to wait for that. */
let leaving: (() => void)[] | undefined;

function whenLeft(act: () => void): void {
  if (leaving) leaving.push(act);
  else act();
}

export function cover(close: () => void): void {
  if (!over) whenLeft(() => history.pushState({ over: 1 }, ""));
  over = { close, hash: location.hash };
}

export function uncover(): void {
  if (!over) return;
  const { hash } = over;
  over = undefined;
  if (hash !== location.hash) return; /* somebody went elsewhere under it: "back" would undo that */
  whenLeft(() => {
    leaving = [];
    history.back();
  });
}

function popped(): void {
  const acts = leaving;
  leaving = undefined;
  if (acts) {
    acts.forEach(whenLeft);
    return;
  }
  if (over?.hash === location.hash) { /* not a link that was followed */
    const { close } = over;
    over = undefined;
    close();
  }
  readAddress();
}

function readAddress(): void {
  const next = readRoute(location.pathname, location.hash);
  if (JSON.stringify(next) !== JSON.stringify(route.value)) route.value = next;
}

/** Follows the address from now on; gives what ends it. */
export function followAddress(): () => void {
  readAddress();
  addEventListener("popstate", popped);
  addEventListener("hashchange", readAddress);
  return () => {
    removeEventListener("popstate", popped);
    removeEventListener("hashchange", readAddress);
  };
}

export function go(id: ConversationId | undefined, seq?: number): void {
  const fragment = id === undefined ? "" : fragmentOf(id, seq);
  whenLeft(() => {
    if (location.hash !== fragment) history.pushState(null, "", fragment === "" ? "/" : `/${fragment}`);
  });
  route.value = id === undefined ? { at: "home" } : seq === undefined ? { at: "conversation", id } : { at: "conversation", id, seq };
}

/** The invitation has been used: the address forgets it, also for "back". */
export function forgetInvitation(): void {
  history.replaceState(null, "", "/");
  route.value = { at: "home" };
}
