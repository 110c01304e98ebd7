/* seat.ts - the call that a page was in when it was loaded anew: it lies in sessionStorage, which only
 * this tab has, from the end of one page to the begin of the next. Called by voice.ts. */
import type { Call, ConversationId, Seat } from "../model/state.js";

export const SEAT = "chinwag-seat"; /* app.tsx knows it, too */

/* The server holds a seat for 10 s; a slow page may take longer. Later it is another visit, such as
 * that of a browser that opens its tabs of yesterday. */
export const GOOD_MS = 60_000;

export interface KeptSeat extends Seat {
  readonly conversation: ConversationId;
}

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** At the end of the page. */
export function keepSeat(storage: Store, call: Pick<Call, "conversation" | "muted" | "deafened">, now: number): void {
  const { conversation, muted, deafened } = call;
  try {
    storage.setItem(SEAT, JSON.stringify({ conversation, muted, deafened, at: now }));
  } catch { /* a browser that keeps nothing: the call ends with the page */ }
}

/** At the begin of the next; once. */
export function takeSeat(storage: Store, now: number): KeptSeat | undefined {
  try {
    const { conversation, muted, deafened, at } = JSON.parse(storage.getItem(SEAT) ?? "{}") as { [key: string]: unknown };
    storage.removeItem(SEAT);
    const fresh = typeof at === "number" && now - at >= 0 && now - at < GOOD_MS;
    return fresh && typeof conversation === "string" ? { conversation, muted: muted === true, deafened: deafened === true } : undefined;
  } catch { /* the same, or somebody has written something else there */
    return undefined;
  }
}
