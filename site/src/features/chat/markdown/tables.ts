/** Rows of tables. A pipe in code or in a formula parts no cells, whatever GFM says: nothing that was written is lost. */
import { inlineFormula } from "./formulas";

const CODE = /^(`+)(?!`)[^]*?[^`]\1(?!`)/u;

/** A row's cells where it has as many as the header when read so, or else as GFM reads it. */
export function cellsOf(row: string, count?: number): string[] {
  const aware = split(row, true);
  if (count === undefined || aware.length === count) return aware;
  const plain = split(row, false);
  const cells = plain.length === count ? plain : aware;
  // More than the header has: they stand in the last one.
  if (cells.length > count) cells.splice(count - 1, Infinity, cells.slice(count - 1).join(" | "));
  while (cells.length < count) cells.push("");
  return cells;
}

function split(row: string, isAware: boolean): string[] {
  const cells = [""];
  const last = (): number => cells.length - 1;
  for (let at = 0; at < row.length; ) {
    const rest = row.slice(at);
    const span = isAware ? spanLength(rest, row.slice(Math.max(0, at - 2), at)) : 0;
    const length = span || (/^\\[^]/u.test(rest) ? 2 : 1);
    const piece = rest.slice(0, length);
    if (piece === "|") cells.push("");
    else cells[last()] += span > 0 || piece === "\\|" ? piece.replaceAll("\\|", "|") : piece;
    at += length;
  }
  if (cells[0]?.trim() === "") cells.shift();
  if (cells.length > 0 && cells[last()]?.trim() === "") cells.pop();
  return cells.map((cell) => cell.trim());
}

/** How long the code or the formula is that a text begins with; 0 without one. */
const spanLength = (text: string, before: string): number =>
  CODE.exec(text)?.[0].length ?? inlineFormula(text, before)?.raw.length ?? 0;

/** How many of the lines below a header are its rows: the first that is none ends the table, with or without a blank. */
export function rowCount(header: string, lines: readonly string[]): number {
  const isRow = /^\s*\|/u.test(header) ? /^\s*\|/u : /[^\\]\||^\|/u;
  const end = lines.findIndex((line) => !isRow.test(line));
  return end < 0 ? lines.length : end;
}
