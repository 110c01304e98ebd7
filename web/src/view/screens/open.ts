/* open.ts - which screen is open. Small, so that every view can open one: the screens themselves
 * are loaded when they are asked for (screens.tsx). */
import { signal } from "@preact/signals";
import type { ConversationId } from "../../model/state.js";
import { cover, uncover } from "../route.js";

export type GroupPart = "members" | "settings" | "pins" | "invitations" | "bots";
export type SettingsPart =
  | "profile" | "notifications" | "appearance" | "devices" | "factor" | "password" | "blocked" | "invitations" | "bots"
  | "export" | "delete";

export type AdminPart = "status" | "users" | "reports" | "bans" | "invitations" | "groups" | "announcements" | "settings" | "audit";

export type ScreenRequest =
  | { readonly screen: "group"; readonly group: string; readonly part?: GroupPart }
  | { readonly screen: "settings"; readonly part?: SettingsPart }
  | { readonly screen: "new"; readonly kind?: "person" | "group" | "talk" }
  | { readonly screen: "directory" }
  | { readonly screen: "search"; readonly conversation?: ConversationId; readonly words?: string }
  | { readonly screen: "mentions" }
  | { readonly screen: "versions"; readonly group: string; readonly seq: number }
  | { readonly screen: "profile"; readonly name: string }
  | { readonly screen: "admin"; readonly part?: AdminPart }
  | { readonly screen: "report"; readonly conversation: ConversationId; readonly seq: number }
  | { readonly screen: "welcome" };

export type RequestOf<S extends ScreenRequest["screen"]> = Extract<ScreenRequest, { readonly screen: S }>;

export const openedScreen = signal<ScreenRequest | undefined>(undefined);

const close = (): void => { openedScreen.value = undefined; };

/** "Back" closes it. */
export function openScreen(request: ScreenRequest): void {
  cover(close);
  openedScreen.value = request;
}

export function closeScreen(): void {
  close();
  uncover();
}
