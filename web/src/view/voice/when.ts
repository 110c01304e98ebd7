/* when.ts - lengths and times as they are shown. */

/** 65,400 ms: 1:05. */
export function length(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

export function clock(ms: number): string {
  return new Date(ms).toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" });
}

/** KeyboardEvent.code as people name the key: "KeyB" is B, "Backquote" stays. */
export function keyName(code: string): string {
  return code.replace(/^(Key|Digit)/, "").replace(/([a-z])([A-Z])/g, "$1 $2");
}
