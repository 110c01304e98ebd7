/* stall.ts - a stall of the network, and what comes after it: which packets say nothing of the next
 * ones, for how late they are. As src/audio/stall.h, which says why; for jitter.ts alone. Times are
 * microseconds. */

/* Less late than the last two by this part of its own length: a line that stood still carries what has
 * queued. */
const DRAIN_PART = 16;
const END_US = 1_000_000;

export class Stall {
  /** The delay may be reduced faster than after jitter. */
  heals = false;
  /** The way has become longer or shorter by more than any target: what was before this packet says nothing
   * of the next ones. */
  other = false;
  /** A queue drains: so late the last packet was, and the next one is not later; 0: none does. */
  drainUs = 0;
  #stalled = false; /* the last packet came out of a stall */
  #sinceUs = 0; /* when it ended */
  #fastUs = 0; /* when the last packet came that was not later than any target */
  #lateUs = 0; /* so late the last two packets were */
  #lateBeforeUs = 0;

  /** A packet of lengthUs is lateUs beyond the fastest, where a target can be mostUs; the one before it came
   * at beforeUs. True: it says nothing of the next ones. */
  note(lateUs: number, mostUs: number, lengthUs: number, beforeUs: number, nowUs: number): boolean {
    const late = lateUs > mostUs, burst = nowUs - beforeUs < Math.trunc(lengthUs / 2);
    const drains = this.#stalled && lateUs + Math.trunc(lengthUs / DRAIN_PART) < Math.max(this.#lateUs, this.#lateBeforeUs);
    if (late && !this.#stalled)
      this.#sinceUs = nowUs;
    if (!late)
      this.#fastUs = nowUs;
    const ends = late && nowUs - this.#sinceUs < END_US;
    this.other = late ? !ends && nowUs - this.#fastUs >= END_US : lateUs < -mostUs;
    const skipped = !this.other && (ends || (this.#stalled && (burst || drains)));
    this.#stalled = skipped || (late && !this.other);
    this.heals ||= skipped;
    this.drainUs = skipped && drains && !burst ? lateUs : 0;
    this.#lateBeforeUs = this.#lateUs;
    this.#lateUs = this.other ? 0 : lateUs;
    return skipped;
  }
}
