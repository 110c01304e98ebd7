/* backoff.ts - how long to wait before the next attempt to connect: the rule of the native client
 * (src/client/client_backoff.c). Called by machine.ts. */
const FIRST_MS = 100;
const MIN_MS = 1_000;
const MOST_MS = 30_000;

/** A random time between half and all of a time that doubles, so that the clients of a restarted
 * server do not come all at once; the first one is shorter, since a server that is upgraded is back
 * at once. `random` is from 0 to 1. */
export function backoff(failures: number, random: number): number {
  const most = failures === 0 ? 2 * FIRST_MS : Math.min(2 * MIN_MS * 2 ** Math.min(failures - 1, 10), MOST_MS);
  return most / 2 + random * (most / 2);
}
