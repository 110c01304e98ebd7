/* delay_window.ts - the delays of the newest packets: the shortest, and a quantile of the long
 * ones. As src/audio/delay_window.c; for jitter.ts alone.
 *
 * A delay is arrival minus timestamp, in microseconds; the two clocks have different zeros, so only
 * differences of delays have a meaning. The window slides, and so follows a drifting clock. */

/** So much audio's delays are remembered. */
export const WINDOW_MS = 5120;
/* 97.5 %: three late frames in 120 are concealed without being noticed. */
const LATE_ONE_IN = 40;
/* Of a far connection: where one packet is sent again, those behind it are late, too. */
const LATE_ONE_IN_FAR = 200, FAR_MS = 100;
const TARGET_MS_MAX = 200, TARGET_MS_FAR = 800;

export class DelayWindow {
  /** The most that a target may be. */
  mostUs = TARGET_MS_MAX * 1000;
  #lateOneIn = LATE_ONE_IN;
  #audioUs = 0; /* the lengths of all */
  readonly #byAge: (readonly [delay: number, lengthUs: number])[] = [];
  readonly #bySize: number[] = []; /* the same, ascending */

  get length(): number {
    return this.#byAge.length;
  }

  clear(): void {
    this.#byAge.length = this.#bySize.length = this.#audioUs = 0;
  }

  /* The first index whose value is not below the delay. */
  #place(delay: number): number {
    let low = 0, high = this.#bySize.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#bySize[middle]! < delay)
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }

  /** Adds the delay of a packet of lengthUs of audio, in place of the oldest when the window is full. */
  add(delay: number, lengthUs: number): void {
    for (let oldest; this.#audioUs + lengthUs > WINDOW_MS * 1000 && (oldest = this.#byAge.shift()) !== undefined;) {
      this.#bySize.splice(this.#place(oldest[0]), 1);
      this.#audioUs -= oldest[1];
    }
    this.#bySize.splice(this.#place(delay), 0, delay);
    this.#byAge.push([delay, lengthUs]);
    this.#audioUs += lengthUs;
  }

  /** The shortest delay; 0 when empty. */
  get base(): number {
    return this.#bySize[0] ?? 0;
  }

  /** The wait beyond the shortest delay within which all packets but a few arrive. */
  get spread(): number {
    const n = this.#bySize.length;
    return n === 0 ? 0 : this.#bySize[n - 1 - Math.floor(n / this.#lateOneIn)]! - this.base;
  }

  /** A connection sends a lost packet again after a round trip, on the way to the server and on the
   * way from it, and with it comes all that was behind. */
  set roundTripMs(ms: number) {
    this.mostUs = Math.min(TARGET_MS_MAX + 2 * ms, TARGET_MS_FAR) * 1000;
    this.#lateOneIn = ms < FAR_MS ? LATE_ONE_IN : LATE_ONE_IN_FAR;
  }
}
