/* delay_window.ts - the delays of the newest packets: the shortest, and a quantile of the long
 * ones. As src/audio/delay_window.c, which also knows the round trip of a connection; for jitter.ts
 * alone.
 *
 * A delay is arrival minus timestamp, in microseconds; the two clocks have different zeros, so only
 * differences of delays have a meaning. The window slides, and so follows a drifting clock. */

const WINDOW = 256;
/* 97.5 %: three late frames in 120 are concealed without being noticed. */
const LATE_ONE_IN = 40;

export class DelayWindow {
  readonly #byAge: number[] = [];
  readonly #bySize: number[] = []; /* the same, ascending */

  get length(): number {
    return this.#byAge.length;
  }

  clear(): void {
    this.#byAge.length = this.#bySize.length = 0;
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

  /** Adds a delay, in place of the oldest when the window is full. */
  add(delay: number): void {
    if (this.#byAge.length === WINDOW)
      this.#bySize.splice(this.#place(this.#byAge.shift()!), 1);
    this.#bySize.splice(this.#place(delay), 0, delay);
    this.#byAge.push(delay);
  }

  /** The shortest delay; 0 when empty. */
  get base(): number {
    return this.#bySize[0] ?? 0;
  }

  /** The wait beyond the shortest delay within which all packets but one in 40 arrive. */
  get spread(): number {
    const n = this.#bySize.length;
    return n === 0 ? 0 : this.#bySize[n - 1 - Math.floor(n / LATE_ONE_IN)]! - this.#bySize[0]!;
  }
}
