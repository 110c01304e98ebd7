/* packer.ts - joins packets of a speaker into longer ones, which cost fewer bits on the way: each has a
 * head of some 150 bytes there. The same rules as src/audio/packer.c. Pure. Caller: codec.worker.ts. */
import { OPUS_PACKET_MAX, isSilence } from "./opus_ext.js";

/** Of 20 ms: a packet of a call has at most 60. */
export const FRAMES_MAX = 3;

export interface Packet {
  readonly packet: Uint8Array;
  readonly at: number; /* its first sample, by the audio clock */
}

/* RFC 6716 3.2.1: the length of a frame in one or two octets. */
const lengthOf = (size: number): readonly number[] => (size < 252 ? [size] : [252 + (size & 3), (size - 252 - (size & 3)) >> 2]);

/* RFC 6716 3.2.5: one packet of frames of stated lengths; the last one has what is left. */
function join(packets: readonly Packet[]): Packet {
  const [first] = packets as [Packet];
  if (packets.length === 1)
    return first;
  const frames = packets.map(({ packet }) => packet.subarray(1));
  const head = [first.packet[0]! | 3, 128 | frames.length, ...frames.slice(0, -1).flatMap(({ length }) => lengthOf(length))];
  const packet = new Uint8Array(frames.reduce((sum, { length }) => sum + length, head.length));
  packet.set(head);
  let place = head.length;
  for (const frame of frames) {
    packet.set(frame, place);
    place += frame.length;
  }
  return { packet, at: first.at };
}

export class Packer {
  /** So many packets are joined from here on: 1 to FRAMES_MAX. */
  frames = 1;
  #held: Packet[] = [];

  /** Takes in a packet of `samples`; gives those that are to be sent now. What cannot be joined (silence,
   * a change of the codec's mode, a gap, a packet of several frames) is not. */
  take(next: Packet, samples: number): Packet[] {
    const before = this.#held.at(-1);
    const due = before !== undefined && !this.#joins(before, next, samples) ? [this.#flush()] : [];
    this.#held.push(next);
    if (this.#held.length >= this.frames || isSilence(next.packet))
      due.push(this.#flush());
    return due;
  }

  #joins(before: Packet, next: Packet, samples: number): boolean {
    const size = this.#held.reduce((sum, { packet }) => sum + packet.length + 2, next.packet.length);
    return before.packet[0] === next.packet[0] && (next.packet[0]! & 3) === 0 && !isSilence(next.packet)
      && before.at + samples === next.at && size <= OPUS_PACKET_MAX;
  }

  #flush(): Packet {
    const held = this.#held;
    this.#held = [];
    return join(held);
  }
}
