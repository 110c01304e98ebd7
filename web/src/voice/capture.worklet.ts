/* capture.worklet.ts - in the audio thread: collects the microphone into frames of 20 ms and gives
 * them to the codec's worker. A file of its own, since the page's CSP refuses blob: worklets. */
import { CAPTURE, type Captured } from "./messages.js";
import { FRAME } from "./ogg.js";

registerProcessor(CAPTURE, class extends AudioWorkletProcessor {
  #codec: MessagePort | undefined;
  #pcm = new Float32Array(FRAME);
  #n = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<{ port: MessagePort }>) => { this.#codec = data.port; };
  }

  process(inputs: Float32Array[][]): boolean {
    const channels = inputs[0] ?? [];
    const length = channels[0]?.length ?? 0;
    for (let i = 0; i < length; i++) {
      this.#pcm[this.#n++] = channels.reduce((sum, channel) => sum + channel[i]!, 0) / channels.length;
      if (this.#n === FRAME)
        this.#hand(currentFrame + i + 1 - FRAME);
    }
    return true;
  }

  #hand(at: number): void {
    const frame: Captured = { at, pcm: this.#pcm };
    this.#codec?.postMessage(frame, [this.#pcm.buffer]);
    this.#pcm = new Float32Array(FRAME);
    this.#n = 0;
  }
});
