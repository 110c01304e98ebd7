/* jitter.ts - an adaptive jitter buffer for one speaker: packets in as they arrive, packets out when
 * it is time to play them. The rules, names and numbers are those of src/audio/jitter.c, which says
 * why; the tests of both assert the same counts. It neither decodes nor mixes, and the time is a
 * parameter, so that tests and the audio clock of a worklet can drive it.
 *
 * What differs: packets are decoded before they come here, since WebCodecs answers later and an
 * audio worklet cannot wait; so a buffer holds `sound`, and the delay of decoding counts as delay
 * of the network. And WebCodecs has no access to the FEC in a packet: `next` of a lost one only says
 * that its successor is there, and where there is jitter the target does not wait for that one.
 * The target rises some packets after they have become longer, and falls slowly in silence, too.
 * There is room for more, since a buffer does not hold room for the longest packets.
 * Caller: playout.ts.
 *
 * Times are microseconds; positions in the stream are samples at 48 kHz, unwrapped. */
import { DelayWindow } from "./delay_window.js";
import { SequenceLog } from "./sequence_log.js";
import { Stall } from "./stall.js";

const PER_MS = 48;
const PACKETS_MAX = 128;
const SAMPLES_MAX = 60 * PER_MS;
const TARGET_US_MIN = 5000;
const SEQUENCE_JUMP_MAX = 1000;
const GAP_US_MAX = 10_000_000;
const CONCEAL_MAX = 100 * PER_MS;
/* Beyond the target by EXCESS_US, the delay is reduced even where that may be heard; beyond the
 * next value packets are dropped. In silence the delay is always reduced. */
const EXCESS_US = 15_000, EXCESS_DROP_US = 80_000;
/* A delay this much below the target is lengthened. The target has the same margin. */
const LACK_US = 2000;
/* A talk spurt may begin with what was said up to so long before its sender's gate opened: those
 * packets are late by design. They are played, and their delays say nothing about the network. */
const LOOK_BACK_US = 40_000;
/* The target until delays have been measured. */
const FIRST_TARGET_US = 20_000, FIRST_PACKETS = 10;
/* So many packets, each later than the target and than the first of them: a queue grows. */
const LATE_RUN_PACKETS = 3;
/* The target falls by one in 40 of the audio, which is slow enough for stretching to follow, and after a
 * stall by one in 5. */
const TARGET_FALL = 40, TARGET_FALL_FAST = 5;
/* Less than this is no gap: a sender that rounds. */
const ROUNDING = 120;

export type Put = "taken" | "duplicate" | "late" | "strange";

export interface Arrival<Sound> {
  readonly sequence: number;
  readonly timestamp: number;
  readonly samples: number;
  /** The speaker says that silence begins here (DTX): there is nothing to decode. */
  readonly silence: boolean;
  readonly sound: Sound;
}

export type Stretch = "as it is" | "shorten" | "shorten if quiet" | "lengthen";

export type Item<Sound> =
  | { readonly kind: "packet"; readonly stretch: Stretch; readonly spare: number; readonly cut: boolean;
      readonly fresh: boolean; readonly silence: boolean; readonly samples: number; readonly sound: Sound }
  | { readonly kind: "lost"; readonly samples: number; readonly next: boolean }
  | { readonly kind: "silence" | "nothing"; readonly samples: number };

export interface JitterStats {
  readonly received: number;
  readonly late: number;
  readonly duplicates: number;
  readonly lost: number;
  readonly dropped: number;
  readonly played: number;
  readonly concealedMs: number;
  readonly restarts: number;
  readonly targetMs: number;
  readonly delayMs: number;
  readonly jitterMs: number;
}

interface Waiting<Sound> extends Arrival<Sound> {
  readonly position: number;
}

const toUs = (samples: number): number => Math.trunc((samples * 125) / 6);

export class Jitter<Sound> {
  /** Its round trip is for the caller to set. */
  readonly window = new DelayWindow();
  #state: "empty" | "silent" | "talking" = "empty";
  #started = false; /* a packet was taken in this stream */
  #fresh = false; /* ... and none has been handed out since */
  #cut = false; /* packets were dropped before the next one */
  #expected = 0; /* sequence that is played next */
  #standIn = 0; /* frames concealed since the last packet */
  #jump: number | undefined; /* the last packet did not fit the stream; this one would confirm it */
  #newest = 0; /* position of the latest packet taken in */
  #newestUs = 0; /* its arrival */
  #next = 0; /* position to be handed out */
  #frame = 0; /* samples of the last packet */
  #concealedRun = 0;
  readonly #log = new SequenceLog();
  #stall = new Stall();
  #provisional = false; /* the window only has what the first spurt began with */
  #silenceCame = false; /* the newest packet said that there is silence */
  #spurt = 0; /* position of the first packet after that */
  readonly #run = { packets: 0, firstUs: 0, nextUs: 0 }; /* late ones in a row; so late was the first; so late the next will be */
  #lastTransit = 0;
  #jitterUs = 0;
  #delayUs = 0; /* beyond the base, smoothed */
  #targetUs = 0;
  #excessUs = 0; /* of the delay beyond the target, for the packet due next */
  #queued = 0; /* audio handed out and not played yet, samples */
  readonly #waiting: Waiting<Sound>[] = []; /* by position */
  readonly #counts = { received: 0, late: 0, duplicates: 0, dropped: 0, played: 0, concealedMs: 0, restarts: 0 };

