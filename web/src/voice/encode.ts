/* encode.ts - frames of 20 ms to Opus packets by WebCodecs. Called by codec.worker.ts. */
import { FRAME, preSkipOf } from "./ogg.js";

const FRAME_US = 20_000;
/** 32 kbit/s, FEC for 5 % of loss: as the native client. DTX is not wanted: the gate is better. */
const configOf = (bitrate: number): AudioEncoderConfig => ({
  codec: "opus", sampleRate: 48000, numberOfChannels: 1, bitrate,
  opus: { frameDuration: FRAME_US, application: "voip", signal: "voice", packetlossperc: 5, useinbandfec: true, usedtx: false },
}) as AudioEncoderConfig;

export class Encoder {
  #encoder: AudioEncoder;
  #times: number[] = []; /* `at` of frames whose packet has not come out yet */
  #frames = 0;
  preSkip = preSkipOf(undefined);

  /** `take` gets each packet in order, with the `at` of its frame. */
  constructor(readonly take: (packet: Uint8Array, at: number) => void, readonly failed: (error: unknown) => void, bitrate = 32_000) {
    this.#encoder = this.#open(bitrate);
  }

  #open(bitrate: number): AudioEncoder {
    const times: number[] = this.#times = [];
    const encoder = new AudioEncoder({
      output: (chunk, metadata) => {
        const description = metadata?.decoderConfig?.description;
        if (description !== undefined)
          this.preSkip = preSkipOf(bytesOf(description));
        const packet = new Uint8Array(chunk.byteLength);
        chunk.copyTo(packet);
        const at = times.shift();
        if (at !== undefined)
          this.take(packet, at);
      },
      error: this.failed,
    });
    encoder.configure(configOf(bitrate));
    return encoder;
  }

  /** From the next frame on; what has not come out yet is lost. Another encoder, since Firefox goes on
   * with the bit rate that the first one had. */
  setBitrate(bitrate: number): void {
    this.#encoder.close();
    this.#encoder = this.#open(bitrate);
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
