/* recorder.ts - records one voice message after the other: hold and release, or hands free with
 * listening before sending. Views show `view`; what is sent goes to the caller. One for each conversation that is shown. */
import { signal, type Signal } from "@preact/signals";
import { Graph, openMicrophone } from "./graph.js";
import { meter } from "./level.js";
import type { VoiceSettings } from "./settings.js";
import { troubleOf, type MicrophoneTrouble } from "./support.js";

export interface Recorded {
  readonly ogg: Uint8Array<ArrayBuffer>;
  readonly durationMs: number;
  readonly waveform: readonly number[];
}

export type RecorderView =
  | { readonly phase: "idle"; readonly trouble?: MicrophoneTrouble | "too short" }
  | { readonly phase: "opening" }
  | { readonly phase: "recording"; readonly ms: number; readonly level: number; readonly levels: readonly number[] }
  | { readonly phase: "ready"; readonly recorded: Recorded };

/** docs/protocol.md, Voice. */
export const RECORDING_MS_MAX = 120_000;
/* A slip of the finger is no message. */
const RECORDING_MS_MIN = 400;
const LEVELS_SHOWN = 40;
const WAVEFORM = 64;

/** The loudest of each of 64 equal parts. */
export function waveformOf(peaks: readonly number[]): number[] {
  return Array.from({ length: WAVEFORM }, (_, i) => {
    const from = Math.floor((i * peaks.length) / WAVEFORM), to = Math.floor(((i + 1) * peaks.length) / WAVEFORM);
    return Math.max(0, ...peaks.slice(from, Math.max(to, from + 1)));
  });
}

interface Recording {
  record(): void;
  recorded(): Promise<{ readonly file: Uint8Array<ArrayBuffer>; readonly samples: number; readonly peaks: readonly number[] } | undefined>;
  close(): void;
}

/** Opens the microphone; tests give another. */
export type OpenRecording = (settings: VoiceSettings, level: (db: number) => void) => Promise<Recording>;

export const openRecording: OpenRecording = async (settings, level) => {
  const stream = await openMicrophone({ device: settings.microphone, echoCancellation: settings.echoCancellation,
    noiseSuppression: settings.noiseSuppression, autoGainControl: settings.autoGainControl });
  const graph = await Graph.open(0.1, { level });
  graph.record();
  graph.listenTo(stream);
  return graph;
};

export class Recorder {
  readonly view: Signal<RecorderView> = signal({ phase: "idle" });
  #recording: Recording | undefined;
  #attempt = 0;

  constructor(readonly settings: Signal<VoiceSettings>, readonly send: (recorded: Recorded) => void,
    readonly open: OpenRecording = openRecording) {}

  async start(): Promise<void> {
    if (this.view.peek().phase !== "idle")
      return;
    const attempt = ++this.#attempt;
    this.view.value = { phase: "opening" };
    try {
      const recording = await this.open(this.settings.peek(), (db) => this.#measure(attempt, db));
      if (attempt !== this.#attempt)
        return recording.close();
      this.#recording = recording;
      this.view.value = { phase: "recording", ms: 0, level: 0, levels: [] };
    } catch (error) {
      if (attempt === this.#attempt)
        this.view.value = { phase: "idle", trouble: troubleOf(error) };
    }
  }

  /* A level comes with each frame of 20 ms: they are the recording's clock. */
  #measure(attempt: number, db: number): void {
    const view = this.view.peek();
    if (attempt !== this.#attempt || view.phase !== "recording")
      return;
    const level = meter(db), ms = view.ms + 20;
    const levels = ms % 100 === 0 ? [...view.levels, level].slice(-LEVELS_SHOWN) : view.levels;
    this.view.value = { phase: "recording", ms, level, levels };
    if (ms >= RECORDING_MS_MAX)
      void this.stop();
  }

  async #finish(): Promise<Recorded | undefined> {
    const attempt = this.#attempt;
    const recorded = await this.#recording?.recorded();
    if (attempt !== this.#attempt)
      return undefined;
    this.#close();
    if (recorded === undefined || recorded.samples / 48 < RECORDING_MS_MIN) {
      this.view.value = { phase: "idle", trouble: "too short" };
      return undefined;
    }
    return { ogg: recorded.file, durationMs: Math.round(recorded.samples / 48), waveform: waveformOf(recorded.peaks) };
  }

  #close(): void {
    this.#attempt++;
    this.#recording?.close();
    this.#recording = undefined;
  }

  /** Ends the recording, to be listened to. */
  async stop(): Promise<void> {
    if (this.view.peek().phase !== "recording")
      return this.cancel();
    const recorded = await this.#finish();
    if (recorded !== undefined)
      this.view.value = { phase: "ready", recorded };
  }

  /** Ends the recording if need be, and sends it. */
  async release(): Promise<void> {
    const view = this.view.peek();
    if (view.phase !== "recording" && view.phase !== "ready")
      return this.cancel();
    const recorded = view.phase === "ready" ? view.recorded : await this.#finish();
    if (recorded === undefined)
      return;
    this.view.value = { phase: "idle" };
    this.send(recorded);
  }

  cancel(): void {
    this.#close();
    this.view.value = { phase: "idle" };
  }
}
