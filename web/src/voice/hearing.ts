/* hearing.ts - how well people of a call hear each other: what this user does not hear of each speaker,
 * for the speaker, and what the others tell of this user. Pure; the time is a parameter. Caller:
 * call_audio.ts. */
import type { SpeakerStats } from "./playout.js";

type Counted = Pick<SpeakerStats, "name" | "plain" | "received" | "lost" | "late" | "dropped">;

/* A report holds for so long: three of them. */
const GOOD_MS = 6_000;
/* A server passes on so many at once, and takes more for a flood. Of more speakers each second one is
 * told in turn. */
const SPEAKERS_AT_ONCE = 25;

export class Hearing {
  readonly #before = new Map<string, readonly [all: number, missed: number]>();
  #turn = 0;
  readonly #told = new Map<string, { readonly lost: number; readonly at: number }>();

  /** Of whom something came since the last time: per cent of it that was lost, or too late to be
   * heard, or, after a stall of the connection, so old that it was dropped. Packets that a plain
   * client's sound was made of have no numbers. */
  since(speakers: readonly Counted[]): { readonly name: string; readonly lost: number }[] {
    this.#turn ^= 1;
    const due = speakers.length > SPEAKERS_AT_ONCE ? speakers.filter((_, i) => i % 2 === this.#turn) : speakers;
    return due.flatMap(({ name, plain, received, lost, late, dropped }) => {
      const all = received + lost, missed = lost + late + dropped, before = this.#before.get(name) ?? [0, 0];
      this.#before.set(name, [all, missed]);
      const came = all - before[0];
      return plain || came <= 0 ? [] : [{ name, lost: Math.min(100, Math.max(0, Math.round((100 * (missed - before[1])) / came))) }];
    });
  }

  told(sender: string, lost: number, now: number): void {
    if (lost >= 0 && lost <= 100)
      this.#told.set(sender, { lost, at: now });
  }

  /** What the middle one of the listeners does not hear of this user; undefined: nobody has told. One
   * that lies, or whose own network is bad, does not move it. */
  lost(now: number): number | undefined {
    for (const [name, { at }] of this.#told)
      if (now - at > GOOD_MS)
        this.#told.delete(name);
    const all = [...this.#told.values()].map(({ lost }) => lost).sort((a, b) => a - b);
    return all[(all.length - 1) >> 1];
  }
}
