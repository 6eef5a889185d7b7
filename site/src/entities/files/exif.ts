/** Which way up a camera held a photograph: JPEG's EXIF says it, and Claude is not known to look there. */

const HEAD_BYTES = 256 * 1024;
const ORIENTATION = 0x0112;

/** Whether a JPEG is to be turned or mirrored to be seen as its photographer saw it. */
export async function isTurned(file: File): Promise<boolean> {
  if (file.type !== "image/jpeg") return false;
  const head = new DataView(await file.slice(0, HEAD_BYTES).arrayBuffer());
  try {
    return orientation(head) > 1;
  } catch (error) {
    if (error instanceof RangeError) return false; // cut short, or no EXIF at all
    throw error;
  }
}

/** From 1 to 8; 1 is upright, and what a photograph without EXIF is. */
function orientation(view: DataView): number {
  let at = 2;
  while (view.getUint8(at) === 0xff) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xda) return 1;
    if (marker === 0xe1 && view.getUint32(at + 4) === 0x45786966) return inTiff(view, at + 10); // "Exif"
    at += 2 + view.getUint16(at + 2);
  }
  return 1;
}

function inTiff(view: DataView, start: number): number {
  const isLittle = view.getUint16(start) === 0x4949;
  const directory = start + view.getUint32(start + 4, isLittle);
  const count = view.getUint16(directory, isLittle);
  for (let entry = directory + 2; entry < directory + 2 + count * 12; entry += 12) {
    if (view.getUint16(entry, isLittle) === ORIENTATION) {
      const value = view.getUint16(entry + 8, isLittle);
      return value >= 1 && value <= 8 ? value : 1;
    }
  }
  return 1;
}
