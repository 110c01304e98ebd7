/* status.ts - what the call engine tells views: beside the state of the model, which has the call
 * itself. */
import { Pace, type Choice } from "./pace.js";
import type { SpeakerStats } from "./playout.js";
import type { MicrophoneTrouble } from "./support.js";

export interface CallStatus {
  readonly microphone: "off" | "opening" | "on" | MicrophoneTrouble;
  /** The gate is open: this user is heard. */
  readonly sending: boolean;
  readonly speakingMuted: boolean;
  /** False: the browser keeps the page silent until the user clicks, or there is no loudspeaker. */
  readonly running: boolean;
  readonly speakers: readonly SpeakerStats[];
  readonly stalls: number;
  /** From the page to the loudspeaker, as the browser estimates it. */
  readonly deviceMs: number;
  readonly latencyHint: number;
  readonly sent: number;
  readonly unsent: number; /* the link was down or behind */
  readonly roundTripMs: number | undefined;
  /** Per cent of what this user says that the middle one of the listeners does not hear. */
  readonly heardLost: number | undefined;
  readonly choice: Choice; /* of what is sent */
  readonly failure: string | undefined;
}

export const NO_CALL: CallStatus = { microphone: "off", sending: false, speakingMuted: false, running: true, speakers: [], stalls: 0,
  deviceMs: 0, latencyHint: 0, sent: 0, unsent: 0, roundTripMs: undefined, heardLost: undefined, choice: new Pace().choice, failure: undefined };
