/* stretch.ts - changes the length of some audio without changing its pitch, and continues audio
 * whose next packet is lost. The same way as src/audio/stretch.c: the period of the sound is found
 * by correlation, and one period is left out or repeated. Callers: playout.ts, list_buffer.ts. */

export const STRETCH_MIN = 120, STRETCH_MAX = 480;
/* Fewer samples than this are left alone. */
const LEAST = 480;
const OVERLAP = 120;
/* Only every third lag and sample is compared: 16 kHz are enough to find the period. */
const STRIDE = 3;

function similarity(pcm: Float32Array, at: number, lag: number): number {
  let product = 0, energy = 1e-9;
  for (let i = at; i < at + OVERLAP; i += STRIDE) {
    product += pcm[i]! * pcm[i + lag]!;
    energy += pcm[i + lag]! * pcm[i + lag]!;
  }
  return product / Math.sqrt(energy);
}

/* The lag, up to `longest`, at which the sound from `at` on repeats best. */
function period(pcm: Float32Array, at: number, longest: number): number {
  let best = longest, bestSimilarity = similarity(pcm, at, longest);
  for (let lag = STRETCH_MIN; lag < longest; lag += STRIDE) {
    const now = similarity(pcm, at, lag);
    if (now > bestSimilarity) {
      best = lag;
      bestSimilarity = now;
    }
  }
  return best;
}

/** Fades from `from` to `to` over n samples into `to`. */
export function crossfade(from: Float32Array, to: Float32Array, n: number): void {
  for (let i = 0; i < n; i++) {
    const part = (i + 0.5) / n;
    to[i] = from[i]! * (1 - part) + to[i]! * part;
  }
}

const longestFor = (n: number, most: number): number => Math.min(n - OVERLAP, STRETCH_MAX, most);

/** a b c -> a/b c: the first period is faded into the second; at most `most` samples go. */
export function shorten(pcm: Float32Array, most: number): Float32Array {
  if (pcm.length < LEAST || most < STRETCH_MIN)
    return pcm;
  const lag = period(pcm, 0, longestFor(pcm.length, most));
  const rest = pcm.slice(lag);
  crossfade(pcm, rest, OVERLAP);
  return rest;
}

/** a b c -> a b/a b c: after the first period its beginning comes again. */
export function lengthen(pcm: Float32Array): Float32Array {
  if (pcm.length < LEAST)
    return pcm;
  const lag = period(pcm, 0, longestFor(pcm.length, STRETCH_MAX));
  const longer = new Float32Array(pcm.length + lag);
  longer.set(pcm.subarray(0, lag));
  longer.set(pcm, lag);
  crossfade(pcm.slice(lag, lag + OVERLAP), longer.subarray(lag), OVERLAP);
  return longer;
}

/** Samples that concealment looks back at. */
export const HISTORY = 1200;
/* Concealed audio has faded away after so many samples: 100 ms. */
const FADED = 4800;

/** Audio that continues `history` (its newest HISTORY samples), for a packet that is lost: its last
 * period again and again, fading. `from`: samples that were concealed before, without a packet. */
export function conceal(history: Float32Array, from: number, n: number): Float32Array {
  const pcm = new Float32Array(n);
  const reversed = history.slice().reverse();
  const lag = period(reversed, 0, STRETCH_MAX);
  for (let i = 0; i < n; i++) {
    const gain = Math.max(0, 1 - (from + i) / FADED);
    pcm[i] = history[history.length - lag + ((from + i) % lag)]! * gain;
  }
  return pcm;
}
