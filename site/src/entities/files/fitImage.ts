/**
 * Makes of an image one that Claude takes, before it is uploaded: as small as it is seen there, upright, and of a type that
 * is known there. https://docs.claude.com/en/docs/build-with-claude/vision
 *
 * It is done here and not on the server, whose package would grow by the decoders, one of them under a licence that binds.
 */
import { extensionOf, isConvertible } from "./kinds";
import { isTurned } from "./exif";
import { pdfOf, type PdfPage } from "./imagesPdf";

export const MAX_EDGE_PX = 1568;
export const MAX_IMAGE_BYTES = 3.5 * 1024 * 1024;
const JPEG_QUALITIES: readonly number[] = [0.9, 0.8, 0.65, 0.5];
/** Animated ones would lose their movement; what is no image is none of ours. */
const RESIZED_TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp"]);
/** Of drawings and screenshots, whose lines are to stay sharp. */
const SHARP = new Set(["png", "bmp", "ico"]);

export interface DecodedImage {
  width: number;
  height: number;
  /** Draw at a size and encode; null when the browser cannot. */
  encode(size: { width: number; height: number }, type: "image/png" | "image/jpeg", quality?: number): Promise<Blob | null>;
  close(): void;
}

/** The pages of an image, most often one, each to be closed. */
export type DecodeImage = (file: File) => Promise<DecodedImage[]>;

/** The file itself where it is good as it is, is no such image or cannot be decoded: then the server decides. */
export async function fitImage(file: File, decode: DecodeImage = decodeInBrowser): Promise<File> {
  const isForeign = isConvertible(file.name);
  if (!isForeign && !RESIZED_TYPES.has(file.type)) return file;
  const images = await decode(file).catch(() => []);
  try {
    const [image] = images;
    if (!image) return file;
    if (images.length > 1) return await asPdf(file, images);
    const mustChange = isForeign || (await isTurned(file));
    return await fitted(file, image, mustChange);
  } finally {
    for (const image of images) image.close();
  }
}

async function fitted(file: File, image: DecodedImage, mustChange: boolean): Promise<File> {
  const size = fittingSize(image);
  if (!mustChange && size.width === image.width && file.size <= MAX_IMAGE_BYTES) return file;
  // Screenshots stay sharp as PNG; a photograph in PNG is too large and becomes a JPEG.
  const isSharp = file.type === "image/png" || SHARP.has(extensionOf(file.name));
  const sharp = isSharp ? await image.encode(size, "image/png") : null;
  if (sharp && sharp.size <= MAX_IMAGE_BYTES) return new File([sharp], named(file.name, /png/i, "png"), { type: "image/png" });
  const blob = await asJpeg(image, size);
  return blob ? new File([blob], named(file.name, /jpe?g/i, "jpg"), { type: "image/jpeg" }) : file;
}

/** A scan of several pages, as the document that it is. */
async function asPdf(file: File, images: readonly DecodedImage[]): Promise<File> {
  const pages: PdfPage[] = [];
  for (const image of images) {
    const size = fittingSize(image);
    const blob = await asJpeg(image, size);
    if (!blob) return file;
    pages.push({ ...size, jpeg: new Uint8Array(await blob.arrayBuffer()) });
  }
  return new File([pdfOf(pages)], named(file.name, /pdf/i, "pdf"), { type: "application/pdf" });
}

function fittingSize({ width, height }: DecodedImage): { width: number; height: number } {
  const scale = Math.min(1, MAX_EDGE_PX / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

async function asJpeg(image: DecodedImage, size: { width: number; height: number }): Promise<Blob | null> {
  for (const quality of JPEG_QUALITIES) {
    const blob = await image.encode(size, "image/jpeg", quality);
    if (blob && blob.size <= MAX_IMAGE_BYTES) return blob;
  }
  return null;
}

/** With the ending of what it has become, unless it has one that says so. */
const named = (name: string, said: RegExp, ending: string): string =>
  said.test(extensionOf(name)) ? name : `${name.replace(/\.\w+$/, "")}.${ending}`;

async function decodeInBrowser(file: File): Promise<DecodedImage[]> {
  if (/^tiff?$/.test(extensionOf(file.name))) {
    const { decodeTiff } = await import("./tiff");
    return decodeTiff(await file.arrayBuffer(), async ({ rgba, width, height }) =>
      decoded(await createImageBitmap(new ImageData(rgba, width, height))),
    );
  }
  return [decoded(await createImageBitmap(file, { imageOrientation: "from-image" }))];
}

const decoded = (bitmap: ImageBitmap): DecodedImage => ({
  width: bitmap.width,
  height: bitmap.height,
  close: () => bitmap.close(),
  encode: (size, type, quality) => encode(bitmap, size, type, quality),
});

function encode(
  bitmap: ImageBitmap,
  { width, height }: { width: number; height: number },
  type: string,
  quality?: number,
): Promise<Blob | null> {
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d");
  if (!context) return Promise.resolve(null);
  context.imageSmoothingQuality = "high";
  if (type === "image/jpeg") {
    // JPEG knows no transparency: without this, it would become black.
    context.fillStyle = "#fff";
    context.fillRect(0, 0, width, height);
  }
  context.drawImage(bitmap, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, type, quality));
}
