/* encode.ts - frames of 20 ms to Opus packets by WebCodecs. Called by codec.worker.ts. */
import { FRAME, preSkipOf } from "./ogg.js";

const FRAME_US = 20_000;
/** 32 kbit/s, FEC for 5 % of loss: as the native client. DTX is not wanted: the gate is better. */
const CONFIG = {
  codec: "opus", sampleRate: 48000, numberOfChannels: 1, bitrate: 32000,
  opus: { frameDuration: FRAME_US, application: "voip", signal: "voice", packetlossperc: 5, useinbandfec: true, usedtx: false },
} as AudioEncoderConfig;

export class Encoder {
  readonly #encoder: AudioEncoder;
  readonly #times: number[] = []; /* `at` of frames whose packet has not come out yet */
  #frames = 0;
  preSkip = preSkipOf(undefined);

  /** `take` gets each packet in order, with the `at` of its frame. */
  constructor(take: (packet: Uint8Array, at: number) => void, failed: (error: unknown) => void) {
    this.#encoder = new AudioEncoder({
      output: (chunk, metadata) => {
        const description = metadata?.decoderConfig?.description;
        if (description !== undefined)
          this.preSkip = preSkipOf(bytesOf(description));
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        const at = this.#times.shift();
        if (at !== undefined)
          take(packet, at);
      },
      error: failed,
    });
    this.#encoder.configure(CONFIG);
  }

  /* Time goes on without gaps for the encoder, whatever the gate does. */
  encode(pcm: Float32Array, at: number): void {
    const data = new AudioData({ format: "f32-planar", sampleRate: 48000, numberOfFrames: FRAME, numberOfChannels: 1,
      timestamp: this.#frames++ * FRAME_US, data: pcm as Float32Array<ArrayBuffer> });
    this.#times.push(at);
    this.#encoder.encode(data);
    data.close();
  }

  async finish(): Promise<void> {
    await this.#encoder.flush();
    this.#encoder.close();
  }
}

function bytesOf(source: AllowSharedBufferSource): Uint8Array {
  return ArrayBuffer.isView(source) ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength) : new Uint8Array(source);
}
