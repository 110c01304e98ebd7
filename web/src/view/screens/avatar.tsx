/* avatar.tsx - a person's picture, or the first letter of the name in its place; and the making of
 * one's own: cut to a square in the page, which also leaves out what the camera wrote into it. */
import { useEffect, useState } from "preact/hooks";
import type { Actions } from "../../model/actions.js";

const SIDE = 256;
const QUALITY = 0.85;

export function Avatar(props: { actions: Actions; name: string; file: number | undefined }) {
  const [url, setUrl] = useState<string | undefined>(undefined);
  useEffect(() => {
    let wanted = true;
    setUrl(undefined);
    if (props.file !== undefined)
      void props.actions.fileUrl(props.file).then((outcome) => { if (wanted && outcome.ok) setUrl(outcome.value); });
    return () => { wanted = false; };
  }, [props.file]);
  if (url) return <img class="avatar" src={url} alt="" onError={() => setUrl(undefined)} />;
  return <span class="avatar avatar-letter" aria-hidden="true">{[...props.name][0]?.toLocaleUpperCase()}</span>;
}

/** A square JPEG of the middle of the picture; nothing when the file is no picture. */
export async function squareOf(file: Blob): Promise<Blob | undefined> {
  try {
    const picture = await createImageBitmap(file);
    const side = Math.min(picture.width, picture.height);
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = SIDE;
    canvas.getContext("2d")?.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, SIDE, SIDE);
    picture.close();
    return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob ?? undefined), "image/jpeg", QUALITY));
  } catch {
    return undefined;
  }
}
