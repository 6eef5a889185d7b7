/** TIFF, which scanners and fax machines write and most browsers cannot read; loaded where there is one. */
import { decode, decodeImage, toRGBA8 } from "utif2";

/** What Claude reads of a document by sight. */
const MOST_PAGES = 100;
const MOST_PIXELS = 200_000_000;

export interface Pixels {
  rgba: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
}

/** Its pages, each made of its pixels as they are shown; the smaller copies that some programs add are none. */
export async function decodeTiff<Image>(content: ArrayBuffer, make: (pixels: Pixels) => Promise<Image>): Promise<Image[]> {
  const images: Image[] = [];
  for (const page of decode(content)) {
    if (isCopy(page) || images.length === MOST_PAGES) continue;
    const [width, height] = [numberOf(page["t256"]), numberOf(page["t257"])];
    if (!width || !height || width * height > MOST_PIXELS) continue;
    decodeImage(content, page);
    const pixels = new Uint8ClampedArray(toRGBA8(page));
    if (pixels.length !== page.width * page.height * 4 || !pixels.length) continue;
    images.push(await make({ rgba: pixels, width: page.width, height: page.height }));
  }
  return images;
}

type Page = ReturnType<typeof decode>[number];

/** Tag 254, the kind of subfile: bit 0 says that it is a smaller copy of another page. */
const isCopy = (page: Page): boolean => Boolean(numberOf(page["t254"]) & 1);

function numberOf(tag: Page[string] | undefined): number {
  const value: unknown = Array.isArray(tag) ? tag[0] : 0;
  return typeof value === "number" ? value : 0;
}
