/* dialogs.tsx - what voice shows over any screen: somebody calls, and the devices. mount.tsx puts it
 * beside the frame. */
import { useEffect, useRef } from "preact/hooks";
import { voice as words } from "../../text/english_late.js";
import { cleanName } from "../../text/safe.js";
import type { Voice } from "../../voice/voice.js";
import { Icon } from "./icons.js";
import { Devices } from "./devices.js";

export function Dialogs({ voice }: { readonly voice: Voice }) {
  const ring = voice.state.value.ring;
  return (
    <>
      {ring !== undefined && <RingDialog key={ring.from} voice={voice} from={ring.from} />}
      {voice.dialog.value !== undefined && <Devices voice={voice} />}
    </>
  );
}

/* It does not take the focus: who is typing goes on, and hears it. Only over another modal dialog it
 * has to be one, too, or nobody could press its buttons; then the focus is on no button. */
function RingDialog({ voice, from }: { readonly voice: Voice; readonly from: string }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (document.querySelector("dialog:modal") === null)
      return dialog.current?.setAttribute("open", "");
    dialog.current?.showModal();
    dialog.current?.focus();
  }, []);
  const name = cleanName(voice.state.value.people.get(from)?.display ?? from);
  return (
    <dialog ref={dialog} class="voice-ring" role="alertdialog" tabIndex={-1} aria-labelledby="voice-ring" onCancel={(event) => event.preventDefault()}>
      <strong id="voice-ring"><bdi>{words.ring.title(name)}</bdi></strong>
      {voice.lack !== undefined && <p>{words.lack[voice.lack]}</p>}
      <div class="voice-buttons">
        <button type="button" onClick={() => voice.actions.refuse()}><Icon name="leave" /> {words.ring.refuse}</button>
        <button type="button" class="primary" disabled={voice.lack !== undefined} onClick={() => voice.answer()}>
          <Icon name="microphone" /> {words.ring.answer}</button>
      </div>
    </dialog>
  );
}
