/** The end of a text that still grows: what is unfinished is completed, what cannot be told yet is held back. */
import type { Token } from "marked";
import remend from "remend";

import { withoutProducts } from "./emphasis";
import { openFormula } from "./formulas";
import { missingEnds } from "./inlineHtml";

/** Stands for the source of an unfinished formula while the rest is completed. Of a private use area: no text has it. */
export const PENDING = "\ue000";

/** A backslash, a tag's or a character's beginning, or marks that may open something once a letter follows. */
const UNDECIDED = /(?:(?<!\\)(?:\\\\)*\\|<\/?[a-zA-Z]{0,8}|&#?\w{0,10}|(?:^|(?<=\s))(?:\*{1,3}|_{1,3}|~{1,2}|`+|!?\[)|\[\^[^\]\s]*)$/u;
/** Lines that would turn what stands above them into a heading, and the beginnings of fences. */
const UNDECIDED_LINE = /\n {0,3}(?:[-=]{1,2}[ \t]*|`{1,2})$/u;

export const withoutUndecidedLine = (text: string): string => text.replace(UNDECIDED_LINE, "");

interface Completed {
  shown: string;
  /** The source of a formula without its end, for which PENDING stands. */
  pending: string;
  /** What was put behind it. */
  added: string;
}

export function completed(text: string): Completed {
  const start = openFormula(text);
  const decided = start >= 0 ? text.slice(0, start) + PENDING : text.replace(UNDECIDED, "");
  const shown = finished(decided);
  const added = shown.startsWith(decided) ? shown.slice(decided.length) : "";
  return { shown, pending: start >= 0 ? text.slice(start) : "", added };
}

/** Take away an end that closed nothing, as the one of the `_` in an address: nobody wrote it. */
export function withoutUnused(tokens: readonly Token[], added: string): void {
  const last = tokens.at(-1) as (Token & { tokens?: Token[] }) | undefined;
  if (last?.tokens) withoutUnused(last.tokens, added);
  else if (last?.type === "text" && added !== "" && last.raw.endsWith(added)) last.raw = last.raw.slice(0, -added.length);
}

const CODE = /(?<!`)(`+)(?!`)[^]*?[^`]\1(?!`)/gu;

/** What was opened last is closed first, and code before all: it holds no marks. */
function finished(source: string): string {
  const text = source + (/`+(?=[^`])/u.exec(source.replace(CODE, ""))?.[0] ?? "");
  const ends = missingEnds(text);
  const isTagLast = text.lastIndexOf("<") > Math.max(text.lastIndexOf("*"), text.lastIndexOf("_"), text.lastIndexOf("~"));
  return isTagLast ? emphasized(text + ends) : emphasized(text) + ends;
}

function emphasized(text: string): string {
  // A sign of multiplication opens nothing.
  const masked = withoutProducts(text);
  const ended = withEnds(masked);
  return ended.startsWith(masked) ? text + ended.slice(masked.length) : withEnds(text);
}

const withEnds = (text: string): string =>
  remend(text, {
    linkMode: "text-only",
    singleTilde: false,
    katex: false,
    htmlTags: false,
    setextHeadings: false,
    comparisonOperators: false,
  });

/** A table's first line, when no line has come below it yet: with the line that makes a table of it. */
export function withTableLine(text: string): string {
  const match = /(?:^|\n[ \t]*\n|\n(?=[^|\n]*\n))?((?:^|\n) {0,3}\|[^\n]*)(?:\n {0,3}\|?[ \t:|-]*)?$/u.exec(text);
  const header = match?.[1];
  if (!match || header === undefined) return text;
  const before = text.slice(0, match.index + match[0].indexOf(header));
  if (/(?:^|\n) {0,3}\|[^\n]*$/u.test(before)) return text;
  const count = header.trim().replace(/^\||\|$/gu, "").split(/(?<!\\)\|/u).length;
  return `${before}${header}\n|${"---|".repeat(count)}`;
}