  /** `tick`: the samples that the caller plays at a time. */
  constructor(readonly tick: number) {}

  #wantedUs(): number {
    const growing = this.#run.packets >= LATE_RUN_PACKETS ? this.#run.nextUs : 0;
    let wanted = Math.max(this.window.spread, growing, this.#stall.drainUs) + LACK_US;
    if (this.window.length < FIRST_PACKETS)
      wanted = Math.max(wanted, FIRST_TARGET_US);
    /* When packets are lost, the packet after a gap must be there in time. */
    if (!this.#log.complete)
      wanted = Math.max(wanted, toUs(this.tick + this.#frame));
    return Math.min(Math.max(wanted, TARGET_US_MIN), this.window.mostUs);
  }

  /* With each packet, of so many samples. */
  #followTarget(samples: number): void {
    const wanted = this.#wantedUs(), { heals } = this.#stall;
    const fallen = this.#targetUs - Math.trunc(toUs(samples) / (heals ? TARGET_FALL_FAST : TARGET_FALL));
    this.#targetUs = Math.max(wanted, fallen);
    this.#stall.heals = heals && wanted < fallen;
  }

  /* --- packets in ------------------------------------------------------------------ */

  /* Starts a new stream with this packet; only the counters stay. */
  #begin(packet: Arrival<Sound>, nowUs: number): void {
    this.#counts.dropped += this.#waiting.length;
    this.#waiting.length = 0;
    this.#counts.restarts += this.#started ? 1 : 0;
    this.#started = this.#fresh = true;
    this.#stall = new Stall();
    this.#run.packets = 0;
    this.#silenceCame = true;
    this.#jump = undefined;
    this.#state = "silent";
    this.#log.begin(packet.sequence);
    this.#targetUs = 0;
    this.#expected = packet.sequence;
    this.#newest = packet.timestamp;
    this.#newestUs = nowUs;
    this.#lastTransit = nowUs - toUs(this.#newest);
    this.window.clear();
  }

  /* The packet's place in the stream, the timestamp unwrapped. */
  #positionOf(packet: Arrival<Sound>): number {
    return this.#newest + ((packet.timestamp - this.#newest) | 0);
  }

  /* Is its sequence number or its timestamp too far from the stream? */
  #isStrange(packet: Arrival<Sound>, nowUs: number): boolean {
    const step = (packet.sequence - this.#log.highest) | 0;
    const aside = nowUs - this.#newestUs - toUs(this.#positionOf(packet) - this.#newest);
    return Math.abs(step) > SEQUENCE_JUMP_MAX || Math.abs(aside) > GAP_US_MAX;
  }

