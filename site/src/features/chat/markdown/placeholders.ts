/**
 * Citation markers on their way through Markdown: each is written into the source as a placeholder, survives lexing as
 * a part of some text, and is drawn where it comes out. Pure strings; what a marker stands for is not known here.
 *
 * A placeholder is U+FFFC, private-use digits and their end. Markdown takes U+FFFC for punctuation, so that `**Claim.**`
 * before it still ends its emphasis, and the digits for letters, so that `**` after it can end one as well. The end parts
 * them from text that begins with the same characters: the symbols of some PDFs' fonts.
 */

const OBJECT = "\uFFFC";
const DIGITS_FROM = 0xe000;
const DIGITS_END = "\uE010";
/** Whitespace to Markdown, nothing to the eye: it ends an address that a placeholder would else become part of. */
const ADDRESS_END = "\uFEFF";
/** What a model writes must not become a marker, as a character reference neither. */
const FORGED = /\uFFFC|&#(?:x0*fffc|0*65532);/gi;
const PLACEHOLDER = /\uFEFF?\uFFFC([\uE000-\uE00F]+)\uE010/g;

export const placeholder = (index: number): string =>
  OBJECT + [...index.toString(16)].map((digit) => String.fromCharCode(DIGITS_FROM + Number.parseInt(digit, 16))).join("") + DIGITS_END;

const indexOf = (digits: string): number =>
  Number.parseInt([...digits].map((digit) => (digit.charCodeAt(0) - DIGITS_FROM).toString(16)).join(""), 16);

/** A text without its placeholders, or with something else in their place. */
export const replacePlaceholders = (text: string, by: (index: number) => string = () => ""): string =>
  text.includes(OBJECT) ? text.replace(PLACEHOLDER, (_whole, digits: string) => by(indexOf(digits))) : text;

/** The markers in a text, in order. */
export const placeholdersIn = (text: string): number[] =>
  text.includes(OBJECT) ? [...text.matchAll(PLACEHOLDER)].map((match) => indexOf(match[1] ?? "")) : [];

/** A text as its pieces: strings and the markers between them. */
export function splitAtPlaceholders(text: string): (string | number)[] {
  if (!text.includes(OBJECT)) return [text];
  const pieces = text.split(PLACEHOLDER).map((piece, index) => (index % 2 === 0 ? piece : indexOf(piece)));
  return pieces.filter((piece) => piece !== "");
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
    open += text.replace(FORGED, "");
    held.push(...markers);
    const at = held.length > 0 ? markerPosition(open) : null;
    if (at === null) continue;
    const lineStart = open.lastIndexOf("\n", at - 1) + 1;
    settled += open.slice(0, lineStart);
    open = withMarkers(open.slice(lineStart), at - lineStart, held);
    held = [];
  }
  return settled + (held.length > 0 ? withMarkers(`${open}\n\n`, open.length + 2, held) : open);
}

function withMarkers(text: string, at: number, markers: readonly number[]): string {
  const before = text.slice(0, at);
  const end = ENDS_IN_ADDRESS.test(before.slice(-LONGEST_ADDRESS)) ? ADDRESS_END : "";
  return before + end + markers.map(placeholder).join("") + text.slice(at);
}

const ENDS_IN_ADDRESS = /(?:https?:\/\/|www\.|@)[^\s\uFFFC]*$/i;
const LONGEST_ADDRESS = 2_000;
/** What opens something in the next block, and the blank before it. */
const TRAILING_OPENERS = /(?:\s(?:\*{1,3}|_{1,3}|~~|`+|!?\[|\()?)+$/;
const CELL_END = /\s*(?<!\\)\|$/;

/** Lines that a marker would spoil or that would swallow it. Without trailing blanks. */
const STRUCTURAL: readonly RegExp[] = [
  /^[\s>]*(?:(?:[-*+]|\d{1,9}[.)])\s+)*(?:`{3,}|~{3,})[^`]*$/, // a fence
  /^[\s>]*(?:[-*+]|\d{1,9}[.)]|#{1,6}|\|)?(?:\s+\[[ xX]\])?$/, // a bullet, a number or hashes with nothing behind them
  /^[\s>]*([-=*_])(?:\s*\1)+$/, // a rule, or the line below a title
  /^[\s>]*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?$/, // the line below a table's header
  /^\s{0,3}\[[^\]]+\]:/, // the address of a reference
];

/** Where a marker for the end of a text stands; null when the text has no line for it (yet). */
function markerPosition(text: string): number | null {
  for (let end = text.length; end > 0; ) {
    end = trimmedEnd(text, end);
    const start = text.lastIndexOf("\n", end - 1) + 1;
    const line = text.slice(start, end).replace(TRAILING_OPENERS, "");
    if (end > 0 && !STRUCTURAL.some((pattern) => pattern.test(line))) {
      const isRow = /^[\s>]*\|/.test(line) || /[^\\]\|.*\|$/.test(line);
      return start + (isRow ? line.replace(CELL_END, "") : line).length;
    }
    end = start - 1;
  }
  return null;
}

/** The end without blanks, and without the backslash of a line break. */
function trimmedEnd(text: string, end: number): number {
  const trimmed = text.slice(0, end).trimEnd();
  return trimmed.endsWith("\\") && text[trimmed.length] === "\n" ? trimmed.length - 1 : trimmed.length;
}
