/* icons_late.ts - icons of menus and dialogs, which are loaded late. Loaded by dialog.tsx; drawn by
 * icons.tsx. */
export const LATE_PATHS = {
 
  gear: "M12 15.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M12 3v2.5M12 18.5V21M3 12h2.5M18.5 12H21M5.6 5.6l1.8 1.8M16.6 16.6l1.8 1.8M18.4 5.6l-1.8 1.8M7.4 16.6l-1.8 1.8",
  shield: "M12 3l8 3v6c0 5-3.5 8-8 9-4.5-1-8-4-8-9V6z", history: "M4 12a8 8 0 1 0 2.5-5.7L4 8.5M4 4v4.5h4.5M12 8v4.5l3 2",
  keyboard: "M3 6h18v12H3zM7 10v.01M11 10v.01M15 10v.01M8 14h8", person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21a8 8 0 0 1 16 0",
} as const;

export type LateIconName = keyof typeof LATE_PATHS;
