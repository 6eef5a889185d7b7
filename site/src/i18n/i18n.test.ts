import { describe, expect, it } from "vitest";

import { WORDS } from "@/twin-element/texts";

import { catalogues as ofFirstPage, detectLanguage, setLanguage, t } from ".";
import { commentTexts } from "./comments";
import { insightsTexts } from "./insights";
import { peopleTexts } from "./people";
import { statusTexts } from "./status";
import { twinTexts } from "./twin";

/** With the texts that come later than the first page. */
const catalogues = {
  en: { ...ofFirstPage.en, comments: commentTexts.all.en, people: peopleTexts.all.en, insights: insightsTexts.all.en, status: statusTexts.all.en, twin: twinTexts.all.en },
  fr: { ...ofFirstPage.fr, comments: commentTexts.all.fr, people: peopleTexts.all.fr, insights: insightsTexts.all.fr, status: statusTexts.all.fr, twin: twinTexts.all.fr },
};

type Argument = (index: number) => unknown;

const telling: Argument = (index) => `⟨${index}⟩`;

/** Every text of a catalogue by its path; functions are called with telling arguments, or others. */
function texts(node: unknown, argument = telling, path = ""): [string, string][] {
  if (typeof node === "string") return [[path, node]];
  if (typeof node === "function") {
    const args = Array.from({ length: node.length }, (_, index) => argument(index));
    return [[path, String(Reflect.apply(node, null, args))]];
  }
  return Object.entries(node as object).flatMap(([key, value]) =>
    texts(value, argument, path ? `${path}.${key}` : key),
  );
}

const english = new Map(texts(catalogues.en));

/** The same word in both languages. */
const SAME = new Set([
  "app.name",
  "list.title",
  "chat.conversation",
  "chat.code",
  "chat.imageLink",
  "files.locator.page",
  "files.locator.pages",
  "files.extent.page",
  "citations.viewer.units.page.name",
  "people.budgetTitle",
  "comments.sections.title",
  "twin.steps.sources",
  "twin.sources.list",
  "twin.sources.cv",
  "twin.sources.note",
  "twin.sources.kinds.cv",
  "twin.sources.kinds.note",
  "twin.sections.publications",
  "twin.sections.notes",
  "twin.persona.photo",
  "twin.publish.version",
  "errors.fields.message",
  "errors.fields.system",
  "errors.fields.type",
  "errors.fields.data",
  "errors.fields.budget_usd",
]);

describe.each(Object.entries(catalogues))("the catalogue %s", (_language, catalogue) => {
  const own = new Map(texts(catalogue));

  it("has exactly the keys of the English one, none empty", () => {
    expect([...own.keys()].toSorted()).toEqual([...english.keys()].toSorted());
    expect([...own].filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("uses every argument that the English one uses", () => {
    for (const [key, text] of own) {
      const wanted = english.get(key)?.match(/⟨\d⟩/g) ?? [];
      expect([key, [...(text.match(/⟨\d⟩/g) ?? [])].toSorted()]).toEqual([key, [...wanted].toSorted()]);
    }
  });

  it("has no stray blanks", () => {
    expect([...own].filter(([, text]) => / {2}|^ | $/.test(text))).toEqual([]);
  });
});

it("is translated: only a few words are the same in both languages", () => {
  const untranslated = texts(catalogues.fr).filter(([key, text]) => text === english.get(key) && !SAME.has(key));
  expect(untranslated).toEqual([]);
});

/** With what the twin's element says. */
const french = { ...catalogues.fr, element: WORDS.fr };

it("keeps French signs with their words: a no-break space stands before ? ! ; : and inside guillemets", () => {
  expect(texts(french).filter(([, text]) => / [?!;:»]|« /.test(text))).toEqual([]);
});

const UNITS = "(?:fichier|page|diapositive|partie|jeton|conversation|message|caractère|commentaire|personne|source|dernier|ligne|élément|point|jour|Mo\\b)";

it("keeps French numbers with their units: a no-break space stands between them", () => {
  expect(texts(french, () => 3).filter(([, text]) => new RegExp(`\\d ${UNITS}`).test(text))).toEqual([]);
});

it("puts no French word that is shortened before a vowel in front of a twin's name", () => {
  expect(texts({ twin: french.twin, element: french.element }).filter(([, text]) => /\b(?:de|que) ⟨0⟩/i.test(text))).toEqual([]);
});

it("knows that nought is singular in French", () => {
  const plural = texts(catalogues.fr, () => 0).filter(([, text]) => new RegExp(`(?<!\\d)0\\s${UNITS}s`).test(text));
  // These are only ever said of several, or of a text whose number is not known.
  const several = ["files.beyondLimit", "files.waitingSeveral", "files.page.foundMore", "chat.tooLong", "errors.characters", "comments.errors.name_refused"];
  expect(plural.map(([key]) => key).filter((key) => !several.includes(key))).toEqual([]);
});

describe("the language", () => {
  it("is the first on offer that the browser prefers", () => {
    expect(detectLanguage(["fr-CA", "en"])).toBe("fr");
    expect(detectLanguage(["de", "fr"])).toBe("fr");
    expect(detectLanguage(["EN-gb"])).toBe("en");
    expect(detectLanguage(["de"])).toBe("en");
    expect(detectLanguage([])).toBe("en");
    expect(detectLanguage(["constructor"])).toBe("en");
  });

  it("is kept and told to the document", () => {
    setLanguage("fr");
    expect(document.documentElement.lang).toBe("fr");
    expect(t().chat.send).toBe("Envoyer");
    expect(localStorage.getItem("chatapp.language")).toBe("fr");
    setLanguage("en");
    expect(document.documentElement.lang).toBe("en");
  });
});
