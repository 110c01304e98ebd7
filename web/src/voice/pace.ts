/* pace.ts - how many bits a speaker may send, by what the network does: longer packets first, then
 * fewer bits of speech. The rules, names and numbers are those of src/audio/pace.c, whose header says why, but for HOLD_MS,
 * and that packets are of 20 ms near a server, too; test/pace.test.ts has the looks of test/audio/test_narrow.c. Pure; times are milliseconds.
 * Caller: call_audio.ts. */

export interface Choice {
  /** Of 20 ms, in a packet. */
  readonly frames: number;
  readonly bitrate: number;
}

/** What is seen of the network. */
export interface Sight {
  /** To the server and back; 0: unknown. */
  readonly rttMs: number;
  /** Packets since the last look, and those that the connection had no room for. */
  readonly sent: number;
  readonly refused: number;
  /** Per cent of what was sent, behind the server; or as much as says that a queue grows there. */
  readonly lost: number;
}

const WANTED = 32_000, MIDDLE: Choice = { frames: 2, bitrate: 20_000 };
const CHOICES: readonly Choice[] = [...[1, 2, 3].map((frames) => ({ frames, bitrate: WANTED })),
  ...[24_000, 16_000, 12_000].map((bitrate) => ({ frames: 3, bitrate }))];
/* From the middle: to packets of 40 ms with all bits; less is what is behind 24,000. */
const AFTER_MIDDLE = 1, BEFORE_LESS = 3;
const CONGESTED_PERCENT = 18, UNCALM_PERCENT = 14, DROPS_PERCENT = 3, FLOODED_PERCENT = 30;
const FULL_MS = 100, FULL_FOR_MS = 600, FLOODED_MS = 300;
const TRIED_MS = 2500, TRIED_FULL_MS = 60, TRIED_FOR_MS = 200, TRIED_TOLD_MS = 6000;
const CALM_MS = 80, FARTHER_MS_MAX = 500, HOLD_MS = 1700 /* a ping is sent each second */, TOLD_MS = 3000, NEAR_MS = 8, RISE_EVERY_MS = 1000;
const EAGER_MS = 3000, WAIT_MIN_MS = 15_000, WAIT_MAX_MS = 240_000, CLIMB_MS = 6000;

export class Pace {
  #step = BEFORE_LESS;
  #begins = true; /* the middle rate, before any step */
  #eager = true; /* no queue has been seen yet: more is tried soon */
  #tries = false; /* more was tried, and may be too much */
  #lookedMs = 0;
  #calmMs = 0; /* since then nothing has waited, the time apart in which nothing was sent */
  #fullMs = 0; /* since then a queue is there; 0: none */
  #holdMs = 0; /* what was done about it is seen by then, ... */
  #toldMs = 0; /* ... and those behind the server tell it by then */
  #moreMs = 0; /* when more was tried */
  #waitMs = EAGER_MS; /* so long it must be calm before more is tried */
  #leastMs = 0; /* the shortest round trip of late; 0: unknown */
  #raisedMs = 0; /* it is taken to rise a little: then it did */
  #queueMs = 0; /* the last round trip was so much longer */
  #queueThenMs = 0; /* when less was sent, or since it has helped */
  #lostThen = 0;
  #vain = 0; /* so often in a row it has changed nothing */

  get choice(): Choice { return this.#begins ? MIDDLE : CHOICES[this.#step]!; }

  /** The way is another one: its round trip is not known yet. */
  move(): void { this.#leastMs = this.#queueMs = this.#vain = this.#fullMs = 0; }

  /** Some times a second. True: the choice is another one. */
  look(sight: Sight, nowMs: number): boolean {
    const before = this.choice;
    this.#noteRtt(sight.rttMs, nowMs);
    this.#isFull(sight, nowMs) ? this.#answerFull(sight, nowMs) : this.#answerRoom(sight, nowMs);
    this.#lookedMs = nowMs;
    return this.choice !== before;
  }

  /* --- what is seen ------------------------------------------------------------------------- */

  #noteRtt(rttMs: number, nowMs: number): void {
    this.#queueMs = 0;
    if (rttMs === 0)
      return;
    if (this.#leastMs === 0 || rttMs < this.#leastMs) {
      this.#leastMs = rttMs;
      this.#raisedMs = nowMs;
    } else if (nowMs - this.#raisedMs >= RISE_EVERY_MS) {
      this.#leastMs++;
      this.#raisedMs = nowMs;
    }
    this.#queueMs = Math.max(0, rttMs - this.#leastMs);
  }

  #triedWithin(nowMs: number, ms: number): boolean { return this.#tries && nowMs - this.#moreMs < ms; }

  /* For some time, as a single late answer is usual; sooner of what was only tried. */
  #isQueue(nowMs: number): boolean {
    const tried = this.#triedWithin(nowMs, TRIED_MS);
    if (this.#queueMs < (tried ? TRIED_FULL_MS : FULL_MS))
      this.#fullMs = 0;
    else
      this.#fullMs ||= nowMs;
    return this.#fullMs !== 0 && nowMs - this.#fullMs >= (tried ? TRIED_FOR_MS : FULL_FOR_MS);
  }

  #isFull({ lost, refused }: Sight, nowMs: number): boolean {
    const most = this.#triedWithin(nowMs, TRIED_TOLD_MS) ? UNCALM_PERCENT : CONGESTED_PERCENT;
    return this.#isQueue(nowMs) || (lost >= most && nowMs >= this.#toldMs) || refused > 0;
  }

