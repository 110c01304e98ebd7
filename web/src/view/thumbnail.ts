/* thumbnail.ts - a small picture of a picture, made in the page before it is sent: at most 512 pixels
 * and 32 KiB, as add_thumbnail of docs/protocol.md wants it. The server never opens pictures. */
const SIDE = 512;
const MOST_BYTES = 32 * 1024;
const QUALITIES = [0.8, 0.6, 0.4, 0.2];

/** Nothing for what is no picture, and for one that is small itself. */
export async function thumbnailOf(file: File): Promise<Blob | undefined> {
  if (!/^image\/(png|jpeg|gif|webp)$/.test(file.type) || file.size <= MOST_BYTES) return undefined;
  try {
    const picture = await createImageBitmap(file);
    for (let side = SIDE; side >= 64; side /= 2) {
      const canvas = scaled(picture, side);
      for (const quality of QUALITIES) {
        const small = await encoded(canvas, quality);
        if (small && small.size <= MOST_BYTES) {
          picture.close();
          return small;
        }
      }
    }
    picture.close();
  } catch {
    /* no picture that this browser reads: it is sent without */
  }
  return undefined;
}

function scaled(picture: ImageBitmap, side: number): HTMLCanvasElement {
  const scale = Math.min(1, side / picture.width, side / picture.height);
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** WebP; a browser that cannot write it gives PNG, then it is JPEG. */
async function encoded(canvas: HTMLCanvasElement, quality: number): Promise<Blob | undefined> {
  for (const type of ["image/webp", "image/jpeg"]) {
    const blob = await new Promise<Blob | null>((done) => { canvas.toBlob(done, type, quality); });
    if (blob?.type === type) return blob;
  }
  return undefined;
}
