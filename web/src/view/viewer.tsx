/* viewer.tsx - a picture of a conversation in full, with the ones before and behind it. */
import { useEffect, useState } from "preact/hooks";
import type { FileInfo } from "../model/state.js";
import { files } from "../text/english.js";
import { over } from "../text/english_late.js";
import { cleanName } from "../text/safe.js";
import { download, isPicture, viewed } from "./attachment.js";
import { Modal } from "./dialog.js";
import { IconButton } from "./icons.js";
import type { Shared } from "./shared.js";

const words = over.viewer;

export function Viewer(props: { shared: Shared }) {
  const open = viewed.value;
  if (!open) return null;
  const messages = props.shared.state.value.conversations.get(open.conversation)?.messages ?? [];
  const all = messages.flatMap((message) => (message.file && message.deleted === undefined && isPicture(message.file) ? [message.file] : []));
  const at = all.findIndex((file) => file.id === open.file.id);
  const show = (file: FileInfo | undefined): void => { if (file) viewed.value = { conversation: open.conversation, file }; };
  const close = (): void => { viewed.value = undefined; };
  const before = at > 0 ? all[at - 1] : undefined;
  const next = at >= 0 ? all[at + 1] : undefined;
  const name = cleanName(open.file.name);
  return (
    <Modal label={words.title} kind="viewer" onClose={close}>
      <div class="viewer" onKeyDown={(event) => show(event.key === "ArrowLeft" ? before : event.key === "ArrowRight" ? next : undefined)}>
        <header>
          <bdi>{name}</bdi>
          <IconButton icon="download" label={words.save} onClick={() => void download(props.shared.actions, open.file)} />
          <IconButton icon="close" label={words.close} onClick={close} />
        </header>
        <FullPicture key={open.file.id} shared={props.shared} file={open.file} close={close} />
        {before && <IconButton icon="back" class="viewer-before" label={words.previous} onClick={() => show(before)} />}
        {next && <IconButton icon="back" class="viewer-next" label={words.next} onClick={() => show(next)} />}
      </div>
    </Modal>
  );
}

function FullPicture(props: { shared: Shared; file: FileInfo; close: () => void }) {
  const [url, setUrl] = useState<string | undefined>(undefined);
  const [gone, setGone] = useState(false);
  useEffect(() => {
    let wanted = true;
    void props.shared.actions.fileUrl(props.file.id).then((got) => {
      if (!wanted) return;
      if (got.ok) setUrl(got.value);
      else setGone(true);
    });
    return () => { wanted = false; };
  }, []);
  if (gone) return <p class="viewer-gone" role="alert">{files.gone}</p>;
  return (
    <div class="viewer-picture" onClick={(event) => { if (event.target === event.currentTarget) props.close(); }}>
      {url && <img src={url} width={props.file.width} height={props.file.height} alt={files.picture(cleanName(props.file.name))} onError={() => setGone(true)} />}
    </div>
  );
}
