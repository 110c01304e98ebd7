/* preferences.ts - what the user has set for this browser: colours, and which advice was seen. In a database of its own: a logout, which empties the account's, does not undo it, and it
 * holds nothing of an account. Without IndexedDB it lasts as long as the page. */
import { signal } from "@preact/signals";

export type Theme = "system" | "dark" | "light";

export interface Preferences {
  readonly theme: Theme;
  /** The first steps of an administrator were done or put off. */
  readonly welcomed: boolean;
  /** Whether to be told by notifications was answered, or set. */
  readonly asked: boolean;
  /** The numbers of announcements that were put away, the newest last. */
  readonly putAway: readonly number[];
}

const DEFAULTS: Preferences = { theme: "system", welcomed: false, asked: false, putAway: [] };
const DATABASE = "chinwag-preferences";
const STORE = "preferences";
const KEY = "all";

export const preferences = signal<Preferences>(DEFAULTS);
/** What was stored has been read: before, nothing may be concluded from a default. */
export const preferencesRead = signal(false);

function openDatabase(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () => reject(opening.error);
  });
}

/** What was stored by this version or another one: only what we know is taken. */
export function readPreferences(stored: unknown): Preferences {
  if (typeof stored !== "object" || stored === null) return DEFAULTS;
  const { theme, welcomed, asked, putAway } = stored as { [key: string]: unknown };
  return {
    theme: theme === "dark" || theme === "light" ? theme : "system",
    welcomed: welcomed === true, asked: asked === true, putAway: Array.isArray(putAway) ? putAway.filter((id) => typeof id === "number") : [],
  };
}

export async function loadPreferences(): Promise<void> {
  try {
    const database = await openDatabase();
    const reading = database.transaction(STORE).objectStore(STORE).get(KEY);
    const stored = await new Promise<unknown>((resolve, reject) => {
      reading.onsuccess = () => resolve(reading.result);
      reading.onerror = () => reject(reading.error);
    });
    database.close();
    preferences.value = readPreferences(stored);
  } catch {
    preferences.value = DEFAULTS;
  }
  preferencesRead.value = true;
}

export async function setPreferences(change: Partial<Preferences>): Promise<void> {
  preferences.value = { ...preferences.value, ...change };
  try {
    const database = await openDatabase();
    const writing = database.transaction(STORE, "readwrite");
    writing.objectStore(STORE).put(preferences.value, KEY);
    await new Promise<void>((resolve, reject) => {
      writing.oncomplete = () => resolve();
      writing.onerror = () => reject(writing.error);
    });
    database.close();
  } catch {
    /* a browser that keeps nothing: it lasts as long as the page */
  }
}
