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
  /** header_lines: how many of a table's first lines are looked through for its header. */
  limits: { characters: number; total_characters: number; header_lines: number };
  files: Record<string, AllowedFile>;
}

export const allowed: AllowedList = list;

/** Names as they are compared, by the server too (`texts.fold`): archives differ in case, accents, spaces and signs. */
export const plainName = (name: string): string => name.toLowerCase().normalize("NFKD").replaceAll(/[^\p{L}\p{N}]/gu, "");

/** Which of the list's files a file's name is of, without its ending and the member's number; null: of none. */
export function allowedFile(name: string, list = allowed): string | null {
  const wanted = plainName(name.replace(/_\d+$/, ""));
  const found = Object.entries(list.files).find(([key, { names }]) => [key, ...names].some((known) => plainName(known) === wanted));
  return found?.[0] ?? null;
}
