/* dialogs.tsx - what voice shows over any screen: somebody calls, and the devices. mount.tsx puts it
 * beside the frame. */
import { useEffect, useRef } from "preact/hooks";
import { voice as words } from "../../text/english.js";
import type { Voice } from "../../voice/voice.js";
import { Icon } from "./icons.js";
import { later } from "./later.js";

const Devices = later(async () => (await import("./devices.js")).Devices);

export function Dialogs({ voice }: { readonly voice: Voice }) {
  const ring = voice.state.value.ring;
  return (
    <>
      {ring !== undefined && <RingDialog key={ring.from} voice={voice} from={ring.from} />}
      {voice.dialog.value !== undefined && <Devices voice={voice} />}
    </>
  );
}

/* It does not take the focus: who is typing goes on, and hears it. */
function RingDialog({ voice, from }: { readonly voice: Voice; readonly from: string }) {
  const answer = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (document.activeElement === document.body || document.activeElement === null)
      answer.current?.focus();
  }, []);
  const name = voice.state.value.people.get(from)?.display ?? from;
  return (
    <div class="voice-ring" role="alertdialog" aria-modal="false" aria-labelledby="voice-ring">
      <strong id="voice-ring"><bdi>{words.ring.title(name)}</bdi></strong>
      {voice.lack !== undefined && <p>{words.lack[voice.lack]}</p>}
      <div class="voice-buttons">
        <button type="button" onClick={() => voice.actions.refuse()}><Icon name="leave" /> {words.ring.refuse}</button>
        <button type="button" ref={answer} class="primary" disabled={voice.lack !== undefined} onClick={() => voice.answer()}>
          <Icon name="microphone" /> {words.ring.answer}</button>
      </div>
    </div>
  );
}
