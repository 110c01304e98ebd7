/* playout.ts - what one participant of a call hears: decoded packets and PCM arrays of all speakers
 * in, one mixed block out at a time, as src/audio/receiver.c and mixer.c do it. It knows neither
 * WebCodecs nor WebAudio, and the time is a parameter. Callers: playback.worklet.ts and tests. */
import { Jitter, type Item, type JitterStats } from "./jitter.js";
import { rmsDb } from "./level.js";
import { ListBuffer } from "./list_buffer.js";
import { HISTORY, conceal, crossfade, lengthen, shorten } from "./stretch.js";
import { Limit } from "../wire/table.js";

/** Samples of a block: what an audio worklet is asked for at a time. */
export const BLOCK = 128;
const VOLUME_MAX = 2;
/* Audio that may be shortened without being noticed, and the level that counts as speech. */
const QUIET_DB = -50;
/* A cut is hidden by a fade of so many samples, 5 ms. */
const FADE = 240;
/* The loudest output sample, 0.2 dB below full scale, and the limiter's rise to full gain in 300 ms. */
const CEILING = 0.977;
const RELEASE = BLOCK / (48 * 300);

export interface DecodedPacket {
  readonly sequence: number;
  readonly timestamp: number;
  readonly samples: number;
  /** Empty: silence begins here. */
  readonly pcm: Float32Array;
}

export interface SpeakerStats extends JitterStats {
  readonly name: string;
  readonly plain: boolean;
  /** Of the newest block, dB below full scale. */
  readonly level: number;
}

class Speaker {
  readonly jitter = new Jitter<Float32Array>(BLOCK);
  list: ListBuffer | undefined;
  plain = false;
  volume = 1;
  muted = false;
  level = -100;
  #queue = new Float32Array(0); /* decoded audio that waits */
  #history = new Float32Array(HISTORY); /* the newest audio that went into the queue */
  #concealed = 0; /* samples since the last packet */
  #muffled = true; /* silence was played last: a fade-in is due */

  #append(pcm: Float32Array): void {
    const all = new Float32Array(this.#queue.length + pcm.length);
    all.set(this.#queue);
    all.set(pcm, this.#queue.length);
    this.#queue = all;
  }

  #remember(pcm: Float32Array): void {
    const n = Math.min(pcm.length, HISTORY);
    this.#history.copyWithin(0, n);
    this.#history.set(pcm.subarray(pcm.length - n), HISTORY - n);
  }

  #stretched(item: Item<Float32Array> & { kind: "packet" }, pcm: Float32Array): Float32Array {
    const { stretch } = item;
    let now = pcm;
    if (stretch === "shorten" || (stretch === "shorten if quiet" && rmsDb(pcm) < QUIET_DB))
      now = shorten(pcm, item.spare);
    else if (stretch === "lengthen")
      now = lengthen(pcm);
    if (now.length !== pcm.length)
      this.jitter.stretched(now.length - pcm.length);
    return now;
  }

