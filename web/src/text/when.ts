/* when.ts - times and lengths for people, by the browser's language and clock. No sentences. */
import { whenIdle } from "../idle.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Beyond it Date throws; a server may send any number. */
const LAST = 8.64e15;

function valid(time: number): boolean {
  return Math.abs(time) <= LAST;
}

let zone = NaN;
const formats = new Map<string, Intl.DateTimeFormat>();

/** A formatter is dear to make, and hundreds of messages have times; it keeps the clock's zone. */
function formatted(options: Intl.DateTimeFormatOptions, time: number): string {
  const now = new Date().getTimezoneOffset();
  if (now !== zone) formats.clear();
  zone = now;
  const name = JSON.stringify(options);
  let format = formats.get(name);
  if (!format) formats.set(name, format = new Intl.DateTimeFormat(undefined, options));
  return format.format(time);
}

/** For the attribute of <time>. */
export function machineTime(time: number): string | undefined {
  return valid(time) ? new Date(time).toISOString() : undefined;
}

export function dateAndTime(time: number): string {
  return valid(time) ? formatted({ dateStyle: "medium", timeStyle: "short" }, time) : "";
}

/** "in 3 hours", "5 minutes ago". */
export function relative(time: number, now: number): string {
  if (!valid(time)) return "";
  const format = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });
  const off = time - now;
  const size = Math.abs(off);
  if (size < HOUR) return format.format(Math.round(off / MINUTE), "minute");
  if (size < DAY) return format.format(Math.round(off / HOUR), "hour");
  return format.format(Math.round(off / DAY), "day");
}

/** Bytes with a unit, as "293 KiB". */
export function bytes(size: number): string {
  const units = ["B", "KiB", "MiB", "GiB"];
  let value = size;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.ceil(value)} ${units[unit]}`;
}

/** Minutes and seconds, as "1:05". */
export function lengthOf(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Hours and minutes. */
export function clock(time: number): string {
  return valid(time) ? formatted({ timeStyle: "short" }, time) : "";
}

/** The day, with its name; the year where it is another one. */
export function dayTitle(time: number, now: number): string {
  if (!valid(time)) return "";
  const sameYear = new Date(time).getFullYear() === new Date(now).getFullYear();
  return formatted({ weekday: "long", month: "long", day: "numeric", ...(sameYear ? {} : { year: "numeric" }) }, time);
}

/** Makes the formats of a list of messages before it is there: each takes a browser several ms. */
export async function makeFormats(): Promise<void> {
  const now = Date.now();
  for (const make of [clock, dateAndTime, dayTitle]) {
    await whenIdle();
    make(now, now);
  }
}
