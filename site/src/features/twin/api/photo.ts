/** A photo as pages show it: the square in its middle, as a small JPEG without what a camera notes in it. */

export type PhotoProblem = "too_large" | "svg" | "unreadable";

export class PhotoError extends Error {
  override readonly name = "PhotoError";
  readonly problem: PhotoProblem;

  constructor(problem: PhotoProblem) {
    super(problem);
    this.problem = problem;
  }
}

const EDGE_PX = 512;
export const MOST_PHOTO_BYTES = 20 * 1024 ** 2;
/** As the server takes it. */
const MOST_SENT_BYTES = 512 * 1024;
const QUALITIES: readonly number[] = [0.9, 0.8, 0.65];

export interface Picture {
  width: number;
  height: number;
  /** Draw a square of it, `edge` wide, from `left` and `top`; null when the browser cannot. */
  encode(square: { left: number; top: number; edge: number }, quality: number): Promise<Blob | null>;
  close(): void;
}

/** Base64 of the JPEG. Throws PhotoError. */
export async function squarePhoto(file: File, decode: (file: File) => Promise<Picture> = decodeInBrowser): Promise<string> {
  // A drawing is a page with scripts of its own; what is drawn of it would differ between browsers.
  if (/svg/i.test(file.type) || /\.svgz?$/i.test(file.name)) throw new PhotoError("svg");
  if (file.size > MOST_PHOTO_BYTES) throw new PhotoError("too_large");
  const picture = await decode(file).catch(() => null);
  if (!picture || picture.width === 0 || picture.height === 0) throw new PhotoError("unreadable");
  try {
    const edge = Math.min(picture.width, picture.height);
    const square = { left: Math.floor((picture.width - edge) / 2), top: Math.floor((picture.height - edge) / 2), edge };
    for (const quality of QUALITIES) {
      const blob = await picture.encode(square, quality);
      if (blob && blob.size <= MOST_SENT_BYTES) return base64(new Uint8Array(await blob.arrayBuffer()));
    }
    throw new PhotoError("unreadable");
  } finally {
    picture.close();
  }
}

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

async function decodeInBrowser(file: File): Promise<Picture> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  return {
    width: bitmap.width,
    height: bitmap.height,
    close: () => bitmap.close(),
    encode: ({ left, top, edge }, quality) => {
      const canvas = Object.assign(document.createElement("canvas"), { width: EDGE_PX, height: EDGE_PX });
      const context = canvas.getContext("2d");
      if (!context) return Promise.resolve(null);
      context.imageSmoothingQuality = "high";
      // JPEG knows no transparency: without this, it would become black.
      context.fillStyle = "#fff";
      context.fillRect(0, 0, EDGE_PX, EDGE_PX);
      context.drawImage(bitmap, left, top, edge, edge, 0, 0, EDGE_PX, EDGE_PX);
      return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
    },
  };
}
