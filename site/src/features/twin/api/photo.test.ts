import { describe, expect, it, vi } from "vitest";

import "@/test/readableFiles";

import { MOST_PHOTO_BYTES, PhotoError, squarePhoto, type Picture } from "./photo";

const file = (name = "me.jpg", type = "image/jpeg", size?: number): File => {
  const made = new File(["bytes"], name, { type });
  if (size !== undefined) Object.defineProperty(made, "size", { value: size });
  return made;
};

function picture(width: number, height: number, sizes: readonly number[] = [3]) {
  const left = [...sizes];
  const encode = vi.fn<Picture["encode"]>(async () => new Blob([new Uint8Array(left.shift() ?? 3).fill(65)]));
  const close = vi.fn<() => void>();
  return { width, height, encode, close };
}

const problem = async (asked: File, made: Picture | null = picture(10, 10)): Promise<string> => {
  const error: unknown = await squarePhoto(asked, async () => {
    if (!made) throw new Error("no picture");
    return made;
  }).catch((caught: unknown) => caught);
  return error instanceof PhotoError ? error.problem : "none";
};

describe("a photo", () => {
  it.each([
    [picture(800, 600), { left: 100, top: 0, edge: 600 }],
    [picture(600, 801), { left: 0, top: 100, edge: 600 }],
  ])("is the square in its middle", async (made, square) => {
    expect(await squarePhoto(file(), async () => made)).toBe(btoa("AAA"));
    expect(made.encode.mock.calls).toEqual([[square, 0.9]]);
    expect(made.close).toHaveBeenCalledOnce();
  });

  it("is made smaller until the server takes it", async () => {
    const made = picture(600, 600, [600_000, 4]);
    expect(await squarePhoto(file(), async () => made)).toBe(btoa("AAAA"));
    expect(made.encode.mock.calls.map(([, quality]) => quality)).toEqual([0.9, 0.8]);
  });

  it("of 30 MB is refused before it is decoded", async () => {
    const decode = vi.fn<(file: File) => Promise<Picture>>();
    await expect(squarePhoto(file("me.jpg", "image/jpeg", 30 * 1024 ** 2), decode)).rejects.toThrow("too_large");
    expect(decode).not.toHaveBeenCalled();
    expect(await problem(file("me.jpg", "image/jpeg", MOST_PHOTO_BYTES))).toBe("none");
  });

  it("is no drawing, whatever it is called", async () => {
    expect(await problem(file("me.jpg", "image/svg+xml"))).toBe("svg");
    expect(await problem(file("me.SVG", ""))).toBe("svg");
  });

  it("is a picture", async () => {
    expect(await problem(file("me.jpg"), null)).toBe("unreadable");
    expect(await problem(file("me.jpg"), picture(0, 0))).toBe("unreadable");
  });
});
