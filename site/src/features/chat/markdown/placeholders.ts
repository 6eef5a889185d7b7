/**
 * Citation markers on their way through Markdown: each is written into the source as a placeholder, and comes out of the
 * lexer as a token of its own, or as a part of what Markdown takes as it is: code, addresses, HTML. What a marker stands
 * for is not known here.
 *
 * A placeholder is `<#12#key`. The `<` is punctuation to Markdown, so that `**Claim.**` before it still ends its
 * emphasis, and no part of an address; the key ends like a word, so that `**` after it can end one as well.
 */
import type { Tokens } from "marked";

/** Made anew for each page: what a model writes is no placeholder, because it does not know the key. */
const KEY = crypto.getRandomValues(new Uint32Array(1)).join();
const PLACEHOLDER = new RegExp(`<#(\\d+)#${KEY}`, "g");
const PLACEHOLDER_FIRST = new RegExp(`^${PLACEHOLDER.source}`);

export const placeholder = (index: number): string => `<#${index}#${KEY}`;

/** A text without its placeholders, or with something else in their place. */
export const replacePlaceholders = (text: string, by: (index: number) => string = () => ""): string =>
  text.replace(PLACEHOLDER, (_whole, index: string) => by(Number(index)));

/** The markers in a text, in order. */
export const placeholdersIn = (text: string): number[] => [...text.matchAll(PLACEHOLDER)].map((match) => Number(match[1]));

/** A text as its pieces: strings and the markers between them. */
export function splitAtPlaceholders(text: string): (string | number)[] {
  const pieces = text.split(PLACEHOLDER).map((piece, at) => (at % 2 === 0 ? piece : Number(piece)));
  return pieces.filter((piece) => piece !== "");
}

export interface MarkerToken extends Tokens.Generic {
  type: "marker";
  index: number;
}

/** The marker that a source begins with, as one of the lexer's inline tokens. */
export function markerToken(source: string): MarkerToken | undefined {
  const match = PLACEHOLDER_FIRST.exec(source);
  return match ? { type: "marker", raw: match[0], index: Number(match[1]) } : undefined;
}

/** One of an answer's text blocks, with the markers that belong to its end. */
export interface MarkedBlock {
  text: string;
  markers: readonly number[];
}

/**
 * One text of blocks in a row. A block's markers stand behind its last word, where Markdown makes nothing else of them:
 * before trailing blanks, inside a table's last cell, above a line that is only a fence, a rule or a bullet. Where no
 * line holds them, they wait for the next block.
 */
export function joinMarked(blocks: readonly MarkedBlock[]): string {
  // Lines before the last marker's own: no later one goes there, so that a long answer is looked through once.
  let settled = "";
  let open = "";
  let held: number[] = [];
  for (const { text, markers } of blocks) {
    open += replacePlaceholders(text);
    held.push(...markers);
    const at = held.length > 0 ? markerPosition(open) : null;
    if (at === null) continue;
    const lineStart = open.lastIndexOf("\n", at - 1) + 1;
    settled += open.slice(0, lineStart);
    open = open.slice(lineStart, at) + held.map(placeholder).join("") + open.slice(at);
    held = [];
  }
  return settled + (held.length > 0 ? `${open}\n\n${held.map(placeholder).join("")}` : open);
}

/** What opens something in the next block, and the blank before it; `<0.05`, without a letter, is no address and no tag. */
const TRAILING_OPENERS = /(?:\s(?:\*{1,3}|_{1,3}|~~|`+|!?\[|\(|<(?:[a-z][^\s<>]*)?)?|\]\()+$/i;
const CELL_END = /\s*(?<!\\)\|$/;

/** Lines that a marker would spoil or that would swallow it. Without trailing blanks. */
const STRUCTURAL: readonly RegExp[] = [
  /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(?:`{3,}|~{3,})[^`]*$/, // a fence
  /^[\s>]*(?:[-*+]|\d{1,9}[.)]|#{1,6}|\|)?(?:\s+\[[ xX]\])?$/, // a bullet, a number or hashes with nothing behind them
  /^[\s>]*([-=*_])(?:\s*\1)+$/, // a rule, or the line below a title
  /^[\s>]*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$/, // the line below a table's header
  /^\s{0,3}\[(?!\^)[^\]]+\]:/, // the address of a reference
  /^[\s>]*(?:\$\$|\\[[\]])$/, // the marks of a formula
  /^[\s>]*<\/?(?:details|summary)>$/i,
];

/** Where a marker for the end of a text stands; null when the text has no line for it (yet). */
function markerPosition(text: string): number | null {
  for (let end = text.length; end > 0; ) {
    end = text.slice(0, end).trimEnd().length;
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const line = text.slice(start, end).replace(TRAILING_OPENERS, "");
    if (end > 0 && !STRUCTURAL.some((pattern) => pattern.test(line))) {
      const isRow = /^[\s>]*\|/.test(line) || /[^\\]\|.*\|$/.test(line);
      return unescaped(text, start + (isRow ? line.replace(CELL_END, "") : line).length);
    }
    end = start - 1;
  }
  return null;
}

/** Before a backslash that would escape what comes to stand there. */
function unescaped(text: string, at: number): number {
  let start = at;
  while (text[start - 1] === "\\") start -= 1;
  return (at - start) % 2 === 0 ? at : at - 1;
}
