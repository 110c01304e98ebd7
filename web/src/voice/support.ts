/* support.ts - what of voice this browser can do, and why not. Pure: tests give it other globals.
 * Callers: voice.ts, views. */

/** Why there is no voice: a page that is not secure gets no microphone from any browser; and a
 * browser without WebCodecs cannot make or play Opus. */
export type Lack = "insecure" | "no codec";

interface Globals {
  readonly isSecureContext?: boolean;
  readonly AudioEncoder?: unknown;
  readonly AudioDecoder?: unknown;
  readonly AudioWorkletNode?: unknown;
  readonly navigator?: { readonly mediaDevices?: unknown };
}

export function lackOf(globals: Globals): Lack | undefined {
  if (globals.isSecureContext !== true || globals.navigator?.mediaDevices === undefined)
    return "insecure";
  if (globals.AudioEncoder === undefined || globals.AudioDecoder === undefined || globals.AudioWorkletNode === undefined)
    return "no codec";
  return undefined;
}

/** Firefox has no choice of the loudspeaker for what a page mixes. */
export function choosesSpeaker(globals: { readonly AudioContext?: { readonly prototype: object } }): boolean {
  return globals.AudioContext !== undefined && "setSinkId" in globals.AudioContext.prototype;
}

export type MicrophoneTrouble = "refused" | "none" | "busy";

/** What an error of getUserMedia means for the user. */
export function troubleOf(error: unknown): MicrophoneTrouble {
  const name = (error as { name?: string } | null)?.name;
  if (name === "NotAllowedError" || name === "SecurityError")
    return "refused";
  return name === "NotFoundError" || name === "OverconstrainedError" ? "none" : "busy";
}
