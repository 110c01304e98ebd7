/* messages.ts - what the page, the codec's worker and the two worklets tell each other. Ports go
 * from worklet to worker directly, so a busy page delays only what it sends itself. */
import type { SpeakerStats } from "./playout.js";
import type { GateOptions } from "./level.js";
import type { Choice } from "./pace.js";

/** Capture worklet to worker: 20 ms of the microphone, mono, 48 kHz. `at`: its first sample in the
 * audio clock. */
export interface Captured {
  readonly at: number;
  readonly pcm: Float32Array;
}

export type ToCodec =
  | { readonly kind: "capture"; readonly port: MessagePort }
  | { readonly kind: "playback"; readonly port: MessagePort }
  | { readonly kind: "gate"; readonly options: GateOptions; readonly muted: boolean; readonly pushed: boolean }
  | { readonly kind: "pace"; readonly choice: Choice }
  | { readonly kind: "data"; readonly name: string; readonly samples: Uint8Array }
  | { readonly kind: "forget"; readonly name: string }
  /** From now on the microphone is recorded, not sent; finish: make a file of it. */
  | { readonly kind: "record" }
  | { readonly kind: "finish" };

export type FromCodec =
  | { readonly kind: "packet"; readonly samples: Uint8Array<ArrayBuffer> }
  /** About 50 times a second: of the microphone, dB; open: it is sent. */
  | { readonly kind: "level"; readonly db: number; readonly open: boolean; readonly speakingMuted: boolean }
  | { readonly kind: "recorded"; readonly file: Uint8Array<ArrayBuffer>; readonly samples: number; readonly peaks: readonly number[] }
  | { readonly kind: "nothing recorded" }
  | { readonly kind: "garbage"; readonly name: string }
  | { readonly kind: "failed"; readonly text: string };

export type ToPlayback =
  | { readonly kind: "packet"; readonly name: string; readonly sequence: number; readonly timestamp: number;
      readonly samples: number; readonly pcm: Float32Array }
  | { readonly kind: "list"; readonly name: string; readonly pcm: readonly number[] }
  | { readonly kind: "volume"; readonly name: string; readonly volume: number; readonly muted: boolean }
  | { readonly kind: "remove"; readonly name: string }
  | { readonly kind: "deafened"; readonly deafened: boolean }
  | { readonly kind: "round trip"; readonly ms: number }
  | { readonly kind: "port"; readonly port: MessagePort };

/** Playback worklet to page, twice a second. `stalls`: how often the audio clock stood still since
 * the graph began, because the device got its audio too late. */
export interface PlaybackReport {
  readonly speakers: readonly SpeakerStats[];
  readonly stalls: number;
}

export const CAPTURE = "chinwag-capture", PLAYBACK = "chinwag-playback";