  #playPacket(item: Item<Float32Array> & { kind: "packet" }): void {
    if (item.silence) {
      this.#playLoss(item.samples);
      return;
    }
    let pcm: Float32Array = item.sound.slice();
    /* After concealment, too, the sound does not go on where it was. */
    if (this.#muffled || item.cut || this.#concealed > 0) {
      const tail = this.#muffled ? new Float32Array(FADE) : conceal(this.#history, this.#concealed, FADE);
      crossfade(tail, pcm, Math.min(FADE, pcm.length));
    }
    this.#muffled = false;
    this.#concealed = 0;
    pcm = this.#stretched(item, pcm);
    this.#remember(pcm);
    this.#append(pcm);
  }

  #playLoss(samples: number): void {
    this.#append(this.#muffled ? new Float32Array(samples) : conceal(this.#history, this.#concealed, samples));
    this.#concealed += samples;
  }

  /* The first silent block fades out the sound before it. */
  #playSilence(samples: number): void {
    const pcm = new Float32Array(Math.max(samples, this.#muffled ? 0 : FADE));
    if (!this.#muffled)
      crossfade(conceal(this.#history, this.#concealed, FADE), pcm, FADE);
    this.#muffled = true;
    this.#append(pcm);
  }

  #fill(nowUs: number): boolean {
    if (this.#queue.length === 0 && this.#muffled && this.jitter.idle)
      return false;
    while (this.#queue.length < BLOCK) {
      const item = this.jitter.next(nowUs, this.#queue.length);
      if (item.kind === "packet")
        this.#playPacket(item);
      else if (item.kind === "lost")
        this.#playLoss(item.samples);
      else
        this.#playSilence(item.samples);
    }
    return true;
  }

  /** The next block, or undefined: nobody speaks. */
  take(nowUs: number): Float32Array | undefined {
    const list = this.list?.take();
    let block: Float32Array | undefined;
    if (this.#fill(nowUs)) {
      block = this.#queue.slice(0, BLOCK);
      this.#queue = this.#queue.subarray(BLOCK);
    }
    if (list !== undefined && block !== undefined)
      list.forEach((sample, i) => { block![i]! += sample; });
    block ??= list;
    this.level = block === undefined ? -100 : rmsDb(block);
    return block;
  }

  stats(name: string): SpeakerStats {
    const stats = this.jitter.stats;
    if (!this.plain || this.list === undefined)
      return { ...stats, name, plain: false, level: this.level };
    return { ...stats, name, plain: true, level: this.level, targetMs: this.list.targetMs, delayMs: this.list.delayMs,
      dropped: Math.trunc(this.list.dropped / 48) };
  }
}

export class Playout {
  readonly #speakers = new Map<string, Speaker>();
  #gain = 1; /* the limiter's */
  #roundTripMs = 0;
  deafened = false;

  /* Undefined: there are too many. */
  #speaker(name: string): Speaker | undefined {
    let speaker = this.#speakers.get(name);
    if (speaker === undefined && this.#speakers.size < Limit.callMembersLimit) {
      speaker = new Speaker();
      speaker.jitter.window.roundTripMs = this.#roundTripMs;
      this.#speakers.set(name, speaker);
    }
    return speaker;
  }

  /** A packet that was decoded at nowUs. */
  put(name: string, packet: DecodedPacket, nowUs: number): void {
    const speaker = this.#speaker(name);
    if (speaker === undefined)
      return;
    speaker.plain = false;
    speaker.jitter.put({ sequence: packet.sequence, timestamp: packet.timestamp, samples: packet.samples,
      silence: packet.pcm.length === 0, sound: packet.pcm }, nowUs);
  }

  /** A PCM array of a plain client. */
  putList(name: string, pcm: readonly number[]): void {
    const speaker = this.#speaker(name);
    if (speaker === undefined)
      return;
    speaker.plain = true;
    speaker.list ??= new ListBuffer(BLOCK);
    speaker.list.put(pcm);
  }

  /** volume: 0 to 2. */
  setVolume(name: string, volume: number, muted: boolean): void {
    const speaker = this.#speaker(name);
    if (speaker === undefined)
      return;
    speaker.volume = Math.min(VOLUME_MAX, Math.max(0, volume));
    speaker.muted = muted;
  }

  remove(name: string): void {
    this.#speakers.delete(name);
  }

  /** Of the connection, in ms. */
  set roundTripMs(ms: number) {
    this.#roundTripMs = ms;
    for (const { jitter } of this.#speakers.values())
      jitter.window.roundTripMs = ms;
  }

  /* As cw_mixer_take: the gain falls within the block, before the first sample that is too loud. */
  #limit(out: Float32Array): void {
    let peak = 0, reached = BLOCK;
    for (let i = 0; i < BLOCK; i++) {
      const size = Math.abs(out[i]!);
      if (size * this.#gain > CEILING && reached === BLOCK)
        reached = i;
      peak = Math.max(peak, size);
    }
    const gain = Math.min(peak > CEILING ? CEILING / peak : 1, this.#gain + RELEASE);
    const step = reached > 0 ? (gain - this.#gain) / reached : 0;
    for (let i = 0; i < BLOCK; i++)
      out[i]! *= i < reached ? this.#gain + step * (i + 1) : gain;
    this.#gain = gain;
  }

  /** Writes the next BLOCK samples, to be played from nowUs on; returns how many speakers are in
   * them. */
  take(nowUs: number, out: Float32Array): number {
    let mixed = 0;
    out.fill(0);
    for (const speaker of this.#speakers.values()) {
      const block = speaker.take(nowUs);
      if (block === undefined || this.deafened || speaker.muted || speaker.volume === 0)
        continue;
      for (let i = 0; i < BLOCK; i++)
        out[i]! += block[i]! * speaker.volume;
      mixed++;
    }
    this.#limit(out);
    return mixed;
  }

  get stats(): SpeakerStats[] {
    return [...this.#speakers].map(([name, speaker]) => speaker.stats(name));
  }
}
