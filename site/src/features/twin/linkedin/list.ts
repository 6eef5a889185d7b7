/** What may be read of LinkedIn's archive: the server's own list, which it holds everything that arrives against. */
import list from "@linkedin";

interface AllowedFile {
  /** Other names of it, without ".csv": older archives, and French ones. Its key is its first name. */
  names: string[];
  section: string;
  /** The most rows of it that are taken. */
  rows: number;
  /** Whether it is a folder of pages in HTML as well. */
  html?: boolean;
  /** A column's name as it is sent, and its other names. */
  columns: Record<string, string[]>;
  /** The longest values of columns that may be longer than others. */
  characters?: Record<string, number>;
}

export interface AllowedList {
  /** header_lines: how many lines before a table's own header are looked through. */
  limits: { characters: number; total_characters: number; header_lines: number };
  files: Record<string, AllowedFile>;
}

export const allowed: AllowedList = list;

/** Names as they are compared: archives differ in case, apostrophes, blanks and hyphens. */
export const plainName = (name: string): string =>
  name
    .normalize("NFC")
    .toLowerCase()
    .replaceAll("’", "'")
    .replaceAll(/[\s_\-\u00a0\u202f]+/g, " ")
    .trim();

/** Which of the list's files a file's name (without its ending) is of; null: of none. */
export function allowedFile(name: string, list = allowed): string | null {
  const wanted = plainName(name);
  const found = Object.entries(list.files).find(([key, { names }]) => [key, ...names].some((known) => plainName(known) === wanted));
  return found?.[0] ?? null;
}
