/* graph.ts - the audio of a call or a recording in this browser: microphone, worklets, worker and
 * loudspeaker, joined. It knows neither calls nor the connection: packets go out by `onPacket` and
 * come in by `put`. Callers: call_audio.ts, recorder.ts, the device check. */
import { CAPTURE, PLAYBACK, type FromCodec, type PlaybackReport, type ToCodec, type ToPlayback } from "./messages.js";
import type { GateOptions } from "./level.js";
import type { Choice } from "./pace.js";
import { fileUrl, workerUrl } from "./script_url.js";

/* Names of built files (parts.mjs). */
declare const CAPTURE_FILE: string, PLAYBACK_FILE: string, CODEC_FILE: string;

/** A frame of a speaker: a payload of ext type 2, or PCM of a client without Opus. */
export type Samples = Uint8Array | readonly number[];

export interface Microphone {
  /** "" is the system's choice. */
  readonly device: string;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
}

export interface GraphEvents {
  packet?(samples: Uint8Array<ArrayBuffer>): void;
  level?(db: number, open: boolean, speakingMuted: boolean): void;
  report?(report: PlaybackReport): void;
  /** The microphone was pulled out, or its permission was taken back. */
  microphoneEnded?(): void;
  failed?(text: string): void;
}

/** The audio of a microphone, or a DOMException of getUserMedia. */
export function openMicrophone(wish: Microphone): Promise<MediaStream> {
  const { device, ...processing } = wish;
  return navigator.mediaDevices.getUserMedia({
    audio: { ...processing, channelCount: 1, ...(device === "" ? {} : { deviceId: { exact: device } }) } });
}

export class Graph {
  #microphone: { stream: MediaStream; source: MediaStreamAudioSourceNode; node: AudioWorkletNode } | undefined;
  #finish: ((message: FromCodec) => void) | undefined;

  private constructor(readonly context: AudioContext, readonly codec: Worker, readonly playback: AudioWorkletNode,
    readonly events: GraphEvents) {
    codec.onmessage = ({ data }: MessageEvent<FromCodec>) => this.#take(data);
    codec.onerror = () => events.failed?.("the codec's worker did not start");
    playback.port.onmessage = ({ data }: MessageEvent<PlaybackReport>) => events.report?.(data);
    playback.connect(context.destination);
    const { port1, port2 } = new MessageChannel();
    this.#tellCodec({ kind: "playback", port: port1 }, [port1]);
    this.#tellPlayback({ kind: "port", port: port2 }, [port2]);
  }

  /** latencyHint in seconds, 0: as short as the device allows. */
  static async open(latencyHint: number, events: GraphEvents): Promise<Graph> {
    const context = new AudioContext({ latencyHint, sampleRate: 48000 });
    try {
      await Promise.all([CAPTURE_FILE, PLAYBACK_FILE].map((name) => context.audioWorklet.addModule(fileUrl(name))));
      const playback = new AudioWorkletNode(context, PLAYBACK, { numberOfInputs: 0, outputChannelCount: [2] });
      const graph = new Graph(context, new Worker(workerUrl(CODEC_FILE)), playback, events);
      /* Not awaited: without a loudspeaker it never comes, and the microphone works all the same. */
      context.resume().catch(() => undefined);
      return graph;
    } catch (error) {
      await context.close();
      throw error;
    }
  }

  #tellCodec(message: ToCodec, transfer: Transferable[] = []): void {
    this.codec.postMessage(message, transfer);
  }

  #tellPlayback(message: ToPlayback, transfer: Transferable[] = []): void {
    this.playback.port.postMessage(message, transfer);
  }

  #take(message: FromCodec): void {
    switch (message.kind) {
      case "packet": this.events.packet?.(message.samples); return;
      case "level": this.events.level?.(message.db, message.open, message.speakingMuted); return;
      case "failed": this.events.failed?.(message.text); return;
      case "recorded": case "nothing recorded": this.#finish?.(message); return;
      case "garbage": return;
    }
  }

  /** Takes the place of the microphone before, which is stopped. */
  listenTo(stream: MediaStream): void {
    this.dropMicrophone();
    const source = this.context.createMediaStreamSource(stream);
    const node = new AudioWorkletNode(this.context, CAPTURE);
    const { port1, port2 } = new MessageChannel();
    node.port.postMessage({ port: port1 }, [port1]);
    this.#tellCodec({ kind: "capture", port: port2 }, [port2]);
    source.connect(node).connect(this.context.destination); /* it is silent; else it would not run */
    for (const track of stream.getTracks())
      track.addEventListener("ended", () => this.events.microphoneEnded?.());
    this.#microphone = { stream, source, node };
  }

  dropMicrophone(): void {
    this.#microphone?.source.disconnect();
    this.#microphone?.node.disconnect();
    for (const track of this.#microphone?.stream.getTracks() ?? [])
      track.stop();
    this.#microphone = undefined;
  }

  setGate(options: GateOptions, muted: boolean, pushed: boolean): void {
    this.#tellCodec({ kind: "gate", options, muted, pushed });
  }

  /** How long packets are, and how many bits speech has. */
  setPace(choice: Choice): void {
    this.#tellCodec({ kind: "pace", choice });
  }

  /** A frame of a speaker, as it came. */
  put(name: string, samples: Samples): void {
    if (samples instanceof Uint8Array)
      this.#tellCodec({ kind: "data", name, samples });
    else
      this.#tellPlayback({ kind: "list", name, pcm: samples });
  }

  setVolume(name: string, volume: number, muted: boolean): void {
    this.#tellPlayback({ kind: "volume", name, volume, muted });
  }

  remove(name: string): void {
    this.#tellCodec({ kind: "forget", name });
    this.#tellPlayback({ kind: "remove", name });
  }

  setDeafened(deafened: boolean): void {
    this.#tellPlayback({ kind: "deafened", deafened });
  }

  setRoundTrip(ms: number): void {
    this.#tellPlayback({ kind: "round trip", ms });
  }

  /** Records the microphone from now on. */
  record(): void {
    this.#tellCodec({ kind: "record" });
  }

  /** Ends the recording; undefined: nothing was recorded. */
  async recorded(): Promise<(FromCodec & { kind: "recorded" }) | undefined> {
    const message = await new Promise<FromCodec>((done) => {
      this.#finish = done;
      this.#tellCodec({ kind: "finish" });
    });
    return message.kind === "recorded" ? message : undefined;
  }

  /** Firefox has no such choice. "" is the system's choice. */
  async setOutput(device: string): Promise<void> {
    const context = this.context as AudioContext & { setSinkId?(id: string): Promise<void> };
    await context.setSinkId?.(device);
  }

  close(): void {
    this.dropMicrophone();
    this.codec.terminate();
    this.context.close().catch(() => undefined); /* it was closed */
  }
}
