/* idle.ts - when the page has nothing to do: work that no user waits for begins then. */
const LATEST_MS = 3000;

export const whenIdle = (): Promise<void> => new Promise((done) => {
  if (typeof requestIdleCallback === "function") requestIdleCallback(() => done(), { timeout: LATEST_MS });
  else setTimeout(done, 300); /* Safari */
});
