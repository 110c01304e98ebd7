/* port.ts - what the call engine has of the rest of the client. The engine watches the state: while
 * `state.call` is there it captures and plays (`muted`, `deafened` and each participant's `volume`
 * and `muted` are in it), and when it is gone it stops. Joining, leaving, seats and reconnections
 * are the model's (model/calls.ts). */
import type { ReadonlySignal } from "@preact/signals";
import type { Call, ConversationId, State } from "../model/state.js";

export interface VoicePort {
  readonly state: ReadonlySignal<State>;

  /** Of several tabs of this browser, this one makes the sounds. Without it there is one. */
  readonly leads?: ReadonlySignal<boolean>;

  /** Set by the engine: called when the page ends, before its call is given to another tab. */
  ends?: () => void;

  /** The call that another tab of this browser is in: its sound is there, and it can be left here. */
  readonly elsewhere?: ReadonlySignal<Call | undefined>;

  /** Audio of the others, as it comes: `samples` is 4 bytes of sequence number, 4 bytes of timestamp
   * at 48,000 Hz, both big-endian, and an Opus packet (docs/protocol.md, "Opus"); of a client
   * without Opus it is an array of PCM at 44,100 Hz. Gives what ends it. */
  onCallData(listener: (sender: string, samples: Uint8Array | readonly number[], conversation: ConversationId) => void): () => void;

  /** Sends one packet, with its 8 bytes in front. False: the link is down, or nobody is in a call;
   * the packet is of no use any more. */
  sendCallData(bytes: Uint8Array, lengthMs: number): boolean;

  /** How listeners hear this user (docs/protocol.md, "call_report"); one listener, undefined ends it. */
  onReport(listener: ((sender: string, lost: number) => void) | undefined): void;
  sendReport(person: string, lost: number): void;

  /** Bytes that the browser has not handed to the network yet: when they grow, send less. */
  readonly buffered: number;

  /** By how much the connection is late, measured at what was sent before: the same for what waits
   * where the browser does not count it. */
  readonly behindMs: number;
  readonly roundTripMs: number | undefined;

  /** Who speaks in a call of two, of which the server tells nothing: by the packets that come. In
   * groups it changes nothing. */
  setSpeaking(name: string, speaking: boolean): void;

  /** A sentence for the user, such as that the microphone is gone. */
  notice(text: string, urgent: boolean): void;
}
