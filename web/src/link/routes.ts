/* routes.ts - what the address of the page says: a conversation, a message in it, an invitation, a
 * link for a new device. Pure. Called by page.ts, and by views that make links.
 *
 *   #/c/general/17   message 17 of the group general       /join#CODE,KEY   an invitation, or the
 *   #/u/ada          the conversation with ada                              secret of a set-up link
 *   #/login/CODE     a link for a new device */
import type { ConversationId } from "../model/state.js";

export type Route =
  | { readonly at: "home" }
  | { readonly at: "conversation"; readonly conversation: ConversationId; readonly seq?: number }
  | { readonly at: "invitation"; readonly code: string }
  | { readonly at: "device"; readonly link: string };

const decoded = (part: string): string | undefined => {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
};

export function routeOf(path: string, hash: string): Route {
  const place = /^#\/([cu])\/([^/]+)(?:\/(\d{1,15}))?$/.exec(hash);
  const name = place === null ? undefined : decoded(place[2] as string);
  if (place !== null && name !== undefined) {
    const conversation = place[1] === "c" ? `#${name}` : name;
    return { at: "conversation", conversation, ...(place[3] === undefined ? {} : { seq: Number(place[3]) }) };
  }
  const device = /^#\/login\/([\w-]{1,128})$/.exec(hash);
  if (device !== null)
    return { at: "device", link: device[1] as string };
  const code = /^#([\w-]{1,128})(?:,[\w-]{43})?$/.exec(hash);
  if (code !== null && path === "/join")
    return { at: "invitation", code: code[1] as string };
  return { at: "home" };
}

export const hashOf = (conversation: ConversationId | undefined, seq?: number): string =>
  conversation === undefined ? "#/"
    : `#/${conversation.startsWith("#") ? "c" : "u"}/${encodeURIComponent(conversation.replace(/^#/, ""))}${seq === undefined ? "" : `/${seq}`}`;

/** "(3) Chinwag": how many conversations have something that the user is to be told of. */
export const titleOf = (count: number, name: string): string => (count > 0 ? `(${count}) ${name}` : name);
