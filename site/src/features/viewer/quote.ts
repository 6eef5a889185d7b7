/**
 * Where a quote stands in the text of its page. Pure.
 *
 * Neither is literal: extraction breaks lines and hyphenates, the server shortens long quotes with an ellipsis, and
 * models copy with other quotation marks. So both are compared without blanks, hyphens, quotation marks, accents and case.
 */

/** start (included) to end (not included), in UTF-16 units of the page's text. */
export interface TextRange {
  start: number;
  end: number;
}

/** A text as it is compared, and for each of its units the place in the original. */
interface Folded {
  text: string;
  starts: number[];
  ends: number[];
}

/** Blanks, soft hyphens and other invisible signs, hyphens and dashes, quotation marks, accents. */
const IGNORED = /[\s\p{Cf}\p{M}\p{Pd}\p{Pi}\p{Pf}"'`´]/u;
const NOT_WORDS = /[^\p{L}\p{N}]/u;
const MARK = /\p{M}/u;
const OMISSION = /\[(?:…|\.{3})\]|…|\.{3,}|(?:\.\s){2,}\./;

/** Fewer signs than these may stand anywhere by chance. */
const LEAST_PART = 3;
const LEAST_LOOSE = 8;
const LEAST_ACROSS_PAGES = 16;

/** What to highlight, in order: one range, or several where the quote leaves something out. Empty: it was not found. */
export function findQuote(text: string, quote: string): TextRange[] {
  const words = partsOf(quote, NOT_WORDS);
  if (words.length === 0) return [];
  const page = fold(text, IGNORED);
  const parts = partsOf(quote, IGNORED);
  const found =
    inOrder(page, [fold(quote, IGNORED).text]) ??
    inOrder(page, parts) ??
    (words.join("").length >= LEAST_LOOSE ? inOrder(fold(text, NOT_WORDS), words) : null) ??
    acrossPages(page, parts);
  return (found ?? []).map((range) => withAccents(text, range));
}

/** What a quote consists of between its ellipses; parts that are too short to tell anything count only when alone. */
function partsOf(quote: string, ignored: RegExp): string[] {
  const parts = quote
    .split(OMISSION)
    .map((part) => fold(part, ignored).text)
    .filter(Boolean);
  return parts.length === 1 ? parts : parts.filter((part) => part.length >= LEAST_PART);
}

/** The parts one after the other; null unless all are there. */
function inOrder(page: Folded, parts: readonly string[]): TextRange[] | null {
  const ranges: TextRange[] = [];
  let from = 0;
  for (const part of parts) {
    const at = page.text.indexOf(part, from);
    if (at < 0) return null;
    from = at + part.length;
    ranges.push(rangeOf(page, at, from));
  }
  return ranges.length > 0 ? ranges : null;
}

/** A quote that begins at the end of this page, or ends at its beginning. */
function acrossPages(page: Folded, parts: readonly string[]): TextRange[] | null {
  const [first = ""] = parts;
  const last = parts.at(-1) ?? "";
  for (let length = Math.min(first.length, page.text.length); length >= LEAST_ACROSS_PAGES; length -= 1) {
    if (page.text.endsWith(first.slice(0, length))) return [rangeOf(page, page.text.length - length, page.text.length)];
  }
  for (let length = Math.min(last.length, page.text.length); length >= LEAST_ACROSS_PAGES; length -= 1) {
    if (page.text.startsWith(last.slice(-length))) return [rangeOf(page, 0, length)];
  }
  return null;
}

const rangeOf = ({ starts, ends }: Folded, from: number, to: number): TextRange => ({
  start: starts[from] ?? 0,
  end: ends[to - 1] ?? 0,
});

function fold(text: string, ignored: RegExp): Folded {
  const folded: Folded = { text: "", starts: [], ends: [] };
  let at = 0;
  for (const character of text) {
    const end = at + character.length;
    for (const sign of foldSign(character)) {
      if (ignored.test(sign)) continue;
      folded.text += sign;
      for (let unit = 0; unit < sign.length; unit += 1) {
        folded.starts.push(at);
        folded.ends.push(end);
      }
    }
    at = end;
  }
  return folded;
}

/** Compatibility decomposition takes ligatures apart and accents off; by way of capitals, ß and ς meet SS and Σ. */
const foldSign = (character: string): string => character.normalize("NFKD").toUpperCase().toLowerCase();

/** With the accents that follow the last letter as signs of their own. */
function withAccents(text: string, { start, end }: TextRange): TextRange {
  let last = end;
  while (last < text.length && MARK.test(text[last] ?? "")) last += 1;
  return { start, end: last };
}
