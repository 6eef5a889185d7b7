/** The text of a page in pieces: what is highlighted and what is not, in rows and cells where it is a sheet. Pure. */
import type { TextRange } from "./quote";

export interface Piece {
  /** Where it begins in the page's text. */
  start: number;
  text: string;
  isQuoted: boolean;
}

/** The part of a text from `from` to `to`, cut where the ranges begin and end. ranges: in order, apart from each other. */
export function piecesOf(text: string, ranges: readonly TextRange[], from = 0, to = text.length): Piece[] {
  const pieces: Piece[] = [];
  const add = (start: number, end: number, isQuoted: boolean): void => {
    if (end > start) pieces.push({ start, text: text.slice(start, end), isQuoted });
  };
  let at = from;
  for (const range of ranges) {
    const start = Math.max(at, Math.min(to, range.start));
    const end = Math.max(start, Math.min(to, range.end));
    add(at, start, false);
    add(start, end, true);
    at = end;
  }
  add(at, to, false);
  return pieces;
}

export interface Row {
  start: number;
  cells: TextRange[];
}

/** A sheet's rows; null when the text is no table. */
export function rowsOf(text: string): Row[] | null {
  const separator = text.includes("\t") ? "\t" : " | ";
  let at = 0;
  const rows = text.split("\n").flatMap((line) => {
    const row = { start: at, cells: cellsOf(line, separator, at) };
    at += line.length + 1;
    return line.trim() === "" ? [] : [row];
  });
  return rows.some((row) => row.cells.length > 1) ? rows : null;
}

function cellsOf(line: string, separator: string, start: number): TextRange[] {
  let at = start;
  return line.split(separator).map((cell) => {
    const range = { start: at, end: at + cell.length };
    at = range.end + separator.length;
    return range;
  });
}
