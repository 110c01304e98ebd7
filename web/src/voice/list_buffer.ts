/* list_buffer.ts - the audio of a speaker whose client sends PCM arrays (44,100 Hz, without numbers
 * or times): the rules of src/audio/list_buffer.c. Caller: playout.ts. */
import { STRETCH_MAX, shorten } from "./stretch.js";

const LIST_RATE = 44100;
const PER_MS = 48;
const ROOM = 300 * PER_MS;
/* The search for a period to leave out: 20 ms. */
const SHORTENED = 20 * PER_MS;
/* The reserve beyond one piece: at first, its growth after each underrun, and its maximum. */
const RESERVE_FIRST = 20 * PER_MS, RESERVE_STEP = 20 * PER_MS, RESERVE_MAX = 100 * PER_MS;
/* Audio beyond the reserve by this much is shortened, a little at a time. */
const EXCESS = 40 * PER_MS;
/* A gap of this length is a pause of the speaker; a shorter one comes from the network. */
const PAUSE = 300 * PER_MS;
/* Audio without an underrun after which the reserve shrinks again: 10 s. */
const CALM = 10_000 * PER_MS;

/** From 44,100 to 48,000 Hz; what is between two samples lies on the cubic through four. Voice has
 * next to nothing near 20 kHz, so no filter is needed to go up. */
export class Upsampler {
  #last = new Float32Array(3);
  #at = 0; /* of the next output, in input samples after #last[1] */

  push(input: readonly number[]): Float32Array {
    const all = new Float32Array(3 + input.length);
    all.set(this.#last);
    for (let i = 0; i < input.length; i++)
      all[3 + i] = input[i]! / 32768;
    const out: number[] = [];
    const step = LIST_RATE / 48000;
    for (; this.#at + 1 < all.length - 2; this.#at += step)
      out.push(between(all, this.#at));
    this.#at -= input.length;
    this.#last = all.slice(-3);
    return Float32Array.from(out);
  }
}

/* Catmull-Rom, between all[1 + at] and the next. */
function between(all: Float32Array, at: number): number {
  const i = Math.floor(at), t = at - i;
  const a = all[i]!, b = all[i + 1]!, c = all[i + 2]!, d = all[i + 3] ?? all[i + 2]!;
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

export class ListBuffer {
  #up = new Upsampler();
  #pcm = new Float32Array(0);
  #playing = false;
  #reserve = RESERVE_FIRST;
  #piece = 0; /* the last one put in, samples */
  #calm = 0; /* samples since the last underrun */
  #dry = PAUSE; /* samples without anything to play */
  #wait = 0; /* samples since something came, before playing begins */
  dropped = 0;

  constructor(readonly tick: number) {}

  put(input: readonly number[]): void {
    const more = this.#up.push(input);
    const all = new Float32Array(this.#pcm.length + more.length);
    all.set(this.#pcm);
    all.set(more, this.#pcm.length);
    const over = Math.max(0, all.length - ROOM);
    this.dropped += over;
    this.#pcm = all.subarray(over);
    this.#piece = more.length;
  }

  get #target(): number {
    return Math.min(ROOM, this.#piece + this.#reserve);
  }

  /* Is there audio, and is the reserve full? */
  #begins(): boolean {
    if (this.#pcm.length === 0) {
      this.#dry += this.tick;
      return false;
    }
    if (this.#wait === 0 && this.#dry < PAUSE && this.#reserve < RESERVE_MAX)
      this.#reserve += RESERVE_STEP;
    const ready = this.#wait >= this.#reserve;
    this.#wait += this.tick;
    return ready;
  }

  /* Underrun: fades the rest out. */
  #stop(): Float32Array {
    const pcm = new Float32Array(this.tick);
    this.#pcm.forEach((sample, i) => { pcm[i] = (sample * (this.#pcm.length - i)) / this.#pcm.length; });
    this.#playing = false;
    this.#pcm = new Float32Array(0);
    this.#calm = this.#dry = this.#wait = 0;
    return pcm;
  }

  /** The next tick of audio, or undefined: the speaker is silent. */
  take(): Float32Array | undefined {
    if (!this.#playing && !this.#begins())
      return undefined;
    this.#playing = true;
    if (this.#pcm.length < this.tick)
      return this.#stop();
    if (this.#pcm.length > this.#target + EXCESS)
      this.#shorten();
    this.#calm += this.tick;
    if (this.#calm >= CALM && this.#reserve > RESERVE_FIRST) {
      this.#reserve -= RESERVE_STEP;
      this.#calm = 0;
    }
    const pcm = this.#pcm.slice(0, this.tick);
    this.#pcm = this.#pcm.subarray(this.tick);
    return pcm;
  }

  #shorten(): void {
    const short = shorten(this.#pcm.slice(0, SHORTENED), STRETCH_MAX);
    const all = new Float32Array(short.length + this.#pcm.length - SHORTENED);
    all.set(short);
    all.set(this.#pcm.subarray(SHORTENED), short.length);
    this.#pcm = all;
  }

  get delayMs(): number {
    return Math.trunc(this.#pcm.length / PER_MS);
  }

  get targetMs(): number {
    return Math.trunc(this.#target / PER_MS);
  }
}
