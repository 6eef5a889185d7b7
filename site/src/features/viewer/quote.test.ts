import { describe, expect, it } from "vitest";

import { randomly, type Random } from "@/test/random";

import { findQuote } from "./quote";

/** What is highlighted. */
const found = (text: string, quote: string): string[] => findQuote(text, quote).map(({ start, end }) => text.slice(start, end));

const one = <T,>(random: Random, choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T;

/** Words that occur once, so that there is one right place. */
function words(random: Random, count: number): string[] {
  const letters = [..."abcdefghijklmnopqrstuvwxyzéèàçœöüßñ"];
  return Array.from({ length: count }, (_, index) => {
    const stem = Array.from({ length: 3 + Math.floor(random() * 6) }, () => one(random, letters)).join("");
    return `${stem}${String.fromCharCode(97 + (index % 26))}${index.toString(5).replace(/./g, (digit) => "zyxwv"[Number(digit)] ?? "")}`;
  });
}

/** A page as extraction may yield it: lines broken anywhere, hyphenated words, invisible signs, composed or not. */
function asPage(list: readonly string[], random: Random): { text: string; starts: number[]; ends: number[] } {
  let text = "";
  const starts: number[] = [];
  const ends: number[] = [];
  for (const word of list) {
    starts.push(text.length);
    const cut = 1 + Math.floor(random() * (word.length - 1));
    const broken = one(random, [word, word, `${word.slice(0, cut)}\u00ad${word.slice(cut)}`, `${word.slice(0, cut)}-\n${word.slice(cut)}`]);
    text += one(random, [broken, broken.normalize("NFD"), broken.toUpperCase()]);
    ends.push(text.length);
    text += one(random, [" ", " ", "  ", "\n", "\n\n", "\t", "\u00a0", ", ", ". "]);
  }
  return { text, starts, ends };
}

describe("findQuote", () => {
  it.each([
    ["as it stands", "The cat sleeps here.", "cat sleeps", ["cat sleeps"]],
    ["across lines and blanks", "The cat\n  sleeps\there.", "cat sleeps here", ["cat\n  sleeps\there"]],
    ["in another case", "THE CAT Sleeps.", "the cat sleeps", ["THE CAT Sleeps"]],
    ["with soft hyphens in the text", "The ca\u00adt sle\u00adeps.", "cat sleeps", ["ca\u00adt sle\u00adeps"]],
    ["with soft hyphens in the quote", "The cat sleeps.", "ca\u00adt sleeps", ["cat sleeps"]],
    ["with words hyphenated at a line's end", "an exam-\nple of it", "an example of it", ["an exam-\nple of it"]],
    ["shortened at both ends", "The cat sleeps on the mat.", "… cat sleeps on …", ["cat sleeps on"]],
    ["shortened by dots", "The cat sleeps on the mat.", "The cat sleeps...", ["The cat sleeps"]],
    ["with something left out", "The cat sleeps on the mat and purrs.", "The cat … purrs.", ["The cat", "purrs."]],
    ["with something left out in brackets", "The cat sleeps on the mat and purrs.", "The cat [...] purrs.", ["The cat", "purrs."]],
    ["with an ellipsis of the page's own", "Well… the cat sleeps.", "Well... the cat", ["Well… the cat"]],
    ["with ligatures", "The ﬁnal oﬃce", "final office", ["ﬁnal oﬃce"]],
    ["with accents composed otherwise", "Une the\u0301orie e\u0301te\u0301", "théorie été", ["the\u0301orie e\u0301te\u0301"]],
    ["with other quotation marks and dashes", "He said ‘so’ – “yes”.", 'said "so" - \'yes\'', ["said ‘so’ – “yes"]],
    ["with ß in capitals", "DIE STRASSE", "die Straße", ["DIE STRASSE"]],
    ["with other punctuation", "Costs: 12 apples; 14 pears (fresh)", "Costs 12 apples, 14 pears, fresh", ["Costs: 12 apples; 14 pears (fresh"]],
    ["in a sheet's cells", "Tea | 3 | 9\nMilk | 4 | 8", "Tea 3 9 Milk 4 8", ["Tea | 3 | 9\nMilk | 4 | 8"]],
    ["that goes on on the next page", "End of page: the method was applied", "the method was applied to all of the rest", ["the method was applied"]],
    ["that began on the page before", "applied to all of the rest. More.", "the method was applied to all of the rest.", ["applied to all of the rest."]],
  ])("finds a quote %s", (_name, text, quote, expected) => {
    expect(found(text, quote)).toEqual(expected);
  });

  it.each([
    ["is not there", "The cat sleeps.", "The dog sleeps."],
    ["is empty", "The cat sleeps.", "  "],
    ["is an ellipsis", "The cat sleeps …", "…"],
    ["has its parts in another order", "First the end, then the beginning.", "the beginning … the end"],
    ["shares only a short end with the page", "It ends with the", "the method was applied to all"],
    ["differs in a number", "Costs: 15 apples and 14 pears", "Costs: 12 apples and 14 pears"],
  ])("highlights nothing when the quote %s", (_name, text, quote) => {
    expect(findQuote(text, quote)).toEqual([]);
  });

  it("finds exactly the quoted words, however the page breaks them and the quote spells them", () => {
    randomly(300, (random) => {
      const list = words(random, 40);
      const { text, starts, ends } = asPage(list, random);
      const first = Math.floor(random() * 30);
      const last = first + 3 + Math.floor(random() * 6);
      const quote = list.slice(first, last + 1).join(one(random, [" ", "\n", "  "]));
      const spelt = one(random, [quote, quote.toUpperCase(), `…${quote}…`, `... ${quote}`, quote.normalize("NFD")]);
      const [range, ...more] = findQuote(text, spelt);
      expect(more).toEqual([]);
      expect(range).toEqual({ start: starts[first], end: ends[last] });
    });
  });

  it("finds the parts of a shortened quote, in order, inside the text and apart from each other", () => {
    randomly(300, (random) => {
      const list = words(random, 60);
      const { text, starts, ends } = asPage(list, random);
      const parts = [0, 20, 40].map((from) => from + Math.floor(random() * 10));
      const quote = parts.map((from) => list.slice(from, from + 4).join(" ")).join(one(random, ["…", " … ", " [...] ", "..."]));
      expect(findQuote(text, quote)).toEqual(parts.map((from) => ({ start: starts[from], end: ends[from + 3] })));
    });
  });

  it("finds nothing of words that the page does not have", () => {
    randomly(100, (random) => {
      const list = words(random, 40);
      const { text } = asPage(list.slice(0, 20), random);
      expect(findQuote(text, list.slice(25, 32).join(" "))).toEqual([]);
    });
  });

  it("copes with a long page and a long quote that nearly fits everywhere", () => {
    const text = `${"a ".repeat(30_000)}z`;
    expect(findQuote(text, `${"a ".repeat(400)}b`)).toEqual([]);
  });
});
