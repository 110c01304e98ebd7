/* decode.ts - the packets of each speaker to sound by WebCodecs, in the order in which they came.
 * Called by codec.worker.ts. */
import { isSilence, takeCallPacket, type CallPacket } from "./opus_ext.js";
import type { DecodedPacket } from "./playout.js";
import { Limit } from "../wire/table.js";

const CONFIG: AudioDecoderConfig = { codec: "opus", sampleRate: 48000, numberOfChannels: 1 };
/* More than this waiting is a decoder that hangs: its packets would be late anyway. */
const WAITING_MAX = 50;

class SpeakerDecoder {
  #decoder: AudioDecoder | undefined;
  #waiting: CallPacket[] = []; /* whose sound has not come out yet */
  #us = 0; /* of the next packet, without gaps */

  constructor(readonly take: (packet: DecodedPacket) => void, readonly failed: () => void) {}

  #open(): AudioDecoder {
    const decoder = new AudioDecoder({
      output: (data) => {
        const packet = this.#waiting.shift();
        if (packet !== undefined)
          this.take({ ...numbers(packet), pcm: soundOf(data, packet.samples) });
        data.close();
      },
      error: () => { /* it is closed now; the next packet opens another */
        this.#waiting = [];
        this.#decoder = undefined;
        this.failed();
      },
    });
    decoder.configure(CONFIG);
    return decoder;
  }

  put(packet: CallPacket): void {
    if (isSilence(packet.packet))
      return this.take({ ...numbers(packet), pcm: new Float32Array(0) });
    if (this.#waiting.length >= WAITING_MAX)
      return this.failed();
    this.#decoder ??= this.#open();
    this.#waiting.push(packet);
    this.#decoder.decode(new EncodedAudioChunk({ type: "key", timestamp: this.#us, duration: (packet.samples * 125) / 6,
      data: packet.packet as Uint8Array<ArrayBuffer> }));
    this.#us += Math.round((packet.samples * 125) / 6);
  }

  close(): void {
    this.#decoder?.close();
    this.#decoder = undefined;
  }
}

const numbers = ({ sequence, timestamp, samples }: CallPacket) => ({ sequence, timestamp, samples });

/* The first channel, or the middle of two; exactly `samples`: a decoder may drop the beginning of a
 * stream. */
function soundOf(data: AudioData, samples: number): Float32Array {
  const pcm = new Float32Array(samples);
  const n = Math.min(samples, data.numberOfFrames);
  const plane = new Float32Array(data.numberOfFrames);
  for (let channel = 0; channel < data.numberOfChannels; channel++) {
    data.copyTo(plane, { planeIndex: channel, format: "f32-planar" });
    for (let i = 0; i < n; i++)
      pcm[samples - n + i]! += plane[plane.length - n + i]! / data.numberOfChannels;
  }
  return pcm;
}

export class Decoders {
  readonly #speakers = new Map<string, SpeakerDecoder>();

  constructor(readonly take: (name: string, packet: DecodedPacket) => void, readonly garbage: (name: string) => void) {}

  put(name: string, samples: Uint8Array): void {
    const packet = takeCallPacket(samples);
    if (packet === undefined)
      return this.garbage(name);
    let speaker = this.#speakers.get(name);
    if (speaker === undefined) {
      if (this.#speakers.size === Limit.callMembersLimit)
        return this.garbage(name);
      speaker = new SpeakerDecoder((decoded) => this.take(name, decoded), () => this.garbage(name));
      this.#speakers.set(name, speaker);
    }
    speaker.put(packet);
  }

  forget(name: string): void {
    this.#speakers.get(name)?.close();
    this.#speakers.delete(name);
  }
}
