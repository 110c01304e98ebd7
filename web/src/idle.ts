/* idle.ts - when work is done that need not be done at once: when the page has nothing to do, or slice by
 * slice between frames. */
const LATEST_MS = 3000;

export const whenIdle = (): Promise<void> => new Promise((done) => {
  if (typeof requestIdleCallback === "function") requestIdleCallback(() => done(), { timeout: LATEST_MS });
  else setTimeout(done, 300); /* Safari */
});

/** Calls it in a task of its own behind the next frame: of what is done in slices, one comes between two
 * frames. A page that nobody sees has no frames. Gives what prevents it. */
export function behindFrame(call: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const soon = (): void => { timer = setTimeout(call, 0); };
  if (document.visibilityState !== "visible") soon();
  const frame = timer === undefined ? requestAnimationFrame(soon) : 0;
  return () => {
    if (frame !== 0) cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
