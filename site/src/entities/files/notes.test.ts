import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { catalogues } from "@/i18n";

import { noteTexts } from "./notes";

const note = (code: string, fields: Partial<{ pages: number[][]; names: string[]; count: number }> = {}) => ({
  code,
  pages: [],
  names: [],
  count: 0,
  ...fields,
});
const words = (language: "en" | "fr", ...notes: ReturnType<typeof note>[]): string[] =>
  noteTexts({ t: catalogues[language], language }, notes).map(({ text }) => text.replaceAll("\u00a0", " "));

/** As the server's own list has them. */
const codes: string[] = JSON.parse(readFileSync("../tests/contract/openapi.json", "utf8")).components.schemas.FileNote.properties.code.enum;

describe.each(["en", "fr"] as const)("in %s", (language) => {
  it("has a sentence for each of the server's codes, for one and for several, and for no other", () => {
    expect(Object.keys(catalogues[language].files.notes).toSorted()).toEqual(codes.toSorted());
    for (const code of codes) {
      const [one, several] = [
        note(code, { pages: [[3, 3]], count: 1 }),
        note(code, { pages: [[3, 6], [9, 9]], count: 5 }),
      ].map((each) => words(language, each)[0]);
      expect(one).toMatch(/^\p{Lu}|^3/u);
      expect(several).toContain("3–6, 9");
      expect(several).toMatch(/\.$/);
    }
  });
});

it("says pages, names and counts as a person would", () => {
  expect(words("en", note("pictures", { pages: [[40, 90]], count: 51 }))).toEqual(["Pages 40–90 are pictures and were not read."]);
  expect(words("fr", note("pictures", { pages: [[7, 7]], count: 1 }))).toEqual(["La page 7 est une image et n’a pas été lue."]);
  expect(words("en", note("hidden_sheets", { names: ["Costs", "Old"], count: 2 }))).toEqual(["Hidden sheets, read as well: “Costs” and “Old”."]);
  const many = note("attachments_left_out", { names: ["a", "b", "c", "d", "e", "f"], count: 30 });
  expect(words("en", many)[0]).toContain("“e”, and 25 more.");
  expect(words("fr", many)[0]).toContain("« e » et 25 autres.");
  expect(words("fr", note("comments", { count: 12 }))).toEqual(["12 commentaires, lus avec leurs auteurs."]);
  const scattered = Array.from({ length: 20 }, (_, at) => [2 * at + 1, 2 * at + 1]);
  expect(words("en", note("garbled", { pages: scattered, count: 20 }))[0]).toContain("Pages 1, 3, 5, 7, 9, 11, 13, 15 and others");
});

it("puts what was not read first, and leaves out what it has no words for", () => {
  expect(noteTexts({ t: catalogues.en, language: "en" }, [note("comments", { count: 2 }), note("of a later server"), note("toString"), note("cut", { pages: [[1, 1]], count: 1 })])).toEqual([
    { code: "cut", text: "Page 1 is too long and cut short.", isLoss: true },
    { code: "comments", text: "2 comments, read with their authors.", isLoss: false },
  ]);
  expect(noteTexts({ t: catalogues.en, language: "en" }, undefined)).toEqual([]);
});
