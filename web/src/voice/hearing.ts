/* hearing.ts - how well people of a call hear each other: what this user does not hear of each speaker,
 * or that it comes later and later, for the speaker; and what the others tell of this user. The rules
 * and numbers are those of src/audio/hearing.c and src/client/client_reports.c. Pure; times are
 * milliseconds. Caller: call_audio.ts. */
import { CALL_PACKET_HEADER, packetSamples } from "./opus_ext.js";
import type { SpeakerStats } from "./playout.js";

type Counted = Pick<SpeakerStats, "name" | "plain" | "received" | "lost" | "late" | "dropped">;

const LOOK_MS = 500, TELL_MS = 2000, GOOD_MS = 5000, AGAIN_MS = 1000;
const RISE = 32, SLOW_MS = 60, SAME_MS = 20, SAME_LOOKS = 8, STRANGE_MS = 10_000, SLOW_PERCENT = 20;
/* A report holds for so long: three of them. */
const HOLDS_MS = 6_000;
const PER_MS = 48;

/** Behind the last sample of a packet: who speaks sends it then. */
function endOf(samples: Uint8Array): number {
  return new DataView(samples.buffer, samples.byteOffset).getUint32(4) + packetSamples(samples.subarray(CALL_PACKET_HEADER));
}

/** How one speaker is heard. */
class Way {
  #end: number | undefined; /* of the last packet, by its timestamp */
  #position = 0; /* the same, counted on, in samples */
  #least = 0; /* the shortest way of late, by a clock that begins anywhere */
  #low = Infinity; /* ... since the last look */
  #same = 0; /* it was about the same for so many looks ... */
  #sameAs = 0;
  #slow = false; /* what comes is much later than it was */
  #looked = 0;
  #told = 0;
  #good = false; /* nothing was missed, when it was told last */
  #came = 0;
  #missed = 0;

  note(end: number, now: number): void {
    this.#position += (end - (this.#end ?? end)) | 0;
    const way = now - this.#position / PER_MS;
    if (this.#end === undefined || Math.abs(way - this.#least) > STRANGE_MS) { /* another stream */
      this.#position = 0;
      this.#least = now;
      this.#low = Infinity;
      this.#slow = false;
    }
    this.#end = end;
    this.#low = Math.min(this.#low, now - this.#position / PER_MS);
  }

  #look(now: number): void {
    const low = this.#low;
    this.#looked = now;
    this.#low = Infinity;
    if (low === Infinity)
      return;
    if (Math.abs(low - this.#sameAs) > SAME_MS) {
      this.#sameAs = low;
      this.#same = 0;
    } else if (++this.#same >= SAME_LOOKS && this.#slow)
      this.#least = low; /* it has become longer: that is no queue */
    const more = low - this.#least;
    this.#least += more < 0 ? more : more / RISE;
    this.#slow = more >= SLOW_MS;
  }

  /** Per cent, if it is to be told. `came`: packets so far, with those that were lost; `missed`: those of
   * them that were not heard. */
  due(came: number, missed: number, now: number): number | undefined {
    if (now - this.#looked < LOOK_MS)
      return undefined;
    const wasSlow = this.#slow;
    this.#look(now);
    if (now - this.#told < (this.#slow ? (wasSlow ? AGAIN_MS : 0) : this.#good && missed === this.#missed ? GOOD_MS : TELL_MS))
      return undefined;
    const more = came - this.#came, lost = Math.floor((100 * Math.max(0, missed - this.#missed)) / more);
    this.#told = now;
    this.#good = more > 0 && lost === 0 && !this.#slow;
    this.#came = came;
    this.#missed = missed;
    return more > 0 ? Math.min(100, this.#slow ? Math.max(lost, SLOW_PERCENT) : lost) : undefined;
  }
}

export class Hearing {
  readonly #ways = new Map<string, Way>();
  #last = 0;
  readonly #told = new Map<string, { readonly lost: number; readonly at: number }>();

  #wayOf(name: string): Way {
    const way = this.#ways.get(name) ?? new Way();
    this.#ways.set(name, way);
    return way;
  }

  /** A packet of a speaker has come. */
  note(name: string, samples: Uint8Array, now: number): void { this.#wayOf(name).note(endOf(samples), now); }

  /** Ten times a second: whom to tell how they are heard, one at a time, since a server takes more for a
   * flood. Packets that a plain client's sound was made of have no numbers. */
  due(speakers: readonly Counted[], now: number): { readonly name: string; readonly lost: number } | undefined {
    for (let left = speakers.length; left > 0; left--) {
      this.#last = (this.#last + 1) % speakers.length;
      const { name, plain, received, lost, late, dropped } = speakers[this.#last]!;
      const told = plain ? undefined : this.#wayOf(name).due(received + lost, lost + late + dropped, now);
      if (told !== undefined)
        return { name, lost: told };
    }
    return undefined;
  }

  told(sender: string, lost: number, now: number): void {
    if (lost >= 0 && lost <= 100)
      this.#told.set(sender, { lost, at: now });
  }

  /** What the middle one of so many listeners does not hear of this user, where who does not tell hears all;
   * undefined: nobody has told. One that lies, or whose own network is bad, does not move it. */
  lost(listeners: number, now: number): number | undefined {
    for (const [name, { at }] of this.#told)
      if (now - at > HOLDS_MS)
        this.#told.delete(name);
    const all = [...this.#told.values()].map(({ lost }) => lost).sort((a, b) => a - b);
    const silent = Math.max(0, listeners - all.length);
    return all.length === 0 ? undefined : all[((all.length + silent - 1) >> 1) - silent] ?? 0;
  }
}
