import { Blob as NodeBlob, File as NodeFile } from "node:buffer";

import { describe, expect, it, vi } from "vitest";

import { encodeImage } from "utif2";

import { fitImage, MAX_IMAGE_BYTES, type DecodedImage } from "./fitImage";
import { decodeTiff } from "./tiff";
import { unreadable } from "./validate";

// Those of jsdom do not give their bytes.
vi.stubGlobal("Blob", NodeBlob);
vi.stubGlobal("File", NodeFile);

type Encoded = { type: string; quality: number | undefined; width: number; height: number };

/** A browser that encodes to as many bytes as the test says. */
function browser(width: number, height: number, bytesOf: (encoded: Encoded) => number, pages = 1) {
  const encodings: Encoded[] = [];
  let closed = 0;
  const decode = async (): Promise<DecodedImage[]> =>
    Array.from({ length: pages }, () => ({
    width,
    height,
    close: () => (closed += 1),
    encode: async (size, type, quality) => {
      const encoded = { type, quality, ...size };
      encodings.push(encoded);
      return new Blob([new Uint8Array(bytesOf(encoded))], { type });
    },
  }));
  return { decode, encodings, closed: () => closed };
}

const file = (name: string, type: string, size = 1_000) => new File([new Uint8Array(size)], name, { type });

describe("an image", () => {
  it("that is small enough is uploaded as it is", async () => {
    const { decode, encodings, closed } = browser(1568, 900, () => 0);
    const given = file("a.png", "image/png");
    expect(await fitImage(given, decode)).toBe(given);
    expect(encodings).toEqual([]);
    expect(closed()).toBe(1);
  });

  it("that is too long becomes 1568 pixels long, and keeps its proportions and its sharpness", async () => {
    const { decode, encodings } = browser(4000, 1000, () => 5_000);
    const fitted = await fitImage(file("screen.png", "image/png"), decode);
    expect(encodings).toEqual([{ type: "image/png", quality: undefined, width: 1568, height: 392 }]);
    expect([fitted.name, fitted.type, fitted.size]).toEqual(["screen.png", "image/png", 5_000]);
  });

  it("becomes a JPEG when it is too large as PNG, as good as fits", async () => {
    const bytes = ({ type, quality }: Encoded) => (type === "image/png" || (quality ?? 1) > 0.85 ? MAX_IMAGE_BYTES + 1 : 7_000);
    const { decode, encodings } = browser(1568, 3136, bytes);
    const fitted = await fitImage(file("photo.png", "image/png"), decode);
    expect(encodings.map(({ type, quality }) => [type, quality])).toEqual([
      ["image/png", undefined],
      ["image/jpeg", 0.9],
      ["image/jpeg", 0.8],
    ]);
    expect([fitted.name, fitted.type, fitted.size]).toEqual(["photo.jpg", "image/jpeg", 7_000]);
  });

  it("keeps its size in pixels when only its bytes are too many", async () => {
    const { decode, encodings } = browser(1000, 800, () => 9_000);
    await fitImage(file("a.jpeg", "image/jpeg", MAX_IMAGE_BYTES + 1), decode);
    expect(encodings).toEqual([{ type: "image/jpeg", quality: 0.9, width: 1000, height: 800 }]);
  });

  it("of another kind is left alone, and so is one that the browser cannot read", async () => {
    const { decode } = browser(9000, 9000, () => 1);
    for (const given of [file("a.gif", "image/gif"), file("a.pdf", "application/pdf")]) expect(await fitImage(given, decode)).toBe(given);
    const broken = file("broken.png", "image/png");
    expect(await fitImage(broken, () => Promise.reject(new Error("broken")))).toBe(broken);
  });

  it.each([
    ["IMG_0001.HEIC", "", "image/jpeg", "IMG_0001.jpg"],
    ["photo.avif", "image/avif", "image/jpeg", "photo.jpg"],
    ["old.bmp", "image/bmp", "image/png", "old.png"],
    ["fax.tif", "image/tiff", "image/jpeg", "fax.jpg"],
  ])("%s, which Claude does not take, becomes one that it takes", async (name, type, becomes, named) => {
    const { decode } = browser(800, 600, () => 9_000);
    const fitted = await fitImage(file(name, type), decode);
    expect([fitted.type, fitted.name]).toEqual([becomes, named]);
  });

  it("of several pages becomes a document of as many", async () => {
    const { decode, closed } = browser(1700, 2200, () => 900, 3);
    const fitted = await fitImage(file("fax.tiff", "image/tiff"), decode);
    expect([fitted.type, fitted.name, closed()]).toEqual(["application/pdf", "fax.pdf", 3]);
    const text = await fitted.text();
    expect(text.match(/\/Type \/Page /g)).toHaveLength(3);
    expect(text).toContain("/MediaBox [0 0 606 784]");
    const table = Number(/startxref\n(\d+)/.exec(text)?.[1]);
    expect(text.slice(table, table + 4)).toBe("xref");
  });

  it("that the browser cannot read stays what it is, and is refused by its name", async () => {
    const given = file("IMG_0001.HEIC", "image/heic");
    expect(await fitImage(given, () => Promise.reject(new Error("no decoder")))).toBe(given);
    expect(unreadable(given.name)?.code).toBe("unreadable_image");
  });

  const little = [0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0];
  const big = [0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1];
  it.each([
    ["upright", [...little, 1, 0, 0, 0], false],
    ["on its side", [...little, 6, 0, 0, 0], true],
    ["on its head", [...big, 0, 3, 0, 0], true],
    ["of no known way", [...big, 0, 99, 0, 0], false],
    ["cut short", little.slice(0, 9), false],
  ])("that a camera held %s is turned only if need be", async (_, tiff, isTurned) => {
    const exif = [0x45, 0x78, 0x69, 0x66, 0, 0, ...tiff];
    const bytes = [0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xe1, 0, exif.length + 2, ...exif];
    const given = new File([new Uint8Array(bytes)], "photo.jpg", { type: "image/jpeg" });
    const { decode, encodings } = browser(400, 300, () => 500);
    const fitted = await fitImage(given, decode);
    expect(fitted === given).toBe(!isTurned);
    expect(encodings).toHaveLength(isTurned ? 1 : 0);
  });
});

it("a TIFF gives its pages, and no smaller copies of them", async () => {
  const rgba = new Uint8Array(6 * 4 * 4).map((_, index) => (index % 4 === 3 ? 255 : index));
  const content = encodeImage(rgba, 6, 4);
  const [page] = await decodeTiff(content, async (pixels) => pixels);
  expect([page?.width, page?.height]).toEqual([6, 4]);
  expect([...(page?.rgba ?? [])]).toEqual([...rgba]);
  await expect(decodeTiff(content.slice(0, 20), async (pixels) => pixels)).resolves.toEqual([]);
});
