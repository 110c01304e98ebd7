/* pace.ts - how many bits a speaker may send, by what the connection has taken: longer packets first,
 * then fewer bits of speech. The steps of src/audio/pace.c; but it follows what the connection has refused,
 * and what listeners miss, and begins with all bits. Pure; one call a second. Caller:
 * call_audio.ts. */

export interface Choice {
  /** Of 20 ms, in a packet. */
  readonly frames: number;
  readonly bitrate: number;
}

const CHOICES: readonly Choice[] = [{ frames: 1, bitrate: 32_000 }, { frames: 2, bitrate: 32_000 }, { frames: 3, bitrate: 32_000 },
  { frames: 3, bitrate: 24_000 }, { frames: 3, bitrate: 16_000 }, { frames: 3, bitrate: 12_000 }];
const WAIT_MIN_S = 8, WAIT_MAX_S = 64;

export class Pace {
  #step = 0;
  #calmS = 0; /* for so long the connection has taken everything */
  #waitS = WAIT_MIN_S; /* so long it must before more is tried */
  #tries = false; /* more was tried, and may be too much */

  get choice(): Choice { return CHOICES[this.#step]!; }

  /** A second has passed, in which the connection had no room for so many packets. True: the choice is
   * another one. More is tried again; when that fails at once, the next time is later. */
  second(refused: number): boolean {
    const before = this.#step;
    if (refused > 0)
      this.#less();
    else if (++this.#calmS >= this.#waitS)
      this.#more();
    return this.#step !== before;
  }

  #less(): void {
    if (this.#tries)
      this.#waitS = Math.min(WAIT_MAX_S, 2 * this.#waitS);
    this.#tries = false;
    this.#calmS = 0;
    this.#step = Math.min(this.#step + 1, CHOICES.length - 1);
  }

  #more(): void {
    if (this.#step === 0)
      this.#waitS = WAIT_MIN_S;
    this.#tries = this.#step !== 0;
    this.#step -= Number(this.#tries);
    this.#calmS = 0;
  }
}
