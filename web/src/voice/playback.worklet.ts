/* playback.worklet.ts - in the audio thread: plays what playout.ts mixes, by the audio clock, and
 * reports what it measures. A file of its own, as capture.worklet.ts. */
import { PLAYBACK, type PlaybackReport, type ToPlayback } from "./messages.js";
import { BLOCK, Playout } from "./playout.js";
import { StallMeter } from "./stalls.js";

const REPORT_FRAMES = 24000; /* twice a second */

registerProcessor(PLAYBACK, class extends AudioWorkletProcessor {
  readonly #playout = new Playout();
  readonly #stalls = new StallMeter();
  #reportAt = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ToPlayback>) => this.#take(data);
  }

  get #nowUs(): number {
    return (currentFrame * 125) / 6;
  }

  #take(message: ToPlayback): void {
    switch (message.kind) {
      case "packet": return this.#playout.put(message.name, message, this.#nowUs);
      case "list": return this.#playout.putList(message.name, message.pcm);
      case "volume": return this.#playout.setVolume(message.name, message.volume, message.muted);
      case "remove": return this.#playout.remove(message.name);
      case "deafened": this.#playout.deafened = message.deafened; return;
      case "round trip": this.#playout.roundTripMs = message.ms; return;
      case "port": message.port.onmessage = ({ data }: MessageEvent<ToPlayback>) => this.#take(data);
    }
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    const channels = outputs[0] ?? [];
    const [first] = channels;
    if (first === undefined || first.length !== BLOCK)
      return true;
    this.#playout.take(this.#nowUs, first);
    for (const channel of channels.slice(1))
      channel.set(first);
    this.#stalls.tick(Date.now(), currentFrame / 48);
    if (currentFrame >= this.#reportAt)
      this.#report();
    return true;
  }

  #report(): void {
    this.#reportAt = currentFrame + REPORT_FRAMES;
    const report: PlaybackReport = { speakers: this.#playout.stats, stalls: this.#stalls.count };
    this.port.postMessage(report);
  }
});
