/* attachment.tsx - a file of a message: a picture by its thumbnail, anything else as a card. Bytes are
 * asked for when the message comes near the window, and from this server only. */
import { signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import type { Actions } from "../model/actions.js";
import type { ConversationId, FileInfo, Message } from "../model/state.js";
import { files as words } from "../text/english.js";
import { cleanName } from "../text/safe.js";
import { bytes } from "../text/when.js";
import { Icon } from "./icons.js";
import { whenNear } from "./near.js";
import type { Shared } from "./shared.js";

const MOST_WIDTH = 400;
const MOST_HEIGHT = 300;
const WHOLE = 256 * 1024; /* a picture without a thumbnail is shown by itself up to so many bytes */

interface Props {
  readonly shared: Shared;
  readonly conversation: ConversationId;
  readonly message: Message;
  readonly file: FileInfo;
}

/** The picture that the viewer shows. */
export const viewed = signal<{ readonly conversation: ConversationId; readonly file: FileInfo } | undefined>(undefined);

export function isPicture(file: FileInfo): boolean {
  return /^image\/(png|jpeg|gif|webp)$/.test(file.type) && (file.width ?? 0) > 0 && (file.height ?? 0) > 0;
}

export function Attachment(props: Props) {
  const { file, message } = props;
  if (file.id === 0) /* on its way, or sent and not described by the server yet */
    return (
      <div class="file-card"><Icon name="file" /><span class="file-name"><bdi>{cleanName(file.name)}</bdi></span>
        {message.delivery !== "failed" && <Progress share={message.progress ?? (message.seq > 0 ? 1 : 0)} />}
      </div>
    );
  return isPicture(file) && (file.hasThumbnail || file.size <= WHOLE) ? <Thumbnail {...props} /> : <FileCard {...props} />;
}

function Progress({ share }: { share: number }) {
  return <progress max={1} value={share} aria-label={words.uploading(Math.floor(share * 100))} />;
}

/** The size in the page: known before the bytes are, so that nothing moves when they come. */
export function sizeOf(file: FileInfo): { readonly width: number; readonly height: number } {
  const width = file.width ?? 1;
  const height = file.height ?? 1;
  const scale = Math.min(1, MOST_WIDTH / width, MOST_HEIGHT / height);
  return { width: Math.max(24, Math.round(width * scale)), height: Math.max(24, Math.round(height * scale)) };
}

function Thumbnail(props: Props) {
  const { file, conversation, shared } = props;
  const own = useRef<HTMLButtonElement>(null);
  const url = usePicture(shared.actions, file, own);
  const size = sizeOf(file);
  return (
    <button ref={own} type="button" class="picture-button" style={{ width: `${size.width}px`, aspectRatio: `${size.width} / ${size.height}` }}
            aria-label={words.open(cleanName(file.name))} onClick={() => { viewed.value = { conversation, file }; }}>
      {url === "gone" ? <Icon name="warn" /> : url && <img src={url} width={size.width} height={size.height} alt={words.picture(cleanName(file.name))} />}
    </button>
  );
}

function usePicture(actions: Actions, file: FileInfo, own: { readonly current: Element | null }): string | undefined {
  const [url, setUrl] = useState<string | undefined>(undefined);
  useEffect(() => {
    let made: string | undefined;
    let wanted = true;
    const end = whenNear(own.current, () => void pictureUrl(actions, file).then((got) => {
      if (wanted) setUrl(made = got);
    }));
    return () => {
      wanted = false;
      end();
      if (made?.startsWith("blob:")) URL.revokeObjectURL(made);
    };
  }, [file.id]);
  return url;
}

async function pictureUrl(actions: Actions, file: FileInfo): Promise<string> {
  if (file.hasThumbnail) {
    const got = await actions.thumbnail(file.id);
    return got.ok ? URL.createObjectURL(got.value) : "gone";
  }
  const got = await actions.fileUrl(file.id);
  return got.ok ? got.value : "gone";
}

function FileCard({ file, shared }: Props) {
  const [gone, setGone] = useState(false);
  const name = cleanName(file.name);
  return (
    <div class="file-card">
      <Icon name="file" />
      <span class="file-name"><bdi>{name}</bdi><small>{bytes(file.size)}</small>{gone && <small role="alert" class="trouble">{words.gone}</small>}</span>
      <button type="button" class="icon-button" aria-label={words.download(name)} title={words.download(name)}
              onClick={() => void download(shared.actions, file).then((done) => setGone(!done))}><Icon name="download" /></button>
    </div>
  );
}

/** False: it is gone. The link is good for some minutes, so it is asked for now. */
export async function download(actions: Actions, file: FileInfo): Promise<boolean> {
  const got = await actions.fileUrl(file.id);
  if (!got.ok) return false;
  const link = document.createElement("a");
  link.href = got.value;
  link.download = cleanName(file.name).replace(/[/\\]/g, "_") || "file";
  link.click();
  return true;
}
