/* sequence_log.ts - which packets of a stream came, by their sequence numbers, which wrap. As
 * src/audio/sequence_log.c; for jitter.ts alone.
 *
 * A packet counts as missing when some later ones are there, until it comes; what has not come when 64
 * are there is lost. */
import { WINDOW_MS } from "./delay_window.js";

const SEEN = 64, WINDOW = WINDOW_MS * 48;
/* So many in a row are not lost one by one: what comes behind them repairs nothing. */
const IN_A_ROW = 8;
/* So many may overtake a packet that is not lost. */
const OVERTAKING = 4n;

const bits = (n: number): bigint => (1n << BigInt(n)) - 1n;
const ALL_SEEN = bits(SEEN);

export class SequenceLog {
  highest = 0;
  #whole = 0; /* so many samples have come since a packet was missing */
  #seen = 0n; /* bit i: highest - i came */
  #stall = 0n; /* bit i: it is one of many in a row that did not, as in a stall */
  #length = 0; /* sequence numbers in this stream so far */
  #span = 0; /* ... in all streams, from the first to the highest */
  #came = 0; /* ... how many of them came */

  /** A stream begins with this one; the counts go on. */
  begin(first: number): void {
    this.highest = (first - 1) >>> 0;
    this.#seen = this.#stall = 0n;
    this.#length = 0;
    this.#whole = WINDOW;
  }

  get #missing(): bigint { return ~this.#seen & ~this.#stall & bits(Math.min(this.#length, SEEN)); }

  #advance(step: number, samples: number): void {
    const gone = this.#missing >> BigInt(Math.max(0, SEEN - step)), by = BigInt(Math.min(step, SEEN));
    this.#whole = gone === 0n ? this.#whole + step * samples : SEEN * samples;
    this.#seen = (this.#seen << by) & ALL_SEEN;
    this.#stall = ((this.#stall << by) | (step > IN_A_ROW ? (1n << by) - 2n : 0n)) & ALL_SEEN;
    this.#span += step;
    this.#length += step;
  }

  /** It has come, with so many samples. False: it came before. */
  note(sequence: number, samples: number): boolean {
    const step = (sequence - this.highest) | 0;
    if (step > 0) {
      this.#advance(step, samples);
      this.highest = sequence;
    }
    if (step <= -SEEN)
      return true; /* too old for #seen; it is late in any case */
    const bit = 1n << BigInt(Math.max(0, -step)), again = (this.#seen & bit) !== 0n;
    this.#seen |= bit;
    this.#came += again ? 0 : 1;
    return !again;
  }

  /** Nothing was missing in the last WINDOW_MS, or so far, but for stalls. */
  get complete(): boolean { return this.#missing >> OVERTAKING === 0n && this.#whole >= WINDOW; }

  get lost(): number { return Math.max(0, this.#span - this.#came); }
}
