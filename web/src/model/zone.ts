/* zone.ts - the user's time zone as quiet hours carry it: its name, and when its offset changes in
 * the next four years. The server has no tables of zones (docs/protocol.md, "quiet_hours"). Pure;
 * the browser's tables come in as a function (World.zone). Called by quiet.ts and client.ts. */

export interface Zone {
  /** As "Europe/Berlin". */
  readonly name: string;
  /** How many minutes the clock is ahead of UTC at a time (milliseconds since 1970). */
  ahead(time: number): number;
}

export interface Change {
  readonly minute: number; /* since 1970, UTC */
  readonly ahead: number; /* from then on */
}

const MINUTE_MS = 60_000, DAY = 24 * 60, YEARS_DAYS = 4 * 365;
const CHANGES_MAX = 8;

/** The minute between two, of which the second one has another offset, at which that begins. */
function changeBetween(zone: Zone, before: number, after: number): number {
  const old = zone.ahead(before * MINUTE_MS);
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.ahead(middle * MINUTE_MS) === old)
      low = middle;
    else
      high = middle;
  }
  return high;
}

export function changesOf(zone: Zone, now: number): readonly Change[] {
  const changes: Change[] = [];
  const first = Math.floor(now / MINUTE_MS);
  for (let day = 0; day < YEARS_DAYS && changes.length < CHANGES_MAX; day++) {
    const from = first + day * DAY, to = from + DAY;
    if (zone.ahead(from * MINUTE_MS) === zone.ahead(to * MINUTE_MS))
      continue;
    const minute = changeBetween(zone, from, to);
    changes.push({ minute, ahead: zone.ahead(minute * MINUTE_MS) });
  }
  return changes;
}