  /* Is it one of the first packets of a talk spurt? */
  #isBeginning(position: number): boolean {
    return position >= this.#spurt && toUs(position - this.#spurt) <= LOOK_BACK_US;
  }

  /* As src/audio/late_run.h. */
  #noteLate(lateUs: number): void {
    const run = this.#run;
    if (lateUs <= this.#targetUs || (run.packets > 0 && lateUs < run.firstUs)) {
      run.packets = 0;
      return;
    }
    if (run.packets++ === 0)
      run.firstUs = lateUs;
    run.nextUs = 2 * lateUs - run.firstUs;
  }

  /* What a stream begins with may be look-back, and only counts until something else comes. */
  #measureFirst(transit: number, lengthUs: number, begins: boolean): void {
    this.window.clear();
    this.window.add(transit, lengthUs);
    this.#lastTransit = transit;
    this.#provisional = begins;
  }

  /* Remembers the delay, unless it says nothing of the next ones: what was said before a gate opened is
   * late by design. False: it is that. */
  #measureNext(transit: number, lengthUs: number, begins: boolean, nowUs: number): boolean {
    const lateUs = transit - this.window.base;
    if (begins && lateUs > 0 && lateUs <= this.#targetUs + LOOK_BACK_US)
      return false;
    /* RFC 3550 A.8: J += (|D| - J) / 16. */
    this.#jitterUs += (Math.abs(transit - this.#lastTransit) - this.#jitterUs) / 16;
    this.#lastTransit = transit;
    const skipped = this.#stall.note(lateUs, this.window.mostUs, lengthUs, this.#newestUs, nowUs);
    if (this.#stall.other) {
      this.window.clear();
      this.#run.packets = this.#targetUs = 0;
    } else
      this.#noteLate(lateUs);
    if (!skipped)
      this.window.add(transit, lengthUs);
    return true;
  }

  #measure(packet: Arrival<Sound>, position: number, nowUs: number): void {
    const transit = nowUs - toUs(position), lengthUs = toUs(packet.samples), begins = this.#isBeginning(position);
    if (this.#provisional || this.window.length === 0)
      this.#measureFirst(transit, lengthUs, begins);
    else if (!this.#measureNext(transit, lengthUs, begins, nowUs))
      return;
    this.#followTarget(packet.samples);
  }

  /* Is it the packet that is due, which could not come sooner: longer than those before, or the first of a
   * pair? It is played, and what was concealed meanwhile is no part of it. */
  #goesOn({ sequence, samples }: Arrival<Sound>, behind: number): boolean {
    return sequence === this.#expected && behind <= this.#concealedRun && (samples > this.#frame || samples === SAMPLES_MAX);
  }

  #isLate(packet: Arrival<Sound>, position: number): boolean {
    const behind = this.#next - position;
    if (this.#state !== "talking")
      return ((packet.sequence - this.#expected) | 0) < 0;
    if (behind <= 0 || !this.#goesOn(packet, behind))
      return behind > 0;
    this.#next = position;
    this.#standIn = 0;
    this.#delayUs += toUs(behind);
    return false;
  }

  #store(packet: Arrival<Sound>, position: number): void {
    if (this.#waiting.length === PACKETS_MAX) {
      this.#waiting.shift();
      this.#counts.dropped++;
    }
    let at = this.#waiting.length;
    while (at > 0 && this.#waiting[at - 1]!.position > position)
      at--;
    this.#waiting.splice(at, 0, { ...packet, position });
  }

  /** Puts in a packet that came at nowUs of a clock that never goes back. */
  put(packet: Arrival<Sound>, nowUs: number): Put {
    this.#counts.received++;
    const confirmed = packet.sequence === this.#jump;
    const longGap = nowUs - this.#newestUs > GAP_US_MAX;
    if (!this.#started || (this.#state !== "talking" && longGap))
      this.#begin(packet, nowUs);
    else if (this.#isStrange(packet, nowUs)) {
      if (!confirmed) {
        this.#jump = (packet.sequence + 1) >>> 0;
        this.#counts.dropped++;
        return "strange";
      }
      this.#begin(packet, nowUs);
    }
    this.#jump = undefined;
    if (!this.#log.note(packet.sequence, packet.samples)) {
      this.#counts.duplicates++;
      return "duplicate";
    }
    const position = this.#positionOf(packet);
    if (this.#silenceCame)
      this.#spurt = position;
    this.#measure(packet, position, nowUs);
    if (position >= this.#newest)
      this.#silenceCame = packet.silence;
    this.#newest = Math.max(this.#newest, position);
    this.#newestUs = nowUs;
    if (this.#isLate(packet, position)) {
      this.#counts.late++;
      return "late";
    }
    this.#store(packet, position);
    return "taken";
  }

  /* --- packets out ------------------------------------------------------------------ */

  /* Is the packet due, or overdue, at the target's delay? */
  #isDue(position: number, nowUs: number, moreUs = 0): boolean {
    return nowUs - toUs(position) >= this.window.base + this.#targetUs + moreUs;
  }

  /* Drops packets that are too old: the next one is due already, and is not the beginning of what
   * was said before a gate opened. */
  #dropOverdue(nowUs: number): void {
    while (this.#waiting.length > 1 && this.#isDue(this.#waiting[1]!.position, nowUs,
      this.#isBeginning(this.#waiting[0]!.position) ? LOOK_BACK_US : 0)) {
      this.#waiting.shift();
      this.#counts.dropped++;
      this.#cut = true;
    }
  }

  #pause(kind: "silence" | "nothing"): Item<Sound> {
    return { kind, samples: this.tick };
  }

  #fallSilent(): void {
    this.#state = "silent";
    this.#expected = this.#waiting[0]?.sequence ?? (this.#log.highest + 1) >>> 0;
  }

  /* Samples by which a packet may be shortened without the next one being needed before its target
   * delay: the queued audio and the whole ticks of the excess. */
  get #spare(): number {
    const tickUs = toUs(this.tick);
    return this.#excessUs < 0 ? 0 : this.#queued + Math.trunc(this.#excessUs / tickUs) * this.tick;
  }

  get #advice(): Stretch {
    if (this.#excessUs < -LACK_US)
      return "lengthen";
    if (this.#excessUs > EXCESS_US)
      return "shorten";
    return this.#spare > 0 ? "shorten if quiet" : "as it is";
  }

  #handOut(packet: Waiting<Sound>): Item<Sound> {
    this.#waiting.shift();
    const item: Item<Sound> = { kind: "packet", stretch: packet.silence ? "as it is" : this.#advice, spare: this.#spare,
      cut: this.#cut, fresh: this.#fresh, silence: packet.silence, samples: packet.samples, sound: packet.sound };
    this.#cut = this.#fresh = false;
    this.#counts.played++;
    this.#expected = (packet.sequence + 1) >>> 0;
    this.#standIn = this.#concealedRun = 0;
    this.#frame = packet.samples;
    this.#next = packet.position + packet.samples;
    this.#state = "talking";
    if (packet.silence)
      this.#fallSilent();
    return item;
  }

  /* In silence the delay can be changed freely: the next packet is played exactly at the target. */
  #nextInSilence(nowUs: number): Item<Sound> {
    this.#dropOverdue(nowUs);
    const packet = this.#waiting[0];
    if (packet === undefined || !this.#isDue(packet.position, nowUs))
      return this.#pause(this.#fresh ? "nothing" : "silence");
    this.#delayUs = nowUs - toUs(packet.position) - this.window.base;
    this.#excessUs = this.#delayUs - this.#targetUs;
    this.#queued = 0;
    return this.#handOut(packet);
  }

  /* `hold`: the concealment is inserted, which adds delay; else it replaces lost audio. */
  #conceal(samples: number, hold: boolean, next: boolean): Item<Sound> {
    this.#counts.concealedMs += Math.trunc(samples / PER_MS);
    this.#concealedRun += samples;
    if (hold)
      this.#delayUs += toUs(samples);
    else {
      this.#next += samples;
      this.#standIn++;
    }
    return { kind: "lost", samples, next };
  }

  /* The packet that is due is missing, and a later one is there. */
  #nextBefore(packet: Waiting<Sound>): Item<Sound> {
    const missing = ((packet.sequence - this.#expected) | 0) - this.#standIn;
    const gap = packet.position - this.#next;
    let samples = Math.min(gap, this.#frame);
    if (samples < ROUNDING)
      return this.#handOut(packet);
    if (missing <= 0 || this.#concealedRun >= CONCEAL_MAX) {
      this.#fallSilent();
      return this.#pause("silence");
    }
    samples -= samples % ROUNDING;
    return this.#conceal(samples, false, gap === samples);
  }

  #nextInTalk(nowUs: number): Item<Sound> {
    const packet = this.#waiting[0];
    if (this.#excessUs > EXCESS_DROP_US && packet !== undefined) {
      this.#fallSilent();
      return this.#nextInSilence(nowUs);
    }
    if (packet !== undefined)
      return packet.position <= this.#next ? this.#handOut(packet) : this.#nextBefore(packet);
    if (this.#concealedRun >= CONCEAL_MAX) {
      this.#fallSilent();
      return this.#pause("silence");
    }
    return this.#conceal(this.#frame, this.#excessUs < -LACK_US, false);
  }

  /* The delay is that of the audio that is heard, smoothed because ticks come unevenly. A packet is
   * needed earlier, by the queued audio, when it is handed out. */
  #measureDelay(nowUs: number, queued: number): void {
    const queuedUs = toUs(queued);
    this.#queued = queued;
    const delay = nowUs + queuedUs - toUs(this.#next) - this.window.base;
    this.#delayUs += Math.trunc((delay - this.#delayUs) / 8);
    this.#excessUs = this.#delayUs - queuedUs - this.#targetUs;
  }

  /** What is to be played next. `queued` is the audio that was handed out and is not played yet, in
   * samples: ask when that is less than a tick. */
  next(nowUs: number, queued: number): Item<Sound> {
    if (this.#state === "empty")
      return this.#pause("nothing");
    if (this.#state === "silent")
      return this.#nextInSilence(nowUs);
    this.#measureDelay(nowUs, queued);
    return this.#nextInTalk(nowUs);
  }

  /** The samples by which a packet's audio became longer (negative: shorter). */
  stretched(samples: number): void {
    this.#delayUs += toUs(samples);
  }

  /** Is there nothing to be played and nothing waiting? */
  get idle(): boolean {
    return this.#state !== "talking" && this.#waiting.length === 0;
  }

  get stats(): JitterStats {
    return { ...this.#counts, lost: this.#log.lost, targetMs: Math.trunc(this.#targetUs / 1000),
      delayMs: Math.trunc(this.#delayUs / 1000), jitterMs: Math.trunc(this.#jitterUs / 1000) };
  }
}
