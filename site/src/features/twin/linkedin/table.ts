/** A table of LinkedIn's as text: which of its columns are known, and their rows. Nothing else of it is kept. */
import Papa from "papaparse";

import { allowed, plainName, type AllowedList } from "./list";

export type Row = Record<string, string>;

export interface Table {
  /** With the columns that are known, by the names that they are sent under. */
  rows: Row[];
  /** The names of the others. */
  leftOut: string[];
  /** Rows beyond the most that are taken. */
  beyond: number;
}

/** As LinkedIn writes it, and as spreadsheets of both languages save it again. */
const DELIMITERS = [",", ";", "\t"] as const;

/** Text in UTF-8, in UTF-16 where its mark says so, or else as older spreadsheets save it. */
export function decode(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder("utf-16be").decode(bytes);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("windows-1252").decode(bytes);
  }
}

/** null: it is another table than the one it is named after. */
export function readTable(text: string, file: string, list: AllowedList = allowed): Table | null {
  const known = list.files[file];
  if (!known) return null;
  const names = new Map(Object.entries(known.columns).flatMap(([name, others]) => [name, ...others].map((one) => [plainName(one), name] as const)));
  // Notes and table may end their lines differently, and a parser takes one of the ends alone for such.
  const lines = text.replaceAll(/\r\n?/g, "\n");
  for (const delimiter of DELIMITERS) {
    const { data } = Papa.parse<string[]>(lines, { delimiter, skipEmptyLines: "greedy" });
    const at = headerOf(data.slice(0, list.limits.header_lines), names, Math.min(2, Object.keys(known.columns).length));
    if (at === null) continue;
    const columns = columnsOf(data[at] ?? [], known.columns);
    const rows = data.slice(at + 1).flatMap((cells) => rowOf(cells, columns, (name) => known.characters?.[name] ?? list.limits.characters));
    const taken = new Set(columns.keys());
    return {
      rows: rows.slice(0, known.rows),
      leftOut: (data[at] ?? []).filter((name, index) => !taken.has(index) && name.trim() !== ""),
      beyond: Math.max(0, rows.length - known.rows),
    };
  }
  return null;
}

/** The row with the most known names, if there are enough; notes may stand before it, and be called like a column. */
function headerOf(rows: readonly string[][], names: ReadonlyMap<string, string>, enough: number): number | null {
  const counts = rows.map((cells) => new Set(cells.flatMap((cell) => names.get(plainName(cell)) ?? [])).size);
  const most = Math.max(0, ...counts);
  return most < enough ? null : counts.indexOf(most);
}

/** Which column stands at which index: by its own name first, since one's other name may be another's own. */
function columnsOf(header: readonly string[], columns: Record<string, string[]>): Map<number, string> {
  const plain = header.map(plainName);
  const found = new Map<number, string>();
  const taken = new Set<string>();
  const take = (name: string, asked: readonly string[]): void => {
    const at = plain.findIndex((cell, index) => !found.has(index) && asked.some((one) => plainName(one) === cell));
    if (at < 0 || taken.has(name)) return;
    found.set(at, name);
    taken.add(name);
  };
  for (const name of Object.keys(columns)) take(name, [name]);
  for (const [name, others] of Object.entries(columns)) take(name, others);
  return found;
}

/** None where it says nothing. */
function rowOf(cells: readonly string[], columns: ReadonlyMap<number, string>, mostOf: (name: string) => number): Row[] {
  const row: Row = {};
  for (const [index, name] of columns) {
    const value = [...(cells[index] ?? "").trim()].slice(0, mostOf(name)).join("");
    if (value !== "") row[name] = value;
  }
  return Object.keys(row).length > 0 ? [row] : [];
}
