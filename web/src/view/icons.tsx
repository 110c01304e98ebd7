/* icons.tsx - the client's own icons: lines of two units in a field of 24, in the colour of the text. */
const PATHS = {
  back: "M15 5l-7 7 7 7", send: "M4 12l16-7-6 16-3-7z", attach: "M8 12.5l6-6a3 3 0 0 1 4.5 4.5l-8 8a5 5 0 0 1-7-7l7.5-7.5",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M8.5 14a4.5 4.5 0 0 0 7 0M9 9.5v.01M15 9.5v.01",
  call: "M5 4h4l1.5 5-2.5 1.5a11 11 0 0 0 5.5 5.5L15 13.500l5 1.500v4a1.500 1.500 0 0 1-1.600 1.500A16 16 0 0 1 3.500 5.600 1.500 1.500 0 0 1 5 4z",
  missed: "M4 7l6 6 4-4 6 6M4 12V7h5M3 19c5-3 13-3 18 0", search: "M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14M16 16l5 5",
  pin: "M9 4h6l-1 6 4 4H6l4-4zM12 14v7", members: "M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M2.500 20a6.500 6.500 0 0 1 13 0M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14a6.500 6.500 0 0 1 3.500 6",
  gear: "M12 15.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7M12 3v2.500M12 18.500V21M3 12h2.500M18.500 12H21M5.600 5.600l1.800 1.800M16.600 16.600l1.800 1.800M18.400 5.600l-1.800 1.800M7.400 16.600l-1.800 1.800",
  plus: "M12 5v14M5 12h14", compass: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M15.500 8.500l-2 5-5 2 2-5z",
  at: "M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0zM16 8v5.500a2.500 2.500 0 0 0 5 0V12a9 9 0 1 0-3.500 7", shield: "M12 3l8 3v6c0 5-3.500 8-8 9-4.500-1-8-4-8-9V6z",
  reply: "M10 6L4 12l6 6M4 12h9a7 7 0 0 1 7 7", edit: "M4 20l1-4L16 5l3 3L8 19z", trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
  forward: "M14 6l6 6-6 6M20 12h-9a7 7 0 0 0-7 7", copy: "M9 9h11v11H9zM5 15H4V4h11v1", link: "M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1",
  more: "M6 12v.01M12 12v.01M18 12v.01", close: "M6 6l12 12M18 6L6 18", down: "M12 5v14M6 13l6 6 6-6", download: "M12 4v12M7 11l5 5 5-5M4 20h16",
  file: "M6 3h8l5 5v13H6zM14 3v5h5", check: "M5 12.500l5 5L20 7", checks: "M2 12.500l5 5L16 8M11 16l1.500 1.500L22 8", clock: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18M12 7v5l3.500 2",
  warn: "M12 4l9.500 16h-19zM12 10v4.500M12 17.500v.01", hash: "M9 4L7 20M17 4l-2 16M4.500 9h16M3.500 15h16", history: "M4 12a8 8 0 1 0 2.500-5.700L4 8.500M4 4v4.500h4.500M12 8v4.500l3 2",
  keyboard: "M3 6h18v12H3zM7 10v.01M11 10v.01M15 10v.01M8 14h8", person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21a8 8 0 0 1 16 0", micOff: "M4 4l16 16M9 5.500A3 3 0 0 1 15 6v5M9 10v1a3 3 0 0 0 4.500 2.600M6 11a6 6 0 0 0 9.500 4.900M12 17v4",
  eye: "M2.500 12S6 5.500 12 5.500 21.500 12 21.500 12 18 18.500 12 18.500 2.500 12 2.500 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6", megaphone: "M4 10v4l11 5V5zM15 9a3 3 0 0 1 0 6M6 15l1.500 5h3L9 16.500",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: the button or the text beside it says what it is. */
export function Icon(props: { name: IconName; class?: string }) {
  return (
    <svg class={`icon ${props.class ?? ""}`} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[props.name]} />
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
