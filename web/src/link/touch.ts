/* touch.ts - tells that somebody uses this page, at most every half minute. Called by page.ts in each
 * tab; what follows from it is model/presence.ts. */

const EVERY_MS = 30_000;
const EVENTS = ["pointerdown", "pointermove", "keydown", "wheel", "touchstart"];

export function watchTouch(page: Window, now: () => number, touched: () => void): void {
  let last = -Infinity;
  const tell = (): void => {
    if (now() - last < EVERY_MS)
      return;
    last = now();
    touched();
  };
  for (const name of EVENTS)
    page.addEventListener(name, tell, { passive: true, capture: true });
  page.document.addEventListener("visibilitychange", () => {
    if (page.document.visibilityState === "visible")
      tell();
  });
}
