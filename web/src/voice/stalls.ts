/* stalls.ts - notices that an audio device got its audio too late, and when to ask for a longer
 * buffer. Browsers do not tell: but while a device waits, the audio clock stands still and the wall
 * clock goes on. Pure. Callers: playback.worklet.ts, graph.ts. */

/* A step of this length, in ms, is a stall; less is the unevenness of callbacks. */
const STEP_MS = 15;
/* The wall clock was set, or the machine slept. */
const JUMP_MS = 2000;

export class StallMeter {
  #lead: number | undefined; /* the least lead of the wall clock since the last stall */
  #since = 0;
  count = 0;

  /** At each block: the wall clock and the audio clock, in ms. */
  tick(wallMs: number, audioMs: number): void {
    const lead = wallMs - audioMs;
    if (this.#lead === undefined || lead < this.#lead || lead - this.#lead > JUMP_MS) {
      this.#lead = lead;
      this.#since = 0;
    } else if (lead - this.#lead < STEP_MS)
      this.#since = 0;
    else if (++this.#since > 40) { /* about 100 ms: a late callback catches up, a stall does not */
      this.count++;
      this.#lead = lead;
      this.#since = 0;
    }
  }
}

/** The values for latencyHint, in seconds: 0 is as short as the device allows. */
const HINTS = [0, 0.02, 0.04, 0.08] as const;
const STALLS_MAX = 3, WITHIN_MS = 10_000;

/** Asks for a longer buffer when stalls come often. It never goes back during a call. */
export class BackOff {
  #step = 0;
  #count = 0;
  #times: number[] = [];

  get hint(): number {
    return HINTS[this.#step]!;
  }

  /** `count`: stalls since the graph began. True: open the graph anew, with the new hint. */
  report(count: number, nowMs: number): boolean {
    for (; this.#count < count; this.#count++)
      this.#times.push(nowMs);
    this.#times = this.#times.filter((at) => nowMs - at <= WITHIN_MS);
    if (this.#times.length < STALLS_MAX || this.#step === HINTS.length - 1)
      return false;
    this.#step++;
    this.#count = 0;
    this.#times = [];
    return true;
  }
}
