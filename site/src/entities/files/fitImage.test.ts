import { describe, expect, it } from "vitest";

import { fitImage, MAX_IMAGE_BYTES, type DecodedImage } from "./fitImage";

type Encoded = { type: string; quality: number | undefined; width: number; height: number };

/** A browser that encodes to as many bytes as the test says. */
function browser(width: number, height: number, bytesOf: (encoded: Encoded) => number) {
  const encodings: Encoded[] = [];
  let closed = 0;
  const decode = async (): Promise<DecodedImage> => ({
    width,
    height,
    close: () => (closed += 1),
    encode: async (size, type, quality) => {
      const encoded = { type, quality, ...size };
      encodings.push(encoded);
      return new Blob([new Uint8Array(bytesOf(encoded))], { type });
    },
  });
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
});
