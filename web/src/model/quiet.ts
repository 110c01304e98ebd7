/* quiet.ts - quiet hours as docs/protocol.md writes them ("22:00-07:00 12345 +02:00"), and as a form
 * shows them. Pure; the screen of notifications uses it. The server judges what is written. */

export interface QuietHours {
  readonly from: string; /* HH:MM by the user's clock */
  readonly to: string;
  /** Monday is 1; the days on which the hours begin. */
  readonly days: readonly number[];
}

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

/** Nothing when they are off, or are not written so. */
export function parseQuietHours(text: string): QuietHours | undefined {
  const found = /^(\d\d:\d\d)-(\d\d:\d\d)(?: ([1-7]{1,7}))? [+-]\d\d:\d\d$/.exec(text);
  if (!found?.[1] || !found[2]) return undefined;
  const days = found[3] ? [...found[3]].map(Number) : EVERY_DAY;
  return { from: found[1], to: found[2], days };
}

/** `minutesAhead` is how far the user's clock is ahead of UTC: -Date.getTimezoneOffset(). */
export function writeQuietHours(hours: QuietHours | undefined, minutesAhead: number): string {
  if (!hours || hours.days.length === 0) return "off";
  const days = EVERY_DAY.filter((day) => hours.days.includes(day)).join("");
  return [`${hours.from}-${hours.to}`, ...(days === "1234567" ? [] : [days]), offset(minutesAhead)].join(" ");
}

function offset(minutesAhead: number): string {
  const minutes = Math.abs(minutesAhead);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${minutesAhead < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Whether it is quiet at a time (milliseconds since 1970), by the offset that stands in the text. */
export function isQuietAt(text: string, time: number): boolean {
  const hours = parseQuietHours(text);
  const found = /([+-])(\d\d):(\d\d)$/.exec(text);
  if (!hours || !found) return false;
  const ahead = (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
  const local = new Date(time + ahead * 60_000);
  const now = local.getUTCHours() * 60 + local.getUTCMinutes();
  const [from, to] = [hours.from, hours.to].map((clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)));
  const day = (back: number): boolean => hours.days.includes((local.getUTCDay() + 6 - back) % 7 + 1);
  if (from === undefined || to === undefined) return false;
  return from < to ? now >= from && now < to && day(0) : (now >= from && day(0)) || (now < to && day(1));
}
