/* thumbnail.ts - small pictures of pictures, made in the page before they are sent. Loaded by world.ts
 * with the first file. */
const THUMBNAIL_MAX = 32 * 1024;
const THUMBNAIL_SIDE = 512;
const PICTURE = /^image\/(png|jpeg|gif|webp)$/;

async function drawn(picture: ImageBitmap, side: number, quality: number): Promise<Blob> {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * scale)), Math.max(1, Math.round(picture.height * scale)));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const webp = await canvas.convertToBlob({ type: "image/webp", quality });
  return webp.type === "image/webp" ? webp : canvas.convertToBlob({ type: "image/jpeg", quality });
}

/** As large as the server takes it, and no longer than the picture itself. */
export async function thumbnail(blob: Blob): Promise<Uint8Array | undefined> {
  if (!PICTURE.test(blob.type))
    return undefined;
  const picture = await createImageBitmap(blob).catch(() => undefined);
  if (picture === undefined)
    return undefined;
  for (const [side, quality] of [[THUMBNAIL_SIDE, 0.8], [400, 0.7], [256, 0.6], [128, 0.5]] as const) {
    const small = await drawn(picture, side, quality);
    if (small.size <= Math.min(THUMBNAIL_MAX, blob.size))
      return new Uint8Array(await small.arrayBuffer());
  }
  return undefined;
}
