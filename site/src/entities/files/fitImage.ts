/**
 * Makes an image as small as Claude sees it, before it is uploaded: what is larger is only made smaller there, too.
 * https://docs.claude.com/en/docs/build-with-claude/vision
 */

export const MAX_EDGE_PX = 1568;
export const MAX_IMAGE_BYTES = 3.5 * 1024 * 1024;
const JPEG_QUALITIES: readonly number[] = [0.9, 0.8, 0.65, 0.5];
/** Animated ones would lose their movement; what is no image is none of ours. */
const RESIZED_TYPES: ReadonlySet<string> = new Set(["image/png", "image/jpeg", "image/webp"]);

export interface DecodedImage {
  width: number;
  height: number;
  /** Draw at a size and encode; null when the browser cannot. */
  encode(size: { width: number; height: number }, type: "image/png" | "image/jpeg", quality?: number): Promise<Blob | null>;
  close(): void;
}

export type DecodeImage = (file: File) => Promise<DecodedImage>;

/** The file itself where it is small enough, is no such image or cannot be decoded: then the server decides. */
export async function fitImage(file: File, decode: DecodeImage = decodeInBrowser): Promise<File> {
  if (!RESIZED_TYPES.has(file.type)) return file;
  const image = await decode(file).catch(() => null);
  if (!image) return file;
  try {
    return await fitted(file, image);
  } finally {
    image.close();
  }
}

async function fitted(file: File, image: DecodedImage): Promise<File> {
  const scale = Math.min(1, MAX_EDGE_PX / Math.max(image.width, image.height));
  if (scale === 1 && file.size <= MAX_IMAGE_BYTES) return file;
  const size = { width: Math.max(1, Math.round(image.width * scale)), height: Math.max(1, Math.round(image.height * scale)) };
  // Screenshots stay sharp as PNG; a photograph in PNG is too large and becomes a JPEG.
  const sharp = file.type === "image/png" ? await image.encode(size, "image/png") : null;
  if (sharp && sharp.size <= MAX_IMAGE_BYTES) return new File([sharp], file.name, { type: "image/png" });
  for (const quality of JPEG_QUALITIES) {
    const blob = await image.encode(size, "image/jpeg", quality);
    if (blob && blob.size <= MAX_IMAGE_BYTES) return new File([blob], jpegName(file.name), { type: "image/jpeg" });
  }
  return file;
}

const jpegName = (name: string): string => (/\.jpe?g$/i.test(name) ? name : `${name.replace(/\.\w+$/, "")}.jpg`);

async function decodeInBrowser(file: File): Promise<DecodedImage> {
  const bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  return {
    width: bitmap.width,
    height: bitmap.height,
    close: () => bitmap.close(),
    encode: (size, type, quality) => encode(bitmap, size, type, quality),
  };
}

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
