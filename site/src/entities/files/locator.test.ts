import { describe, expect, it } from "vitest";

import { catalogues } from "@/i18n";

import { locatorText } from "./locator";

const { en, fr } = catalogues;

describe("a locator", () => {
  it.each([
    [{ kind: "page", label: "page 12", page: 12 }, "page 12", "page 12"],
    [{ kind: "slide", label: "slide 3", slide: 3 }, "slide 3", "diapositive 3"],
    [
      { kind: "sheet", label: "sheet Budget rows 1–200", sheet: "Budget", first_row: 1, last_row: 200 },
      "sheet Budget, rows 1–200",
      "feuille Budget, lignes 1 à 200",
    ],
    [{ kind: "sheet", label: "row 7", sheet: null, first_row: 7, last_row: 7 }, "row 7", "ligne 7"],
    [{ kind: "section", label: "section Results", section: "Results", part: 1 }, "section “Results”", "section « Results »"],
    [
      { kind: "section", label: "section Results (part 2)", section: "Results", part: 2 },
      "section “Results” (part 2)",
      "section « Results » (partie 2)",
    ],
    [{ kind: "section", label: "part 1", section: null, part: 1 }, "part 1", "partie 1"],
    [{ kind: "lines", label: "lines 40–80", first_line: 40, last_line: 80 }, "lines 40–80", "lignes 40 à 80"],
    [{ kind: "lines", label: "line 4 (part 2)", first_line: 4, last_line: 4, part: 2 }, "line 4 (part 2)", "ligne 4 (partie 2)"],
    [{ kind: "page", label: "offer.pdf, page 2", page: 2, attachment: "offer.pdf" }, "offer.pdf, page 2", "offer.pdf, page 2"],
    [
      { kind: "lines", label: "a.txt, line 4", first_line: 4, last_line: 4, attachment: "a.txt" },
      "a.txt, line 4",
      "a.txt, ligne 4",
    ],
    [{ kind: "chapter", label: "chapter 9" }, "chapter 9", "chapter 9"],
  ])("%o reads well in both languages", (locator, english, french) => {
    expect(locatorText(en, locator)).toBe(english);
    expect(locatorText(fr, locator)).toBe(french);
  });
});
