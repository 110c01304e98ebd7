/* menu.ts - opens a menu at a place of the window. Small, so that every view can open one: the menu
 * itself is in dialog.tsx, which is loaded late. */
import { signal } from "@preact/signals";
import type { IconName } from "./icons.js";

export interface MenuItem {
  readonly label: string;
  readonly icon: IconName;
  readonly danger?: boolean;
  readonly run: () => void;
}

export interface OpenMenu {
  readonly label: string;
  readonly items: readonly MenuItem[];
  readonly emoji?: { readonly list: readonly string[]; readonly run: (emoji: string) => void } | undefined;
  readonly x: number;
  readonly y: number;
}

export const openedMenu = signal<OpenMenu | undefined>(undefined);

/** At a place of the window; the focus goes into it and comes back. */
export function openMenu(menu: OpenMenu): void {
  openedMenu.value = menu;
}
