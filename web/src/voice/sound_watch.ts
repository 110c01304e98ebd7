/* sound_watch.ts - which sound a change of the state asks for. Pure but for `watchSounds`.
 * Called by voice.ts. */
import { effect, type ReadonlySignal } from "@preact/signals";
import type { State } from "../model/state.js";
import type { SoundName, VoiceSettings } from "./settings.js";

function others(state: State): ReadonlySet<string> {
  return new Set(state.call?.participants.map(({ name }) => name).filter((name) => name !== state.account?.username));
}

const mentions = (state: State): number => {
  let sum = 0;
  for (const conversation of state.conversations.values())
    sum += conversation.unreadMentions;
  return sum;
};

/** Settled: the user is in the same call before and after. The list of those who were in it before
 * comes a moment after joining, and a seat that is held over a reconnection changes nothing. */
function settled(before: State, after: State): boolean {
  return before.call?.state === "in" && after.call?.state === "in" && before.call.conversation === after.call.conversation &&
    before.call.participants.length > 0;
}

export function soundsOf(before: State, after: State): SoundName[] {
  const sounds: SoundName[] = [];
  if (settled(before, after)) {
    const was = others(before), is = others(after);
    if ([...is].some((name) => !was.has(name)))
      sounds.push("join");
    else if ([...was].some((name) => !is.has(name)))
      sounds.push("leave");
    if (before.call?.muted !== after.call?.muted || before.call?.deafened !== after.call?.deafened)
      sounds.push("mute");
  }
  if (before.call === undefined && after.call?.state === "in" || before.call?.state === "joining" && after.call?.state === "in")
    sounds.push("join");
  if (before.call !== undefined && after.call === undefined)
    sounds.push("leave");
  if (before.phase === "in" && after.phase === "in" && mentions(after) > mentions(before) && !after.quiet)
    sounds.push("mention");
  return sounds;
}

/* How often a ringing sounds again. */
const RING_MS = 3000;

export function watchSounds(state: ReadonlySignal<State>, settings: ReadonlySignal<VoiceSettings>, play: (name: SoundName) => void): () => void {
  let before = state.peek(), ringing: ReturnType<typeof setInterval> | undefined;
  const wanted = (name: SoundName): void => { if (settings.peek().sounds[name]) play(name); };
  const end = effect(() => {
    const after = state.value;
    soundsOf(before, after).forEach(wanted);
    before = after;
    const rings = after.ring !== undefined || after.call?.state === "ringing";
    if (rings && ringing === undefined) {
      wanted("ring");
      ringing = setInterval(() => wanted("ring"), RING_MS);
    } else if (!rings) {
      clearInterval(ringing);
      ringing = undefined;
    }
  });
  return () => {
    end();
    clearInterval(ringing);
  };
}
