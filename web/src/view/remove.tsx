/* remove.tsx - asks before a message is deleted. Loaded when it is asked first (late.ts). */
import type { Message } from "../model/state.js";
import { over } from "../text/english_late.js";
import { cleanName } from "../text/safe.js";
import { Modal } from "./dialog.js";

const words = over.remove;

export function RemoveQuestion({ message, close, remove }: { readonly message: Message; close(): void; remove(): void }) {
  return (
    <Modal label={words.question} kind="question" onClose={close}>
      <h2>{words.question}</h2>
      <blockquote dir="auto">{cleanName(message.content)}</blockquote>
      <div class="buttons">
        <button type="button" onClick={close} autoFocus>{words.cancel}</button>
        <button type="button" class="danger" onClick={() => { close(); remove(); }}>{words.yes}</button>
      </div>
    </Modal>
  );
}
