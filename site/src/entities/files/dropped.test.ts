import { describe, expect, it } from "vitest";

import { MAX_PASTED_CHARACTERS, pastedOf } from "./dropped";

const clipboard = (texts: Record<string, string>, files: File[] = []) =>
  ({ types: Object.keys(texts), files, getData: (type: string) => texts[type] ?? "" }) as unknown as DataTransfer;

const picture = new File(["x"], "image.png", { type: "image/png" });

describe("a paste", () => {
  it("of a long text becomes a file, of a short one stays a text", () => {
    const long = "x".repeat(MAX_PASTED_CHARACTERS + 1);
    expect(pastedOf(clipboard({ "text/plain": long }))).toEqual({ text: long });
    expect(pastedOf(clipboard({ "text/plain": long.slice(1) }))).toBeNull();
  });

  it("of a picture is a file, also when a browser names its address beside it", () => {
    expect(pastedOf(clipboard({ "text/html": "<img>" }, [picture]))).toEqual({ files: [picture] });
    expect(pastedOf(clipboard({}, [picture]))).toEqual({ files: [picture] });
  });

  it("of cells is their text: an office program adds a picture of them", () => {
    expect(pastedOf(clipboard({ "text/plain": "1\t2", "text/html": "<table>" }, [picture]))).toBeNull();
  });
});