  /* --- less --------------------------------------------------------------------------------- */

  /* Has it helped that less is sent: becomes the queue shorter, or is less lost? */
  #hasHelped({ lost, refused }: Sight): boolean {
    return refused === 0 && (this.#queueMs >= FULL_MS ? this.#queueMs * 9 / 8 < this.#queueThenMs : lost * 4 / 3 < this.#lostThen);
  }

  /* Nothing has changed at all: it is no queue, the way has become longer. */
  #isInVain({ lost, refused }: Sight): boolean {
    const now = this.#queueMs, then = this.#queueThenMs;
    const same = now >= FULL_MS && now * 9 / 8 >= then && then * 9 / 8 >= now;
    const other = now >= FARTHER_MS_MAX || lost >= DROPS_PERCENT || refused > 0;
    this.#vain = same && !other && this.#holdMs !== 0 ? this.#vain + 1 : 0;
    return this.#vain === 2;
  }

  #sendLess(): void {
    if (this.#eager)
      this.#waitMs = this.#tries ? 2 * WAIT_MIN_MS : WAIT_MIN_MS;
    else if (this.#tries)
      this.#waitMs = Math.min(WAIT_MAX_MS, 2 * this.#waitMs);
    this.#step = Math.min(this.#step + 1, CHOICES.length - 1);
    this.#tries = this.#eager = this.#begins = false;
  }

  #answerFull(sight: Sight, nowMs: number): void {
    this.#calmMs = nowMs;
    if (nowMs < this.#holdMs)
      return;
    const again = this.#holdMs !== 0, helped = again && this.#hasHelped(sight);
    if (helped)
      this.#vain = 0;
    else if (this.#isInVain(sight)) {
      this.move();
      this.#eager = true;
      this.#waitMs = EAGER_MS;
      this.#holdMs = 0;
      return;
    }
    this.#queueThenMs = this.#queueMs;
    this.#lostThen = sight.lost;
    this.#holdMs = nowMs + HOLD_MS + sight.rttMs;
    this.#toldMs = nowMs + TOLD_MS;
    if (helped)
      return;
    this.#sendLess();
    if (again && (this.#queueMs >= FLOODED_MS || sight.lost >= FLOODED_PERCENT))
      this.#sendLess();
  }

  /* --- more --------------------------------------------------------------------------------- */

  #sendMore(nowMs: number): void {
    if (this.#step === 0 && !this.#eager)
      this.#waitMs = WAIT_MIN_MS;
    this.#tries = this.#step !== 0;
    this.#moreMs = nowMs;
    this.#step = this.#begins ? AFTER_MIDDLE : Math.max(0, this.#step - 1);
    this.#begins = false;
  }

  #answerRoom({ rttMs, sent, lost }: Sight, nowMs: number): void {
    this.#vain = 0;
    if (this.#begins && rttMs !== 0 && rttMs <= NEAR_MS) {
      this.#begins = false;
      this.#step = 0;
    }
    if (this.#queueMs >= CALM_MS || lost >= UNCALM_PERCENT || this.#lookedMs === 0)
      this.#calmMs = nowMs;
    if (sent === 0 && this.#calmMs < nowMs)
      this.#calmMs += nowMs - this.#lookedMs;
    if (this.#queueMs < CALM_MS && nowMs >= this.#toldMs)
      this.#holdMs = 0;
    const climbs = this.#tries && this.#step !== 0 && !this.#eager;
    if (nowMs - this.#calmMs < (climbs ? CLIMB_MS : this.#waitMs))
      return;
    this.#calmMs = nowMs;
    this.#holdMs = 0;
    this.#sendMore(nowMs);
  }
}
