/* quiet.ts - quiet hours as docs/protocol.md writes them ("22:00-07:00 12345 +02:00", and behind it a
 * time zone with its changes), and as a form shows them. Pure; the screen of notifications uses it. The server judges what is written. */

import { changesOf, type Change, type Zone } from "./zone.js";

export interface QuietHours {
  readonly from: string; /* HH:MM by the user's clock */
  readonly to: string;
  /** Monday is 1; the days on which the hours begin. */
  readonly days: readonly number[];
}

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7];

const WRITTEN = /^(\d\d:\d\d)-(\d\d:\d\d)(?: ([1-7]{1,7}))? ([+-]\d\d:\d\d)(?: ([A-Za-z][\w/+-]*)((?: \d{1,10}[+-]\d\d:\d\d){0,8}))?$/;

/** Nothing when they are off, or are not written so. */
export function parseQuietHours(text: string): QuietHours | undefined {
  const found = WRITTEN.exec(text);
  if (!found?.[1] || !found[2]) return undefined;
  const days = found[3] ? [...found[3]].map(Number) : EVERY_DAY;
  return { from: found[1], to: found[2], days };
}

interface Clock {
  readonly ahead: number;
  readonly zone: string | undefined;
  readonly changes: readonly Change[];
}

function minutesOf(offsetText: string): number {
  const minutes = Number(offsetText.slice(1, 3)) * 60 + Number(offsetText.slice(4));
  return offsetText.startsWith("-") ? -minutes : minutes;
}

function clockOf(text: string): Clock | undefined {
  const found = WRITTEN.exec(text);
  if (!found?.[4]) return undefined;
  const changes = (found[6] ?? "").split(" ").filter((each) => each !== "").map((each) => {
    const offsetText = each.slice(-6);
    return { minute: Number(each.slice(0, -6)), ahead: minutesOf(offsetText) };
  });
  return { ahead: minutesOf(found[4]), zone: found[5], changes };
}

/** Minutes ahead of UTC, by what stands in the text. */
const aheadAt = (clock: Clock, time: number): number =>
  clock.changes.filter((change) => change.minute * 60_000 <= time).at(-1)?.ahead ?? clock.ahead;

/** `zone` is that of the user's clock; a number of minutes ahead of UTC has no name and no changes. */
export function writeQuietHours(hours: QuietHours | undefined, zone: Zone | number, now = 0): string {
  if (!hours || hours.days.length === 0) return "off";
  const days = EVERY_DAY.filter((day) => hours.days.includes(day)).join("");
  const parts = [`${hours.from}-${hours.to}`, ...(days === "1234567" ? [] : [days])];
  if (typeof zone === "number") return [...parts, offset(zone)].join(" ");
  const changes = changesOf(zone, now).map((change) => `${change.minute}${offset(change.ahead)}`);
  return [...parts, offset(zone.ahead(now)), zone.name, ...changes].join(" ");
}

/** The hours as they should be set again, when a change lies behind or the tables of this device say
 * something else; undefined: they are right, or belong to another zone. */
export function renewedQuietHours(text: string, zone: Zone, now: number): string | undefined {
  const clock = clockOf(text);
  if (clock === undefined || clock.zone !== zone.name) return undefined;
  const behind = clock.changes.some((change) => change.minute * 60_000 <= now);
  const wrong = clock.ahead !== zone.ahead(now) || clock.changes.some((change) => zone.ahead(change.minute * 60_000) !== change.ahead);
  return behind || wrong ? writeQuietHours(parseQuietHours(text), zone, now) : undefined;
}

function offset(minutesAhead: number): string {
  const minutes = Math.abs(minutesAhead);
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${minutesAhead < 0 ? "-" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Whether it is quiet at a time (milliseconds since 1970), by the offset that stands in the text. */
export function isQuietAt(text: string, time: number): boolean {
  const hours = parseQuietHours(text);
  const clock = clockOf(text);
  if (!hours || !clock) return false;
  const local = new Date(time + aheadAt(clock, time) * 60_000);
  const now = local.getUTCHours() * 60 + local.getUTCMinutes();
  const [from, to] = [hours.from, hours.to].map((clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3)));
  const day = (back: number): boolean => hours.days.includes((local.getUTCDay() + 6 - back) % 7 + 1);
  if (from === undefined || to === undefined) return false;
  return from < to ? now >= from && now < to && day(0) : (now >= from && day(0)) || (now < to && day(1));
}
