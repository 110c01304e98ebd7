/* sheet.tsx - the sheet of keys. Loaded when it is opened first (late.ts). */
import { keys as words } from "../text/english_late.js";
import { Modal } from "./dialog.js";
import { IconButton } from "./icons.js";

export function Sheet(props: { close: () => void }) {
  return (
    <Modal label={words.title} kind="sheet" onClose={props.close}>
      <header><h2>{words.title}</h2><IconButton icon="close" label={words.close} onClick={props.close} /></header>
      <dl class="keys" tabIndex={0}>{words.rows.map(([key, does]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{does}</dd></div>)}</dl>
    </Modal>
  );
}
