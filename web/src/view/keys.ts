/* keys.ts - which key asks for what, in the whole window. Pure; shell.tsx listens. */
export type Asked =
  | "switcher" | "sheet" | "previous" | "next" | "previous unread" | "next unread" | "read" | "all read" | "mute" | "deafen";

export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

export function askedBy(event: Key): Asked | undefined {
  const control = event.ctrlKey || event.metaKey;
  const key = event.key.toLowerCase();
  if (control && !event.altKey) {
    if (event.shiftKey) return key === "m" ? "mute" : key === "d" ? "deafen" : key === "?" || key === "/" ? "sheet" : undefined;
    return key === "k" ? "switcher" : key === "/" ? "sheet" : undefined;
  }
  if (event.altKey && !control) {
    if (key === "arrowup") return event.shiftKey ? "previous unread" : "previous";
    if (key === "arrowdown") return event.shiftKey ? "next unread" : "next";
    return undefined;
  }
  if (key === "escape" && !control) return event.shiftKey ? "all read" : "read";
  return undefined;
}
