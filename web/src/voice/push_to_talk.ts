/* push_to_talk.ts - the key that is held to talk. A page gets keys only while it has the focus: when
 * it loses it, the key counts as released. Called by call_audio.ts. */

/* A key that writes something belongs to a field of text while one has the focus. */
export function writes(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey">, target: EventTarget | null): boolean {
  const field = target as { isContentEditable?: boolean; tagName?: string } | null;
  const editable = field?.isContentEditable === true || ["INPUT", "TEXTAREA", "SELECT"].includes(field?.tagName ?? "");
  return editable && [...event.key].length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** Tells each change; `code` gives the key that counts now. Returns what ends it. */
export function listenForPush(page: Window, code: () => string, tell: (pushed: boolean) => void): () => void {
  let pushed = false;
  const change = (now: boolean): void => {
    if (pushed !== now)
      tell(pushed = now);
  };
  const down = (event: KeyboardEvent): void => {
    if (event.code !== code() || writes(event, event.target))
      return;
    event.preventDefault();
    change(true);
  };
  const up = (event: KeyboardEvent): void => { if (event.code === code()) change(false); };
  const blur = (): void => change(false);
  page.addEventListener("keydown", down, { capture: true });
  page.addEventListener("keyup", up, { capture: true });
  page.addEventListener("blur", blur);
  return () => {
    page.removeEventListener("keydown", down, { capture: true });
    page.removeEventListener("keyup", up, { capture: true });
    page.removeEventListener("blur", blur);
  };
}
