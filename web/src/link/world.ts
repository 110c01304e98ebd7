/* world.ts - time, chance, HTTP and pictures as the model asks for them (model/ports.ts), by the
 * browser. Called by page.ts. */
import type { World } from "../model/ports.js";
import type { Zone } from "../model/zone.js";

const THUMBNAIL_MAX = 32 * 1024;
const THUMBNAIL_SIDE = 512;
const PICTURE = /^image\/(png|jpeg|gif|webp)$/;
const PUT_MS = 60_000;

async function hash(blob: Blob): Promise<Uint8Array> {
  const bytes = await blob.arrayBuffer();
  return crypto.subtle === undefined ? (await import("./sha256.js")).sha256(new Uint8Array(bytes)) : new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

async function drawn(picture: ImageBitmap, side: number, quality: number): Promise<Blob> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const webp = await canvas.convertToBlob({ type: "image/webp", quality });
  return webp.type === "image/webp" ? webp : canvas.convertToBlob({ type: "image/jpeg", quality });
}

/** As large as the server takes it, and no longer than the picture itself. */
async function thumbnail(blob: Blob): Promise<Uint8Array | undefined> {
  if (!PICTURE.test(blob.type))
    return undefined;
  const picture = await createImageBitmap(blob).catch(() => undefined);
  if (picture === undefined)
    return undefined;
  for (const [side, quality] of [[THUMBNAIL_SIDE, 0.8], [400, 0.7], [256, 0.6], [128, 0.5]] as const) {
    const small = await drawn(picture, side, quality);
    if (small.size <= Math.min(THUMBNAIL_MAX, blob.size))
      return new Uint8Array(await small.arrayBuffer());
  }
  return undefined;
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

export const browserZone: Zone = {
  get name() { return Intl.DateTimeFormat().resolvedOptions().timeZone; },
  ahead: (time) => -new Date(time).getTimezoneOffset(),
};

export const browserWorld: World = {
  zone: browserZone,
  now: () => Date.now(),
  later: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
  randomNumber: () => {
    const [high, low] = crypto.getRandomValues(new Uint32Array(2)) as unknown as [number, number];
    return (high >>> 11) * 2 ** 32 + low || 1;
  },
  put, get, sha256: hash, thumbnail: (blob) => thumbnail(blob).catch(() => undefined),
};
