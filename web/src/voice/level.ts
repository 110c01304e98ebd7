/* level.ts - how loud audio is, and when a microphone's audio is speech: the gate of
 * src/audio/sender.c. Pure. Callers: the worklets and the codec worker, the recorder. */

export const FLOOR = -100;

/** RMS in dB below full scale, at least FLOOR. */
export function rmsDb(pcm: Float32Array): number {
  let sum = 0;
  for (const sample of pcm)
    sum += sample * sample;
  return pcm.length === 0 || sum === 0 ? FLOOR : Math.max(FLOOR, 10 * Math.log10(sum / pcm.length));
}

/** The greatest sample, from 0 to 1. */
export function peakOf(pcm: Float32Array): number {
  let peak = 0;
  for (const sample of pcm)
    peak = Math.max(peak, Math.abs(sample));
  return Math.min(1, peak);
}

/** 0 to 1 for a meter: -60 dB is the empty end. */
export function meter(db: number): number {
  return Math.min(1, Math.max(0, 1 + db / 60));
}

export type GateMode = "open" | "voice" | "push";

export interface GateOptions {
  readonly mode: GateMode;
  /** Of "voice": dB below full scale. */
  readonly threshold: number;
  /** How long the gate stays open after speech, in ms. */
  readonly hangMs: number;
}

export const GATE_DEFAULT: GateOptions = { mode: "voice", threshold: -45, hangMs: 300 };

const STEP = 240; /* 5 ms */
const STEP_MS = 5;

/** Decides for each frame whether it is sent. */
export class Gate {
  #hang = 0; /* steps that it still stays open */
  muted = false;
  pushed = false;

  constructor(public options: GateOptions) {}

  #passes(loud: boolean): boolean {
    if (this.muted) {
      this.#hang = 0;
      return false;
    }
    if (this.options.mode === "open")
      return true;
    if (this.options.mode === "voice" ? loud : this.pushed) {
      this.#hang = Math.trunc(this.options.hangMs / STEP_MS);
      return true;
    }
    return this.#hang-- > 0 || ((this.#hang = 0), false);
  }

  /** A frame goes out whole if any 5 ms of it pass. */
  take(frame: Float32Array): boolean {
    let open = false;
    for (let at = 0; at < frame.length; at += STEP)
      open = this.#passes(rmsDb(frame.subarray(at, at + STEP)) > this.options.threshold) || (open && !this.muted);
    return open;
  }
}

/** The warning "you are muted": speech for 300 ms within the last second while muted, and then not
 * again for 10 s. */
export class MutedSpeech {
  #loud = 0; /* ms */
  #quietUntil = 0;

  /** True: warn now. `ms` is the length of the frame. */
  take(db: number, ms: number, muted: boolean, nowMs: number): boolean {
    this.#loud = !muted ? 0 : db > GATE_DEFAULT.threshold ? this.#loud + ms : Math.max(0, this.#loud - ms / 3);
    if (this.#loud < 300 || nowMs < this.#quietUntil)
      return false;
    this.#loud = 0;
    this.#quietUntil = nowMs + 10_000;
    return true;
  }
}
