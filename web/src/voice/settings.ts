/* settings.ts - what the user has chosen for voice in this browser: devices, how the microphone is
 * treated, when it sends, which sounds there are. It is no secret, so it lies in localStorage.
 * Read and written by views; the call engine follows it. */
import { signal, type Signal } from "@preact/signals";
import { GATE_DEFAULT, type GateMode } from "./level.js";

export type SoundName = "join" | "leave" | "mute" | "mention" | "ring";

export interface VoiceSettings {
  readonly microphone: string; /* a deviceId; "" is the system's choice */
  readonly speaker: string;
  readonly echoCancellation: boolean;
  readonly noiseSuppression: boolean;
  readonly autoGainControl: boolean;
  readonly mode: GateMode;
  readonly threshold: number; /* dB below full scale */
  readonly pushKey: string; /* KeyboardEvent.code */
  readonly sounds: { readonly [name in SoundName]: boolean };
  /** The devices were checked before the first call. */
  readonly checked: boolean;
  readonly rate: number; /* of recordings: 1, 1.5 or 2 */
}

export const DEFAULTS: VoiceSettings = {
  microphone: "", speaker: "", echoCancellation: true, noiseSuppression: true, autoGainControl: true,
  mode: GATE_DEFAULT.mode, threshold: GATE_DEFAULT.threshold, pushKey: "Backquote",
  sounds: { join: true, leave: true, mute: true, mention: true, ring: true }, checked: false, rate: 1,
};

/* Values of the wrong type, as of another version, are the defaults again. */
function merged<T extends object>(defaults: T, kept: unknown): T {
  const source = (typeof kept === "object" && kept !== null ? kept : {}) as { [key: string]: unknown };
  return Object.fromEntries(Object.entries(defaults).map(([key, value]) => {
    const other = source[key];
    if (typeof value === "object" && value !== null)
      return [key, merged(value, other)];
    return [key, typeof other === typeof value ? other : value];
  })) as T;
}

export function parseSettings(json: string | null): VoiceSettings {
  let kept: unknown;
  try {
    kept = JSON.parse(json ?? "null");
  } catch { /* damaged: as if there was nothing */
    kept = undefined;
  }
  const settings = merged(DEFAULTS, kept);
  const mode = ["open", "voice", "push"].includes(settings.mode) ? settings.mode : DEFAULTS.mode;
  const rate = [1, 1.5, 2].includes(settings.rate) ? settings.rate : 1;
  return { ...settings, mode, rate, threshold: Math.min(0, Math.max(-80, settings.threshold)) };
}

const KEY = "voice";

/** The settings of this browser, and what changes them. Where nothing can be kept (a private
 * window that forbids it) they live as long as the page. */
export function openSettings(storage: Pick<Storage, "getItem" | "setItem">): {
  readonly settings: Signal<VoiceSettings>; change(part: Partial<VoiceSettings>): void;
} {
  let kept: string | null = null;
  try {
    kept = storage.getItem(KEY);
  } catch { /* see above */ }
  const settings = signal(parseSettings(kept));
  return {
    settings,
    change(part) {
      settings.value = { ...settings.value, ...part };
      try {
        storage.setItem(KEY, JSON.stringify(settings.value));
      } catch { /* see above */ }
    },
  };
}
