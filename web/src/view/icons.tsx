/* icons.tsx - the client's own icons: lines of two units in a field of 24, in the colour of the text. */
import type { LateIconName } from "./icons_late.js";

const PATHS = {
  back: "M15 5l-7 7 7 7", send: "M4 12l16-7-6 16-3-7z", attach: "M8 12.5l6-6a3 3 0 0 1 4.5 4.5l-8 8a5 5 0 0 1-7-7l7.5-7.5",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M8.5 14a4.5 4.5 0 0 0 7 0M9 9.5v.01M15 9.5v.01",
  call: "M5 4h4l1.5 5-2.5 1.5a11 11 0 0 0 5.5 5.5L15 13.5l5 1.5v4a1.5 1.5 0 0 1-1.6 1.5A16 16 0 0 1 3.5 5.6 1.5 1.5 0 0 1 5 4z",
  missed: "M4 7l6 6 4-4 6 6M4 12V7h5M3 19c5-3 13-3 18 0", search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5",
  pin: "M9 4h6l-1 6 4 4H6l4-4zM12 14v7",
  members: "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7M2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14a6.5 6.5 0 0 1 3.5 6",
  plus: "M12 5v14M5 12h14", compass: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M15.5 8.5l-2 5-5 2 2-5z",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM16 8v5.5a2.5 2.5 0 0 0 5 0V12a9 9 0 1 0-3.5 7", reply: "M10 6L4 12l6 6M4 12h9a7 7 0 0 1 7 7",
  edit: "M4 20l1-4L16 5l3 3L8 19z", trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13", forward: "M14 6l6 6-6 6M20 12h-9a7 7 0 0 0-7 7",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1", link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  more: "M6 12v.01M12 12v.01M18 12v.01", close: "M6 6l12 12M18 6L6 18", down: "M12 5v14M6 13l6 6 6-6",
  download: "M12 4v12M7 11l5 5 5-5M4 20h16", file: "M6 3h8l5 5v13H6zM14 3v5h5", check: "M5 12.5l5 5L20 7",
  checks: "M2 12.5l5 5L16 8M11 16l1.5 1.5L22 8", clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.5 2",
  warn: "M12 4l9.5 16h-19zM12 10v4.5M12 17.5v.01", hash: "M9 4L7 20M17 4l-2 16M4.5 9h16M3.5 15h16",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6",
} as const;

/** What only late parts show: icons_late.ts, which dialog.tsx brings. */
export type IconName = keyof typeof PATHS | LateIconName;

let late: { readonly [name: string]: string } = {};

export function addIcons(paths: { readonly [name: string]: string }): void {
  late = paths;
}

const pathOf = (name: IconName): string => (PATHS as { readonly [name: string]: string })[name] ?? late[name] ?? "";

/** Decoration: the button or the text beside it says what it is. */
export function Icon(props: { name: IconName; class?: string }) {
  return (
    <svg class={`icon ${props.class ?? ""}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={pathOf(props.name)} />
    </svg>
  );
}

export function IconButton(props: { icon: IconName; label: string; onClick: (event: MouseEvent) => void; class?: string; pressed?: boolean; disabled?: boolean }) {
  return (
    <button type="button" class={`icon-button ${props.class ?? ""}`} aria-label={props.label} title={props.label} disabled={props.disabled}
            aria-pressed={props.pressed} onClick={props.onClick}>
      <Icon name={props.icon} />
    </button>
  );
}
