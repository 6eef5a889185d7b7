import { describe, expect, it } from "vitest";

import type { ContentBlock } from "@/api/types";
import { catalogues } from "@/i18n";
import { shortName } from "@/lib/format";
import { citation, cited } from "@/test/citations";

import { placeholdersIn } from "../markdown/placeholders";
import { copyText } from "./copyText";
import { plainText } from "@/entities/answers/text";

import { citedAnswer } from "./parts";
import { toolText } from "./ToolStep";

const { en, fr } = catalogues;
const search: ContentBlock = {
  type: "tool_use",
  name: "search_files",
  detail: { query: "cats", files: [{ file_id: "f1", name: "thesis.pdf" }] },
};
const other = { file_id: "f2", name: "budget.xlsx", locator: { kind: "sheet", label: "rows 1–9", sheet: "Costs", first_row: 1, last_row: 9 } };

const content: ContentBlock[] = [
  { type: "thinking", thinking: "Where is it?" },
  { type: "text", text: "I look it up." },
  search,
  cited("Cats sleep", citation(12, { cited_text: "sleeping cats" })),
  { type: "text", text: " and eat" },
  { type: "thinking", thinking: "" },
  cited(" fish.\n\n", citation(3, other), citation(12, { cited_text: "they eat" }), citation(12, { cited_text: "they eat" })),
  cited("Costs: 9.", citation(3, other)),
];

describe("citedAnswer", () => {
  it("joins text blocks in a row, and parts them at thinking and tools", () => {
    const { parts } = citedAnswer(content);
    expect(parts.map((part) => part.type)).toEqual(["thinking", "text", "tool_use", "text"]);
  });

  it("numbers sources by file and page in the order of citation; the same page keeps its number", () => {
    const { sources, markers } = citedAnswer(content);
    expect(sources.map(({ number, citation: { name, page } }) => [number, name, page])).toEqual([
      [1, "thesis.pdf", 12],
      [2, "budget.xlsx", 3],
    ]);
    expect(markers.map((marker) => marker.source.number)).toEqual([1, 2, 1, 2]);
  });

  it("keeps with each marker what is quoted there, each quote once", () => {
    const quotes = citedAnswer(content).markers.map((marker) => marker.citations.map((quoted) => quoted.cited_text));
    expect(quotes).toEqual([["sleeping cats"], ["quoted from page 3"], ["they eat"], ["quoted from page 3"]]);
  });

  it("places the markers of all texts by one count", () => {
    const last = citedAnswer(content).parts.at(-1);
    expect(last?.type === "text" && placeholdersIn(last.text)).toEqual([0, 1, 2, 3]);
  });

  it("never changes a number while the answer grows", () => {
    const whole = citedAnswer(content).markers.map((marker) => marker.source.number);
    for (let end = 0; end <= content.length; end += 1) {
      const numbers = citedAnswer(content.slice(0, end)).markers.map((marker) => marker.source.number);
      expect(numbers).toEqual(whole.slice(0, numbers.length));
    }
  });

  it("leaves out citations of another shape", () => {
    const old = { type: "char_location", cited_text: "x" } as unknown as ReturnType<typeof citation>;
    expect(citedAnswer([cited("A.", old, citation(1))]).markers).toHaveLength(1);
  });
});

it("the plain text of an answer has no markers, thinking and tools", () => {
  expect(plainText(content)).toBe("I look it up.\n\nCats sleep and eat fish.\n\nCosts: 9.");
});

it("an answer is copied with numbers and what they stand for, in the person's language", () => {
  expect(copyText(en, citedAnswer(content))).toBe(
    "I look it up.\n\nCats sleep[1] and eat fish.[2][1]\n\nCosts: 9.[2]\n\n[1] thesis.pdf, page 12\n[2] budget.xlsx, sheet Costs, rows 1–9",
  );
  expect(copyText(fr, citedAnswer(content))).toContain("[2] budget.xlsx, feuille Costs, lignes 1 à 9");
  expect(copyText(en, citedAnswer([{ type: "text", text: "Nothing cited." }]))).toBe("Nothing cited.");
});

describe("a tool's step", () => {
  const SHORT = shortName(`${"x".repeat(80)}.pdf`);
  const named = (...names: string[]) => names.map((name) => ({ file_id: name, name }));
  const text = (name: string, detail: object, isRunning = false) =>
    [en, fr].map((t) => toolText(t, t === en ? "en" : "fr", { type: "tool_use", name, detail: { files: named("a.pdf"), ...detail } }, isRunning));

  it.each([
    ["search_files", { query: "cats" }, true, "Searching in a.pdf…", "Recherche dans a.pdf…"],
    ["search_files", { query: "cats" }, false, "Searched in a.pdf: “cats”", "Recherche dans a.pdf : « cats »"],
    ["search_files", { query: "x", files: named("a", "b") }, false, "Searched in a and b: “x”", "Recherche dans a et b : « x »"],
    ["search_files", { query: "x", files: named("a", "b", "c", "d", "e") }, true, "Searching in a, b, c, and 2 more…", "Recherche dans a, b, c et 2 autres…"],
    ["read_pages", { files: named(`${"x".repeat(80)}.pdf`) }, false, `Read ${SHORT}`, `${SHORT} : lecture faite`],
    ["read_pages", { first: 12, last: 14 }, false, "Read pages 12–14 of a.pdf", "a.pdf, pages 12 à 14 : lecture faite"],
    ["read_pages", { first: 12, last: 12 }, true, "Reading page 12 of a.pdf…", "Lecture de a.pdf, page 12…"],
    ["read_pages", { first: 3, last: 3, files: named("talk.pptx") }, false, "Read slide 3 of talk.pptx", "talk.pptx, diapositive 3 : lecture faite"],
    ["read_pages", { first: 2, last: 4, files: named("b.xlsx") }, true, "Reading parts 2–4 of b.xlsx…", "Lecture de b.xlsx, parties 2 à 4…"],
    ["read_pages", {}, false, "Read a.pdf", "a.pdf : lecture faite"],
    ["weather", {}, false, "Used weather", "Outil utilisé : weather"],
    ["search_files", { files: [] }, true, "Using search_files…", "Utilise search_files…"],
  ])("%s %o reads well (running: %s)", (name, detail, isRunning, english, french) => {
    const [inEnglish, inFrench] = text(name, detail, isRunning);
    expect(inEnglish).toBe(english);
    expect(inFrench?.replaceAll("\u00a0", " ")).toBe(french);
  });
});
