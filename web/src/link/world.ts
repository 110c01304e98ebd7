/* world.ts - time, chance, HTTP and pictures as the model asks for them (model/ports.ts), by the
 * browser. Called by page.ts. */
import type { World } from "../model/ports.js";
import type { Zone } from "../model/zone.js";

const PUT_MS = 60_000;

async function hash(blob: Blob): Promise<Uint8Array> {
  const bytes = await blob.arrayBuffer();
  return crypto.subtle === undefined ? (await import("./sha256.js")).sha256(new Uint8Array(bytes)) : new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

/** The status of the answer, 0 if there is none. */
async function put(url: string, piece: Blob, first: number, size: number): Promise<number> {
  const headers = { "Content-Range": `bytes ${first}-${first + piece.size - 1}/${size}` };
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), PUT_MS);
  try {
    return (await fetch(url, { method: "PUT", body: piece, headers, cache: "no-store", signal: late.signal })).status;
  } catch {
    return 0;
  } finally {
    clearTimeout(timer);
  }
}

async function get(url: string): Promise<Blob | undefined> {
  try {
    const answer = await fetch(url, { cache: "no-store" });
    return answer.ok ? await answer.blob() : undefined;
  } catch {
    return undefined;
  }
}

const FRAME_MS = 16;
let lastFrame = 0;

/** At once, but once a frame: after a long absence thousands of messages come one by one. */
function soon(call: () => void): void {
  const wait = FRAME_MS - (performance.now() - lastFrame);
  const run = (): void => {
    lastFrame = performance.now();
    call();
  };
  if (wait <= 0) queueMicrotask(run);
  else setTimeout(run, wait);
}

export const browserZone: Zone = {
  get name() { return Intl.DateTimeFormat().resolvedOptions().timeZone; },
  ahead: (time) => -new Date(time).getTimezoneOffset(),
};

export const browserWorld: World = {
  zone: browserZone,
  now: () => Date.now(), soon,
  later: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  randomNumber: () => {
    const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
    return (high >>> 11) * 2 ** 32 + low || 1;
  },
  put, get, sha256: hash, thumbnail: (blob) => import("./thumbnail.js").then(({ thumbnail }) => thumbnail(blob)).catch(() => undefined),
};
