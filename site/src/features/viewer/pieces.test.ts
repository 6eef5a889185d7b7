import { describe, expect, it } from "vitest";

import { randomly } from "@/test/random";

import { piecesOf, rowsOf } from "./pieces";

describe("piecesOf", () => {
  it("cuts a text where highlights begin and end", () => {
    expect(piecesOf("The cat sleeps.", [{ start: 4, end: 7 }])).toEqual([
      { start: 0, text: "The ", isQuoted: false },
      { start: 4, text: "cat", isQuoted: true },
      { start: 7, text: " sleeps.", isQuoted: false },
    ]);
  });

  it("loses nothing of any part of the text, and quotes what the ranges cover", () => {
    randomly(200, (random) => {
      const text = Array.from({ length: 80 }, (_, index) => String.fromCharCode(97 + (index % 26))).join("");
      const cuts = Array.from({ length: 4 }, () => Math.floor(random() * 80)).toSorted((a, b) => a - b);
      const [a = 0, b = 0, c = 0, d = 0] = cuts;
      const ranges = [{ start: a, end: b }, { start: c, end: d }];
      const from = Math.floor(random() * 40);
      const to = from + Math.floor(random() * 40);
      const pieces = piecesOf(text, ranges, from, to);
      expect(pieces.map((piece) => piece.text).join("")).toBe(text.slice(from, to));
      for (const { start, text: part, isQuoted } of pieces) {
        expect(text.slice(start, start + part.length)).toBe(part);
        const isCovered = ranges.some((range) => start >= range.start && start + part.length <= range.end);
        expect(isQuoted).toBe(isCovered);
      }
    });
  });
});

describe("rowsOf", () => {
  const cells = (text: string) => rowsOf(text)?.map((row) => row.cells.map(({ start, end }) => text.slice(start, end)));

  it("gives a sheet's rows and cells by their places, empty ones too", () => {
    expect(cells("Name | Price\nTea |  | 3\n\nMilk")).toEqual([["Name", "Price"], ["Tea", "", "3"], ["Milk"]]);
  });

  it("takes tabs where there are any", () => {
    expect(cells("a | b\tc\nd\te")).toEqual([["a | b", "c"], ["d", "e"]]);
  });

  it("is no table without columns", () => {
    expect(rowsOf("one\ntwo")).toBeNull();
  });
});
