/* slots.ts - places in the frame for views of other rooms: view/voice and view/screens. app.tsx
 * fills them; an empty one shows nothing, and views that show a slot are drawn again when it is
 * filled. So the frame needs no code of theirs to be tested, and theirs is loaded late. */
import { signal } from "@preact/signals";
import type { ComponentType } from "preact";
import type { ConversationId, Message } from "../model/state.js";
import type { Shared } from "./shared.js";

export interface InShared {
  readonly shared: Shared;
}

export interface InConversation extends InShared {
  readonly conversation: ConversationId;
}

export interface InMessage extends InConversation {
  readonly message: Message;
}

export interface Slots {
  /** The screen that view/screens/open.ts names, as a dialog over the frame. */
  readonly Screens: ComponentType<InShared>;
  /** A strip under the header of every conversation while this user is in a call, is called or
   * calls: who is in it, mute, deafen, leave. It reads state.call and state.ring. */
  readonly CallBar: ComponentType<InShared>;
  /** In the composer, beside "send": hold to record. */
  readonly RecordButton: ComponentType<InConversation>;
  /** A recording in the list: play, waveform, speed. */
  readonly RecordingPlayer: ComponentType<InMessage>;
  /** Opens the dialog with sounds, microphone and loudspeaker. */
  readonly soundSettings: () => void;
  /** Called by the buttons "call" and "join": checks the devices the first time, then joins.
   * Without it the button joins at once. */
  readonly join: (shared: Shared, conversation: ConversationId) => void;
}

const filled = signal<Partial<Slots>>({});

export function fillSlots(part: Partial<Slots>): void {
  filled.value = { ...filled.peek(), ...part };
}

export function slot<Name extends keyof Slots>(name: Name): Slots[Name] | undefined {
  return filled.value[name];
}
