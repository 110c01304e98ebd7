/* sounds.ts - short sounds made by oscillators, so that there is nothing to load. Who wants which is
 * in the settings; the caller asks only for wanted ones. Callers: sound_watch.ts, the settings. */
import type { SoundName } from "./settings.js";

/* Each tone: hertz, when it begins and how long it lasts, in ms. */
type Tone = readonly [hertz: number, at: number, ms: number];

export const TONES: { readonly [name in SoundName]: readonly Tone[] } = {
  join: [[523, 0, 90], [784, 80, 120]],
  leave: [[784, 0, 90], [523, 80, 120]],
  mute: [[440, 0, 70]],
  mention: [[880, 0, 80], [1175, 90, 140]],
  ring: [[659, 0, 250], [880, 250, 250], [659, 700, 250], [880, 950, 250]],
};

const LOUD = 0.12;
let context: AudioContext | undefined;

function play(tone: Tone, out: AudioContext): void {
  const [hertz, at, ms] = tone;
  const begin = out.currentTime + 0.02 + at / 1000, end = begin + ms / 1000;
  const oscillator = new OscillatorNode(out, { frequency: hertz });
  const gain = new GainNode(out, { gain: 0 });
  gain.gain.setValueAtTime(0, begin);
  gain.gain.linearRampToValueAtTime(LOUD, begin + 0.01);
  gain.gain.setValueAtTime(LOUD, end - 0.03);
  gain.gain.linearRampToValueAtTime(0, end);
  oscillator.connect(gain).connect(out.destination);
  oscillator.start(begin);
  oscillator.stop(end);
}

/** Before the user has clicked anything the browser keeps it silent. */
export function playSound(name: SoundName): void {
  context ??= new AudioContext();
  context.resume().catch(() => undefined); /* not allowed yet, or no loudspeaker */
  for (const tone of TONES[name])
    play(tone, context);
}
