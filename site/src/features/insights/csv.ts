/**
 * Tables as CSV (RFC 4180): CRLF, quotes around what needs them.
 * What strangers wrote must be no formula where it is opened: a text that a spreadsheet would read as one gets an
 * apostrophe before it. https://owasp.org/www-community/attacks/CSV_Injection
 */
import type { CountedDay, Question } from "@/api/types";

type Cell = string | number | null;

/** Also after what a spreadsheet leaves out at the beginning, and in their full-width forms. */
const FORMULA = /^[\s\u200b\ufeff]*[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/;

export const toCsv = (rows: readonly (readonly Cell[])[]): string => rows.map((row) => `${row.map(written).join(",")}\r\n`).join("");

function written(cell: Cell): string {
  if (cell === null) return "";
  if (typeof cell === "number") return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return /[",\r\n;]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** By column. */
const OF_DAY: Readonly<Record<string, (day: CountedDay) => Cell>> = {
  day: ({ day }) => day,
  visits: ({ visits }) => visits,
  questions: ({ questions }) => questions,
  answers: ({ answers }) => answers,
  answers_without_source: ({ unsourced }) => unsourced,
  rated_up: ({ up }) => up,
  rated_down: ({ down }) => down,
  cost_usd: ({ cost_usd: cost }) => cost,
  first_word_p50_ms: ({ first_word: first }) => first?.p50_ms ?? null,
  first_word_p95_ms: ({ first_word: first }) => first?.p95_ms ?? null,
  languages: ({ languages }) => counts(languages),
  hosts: ({ hosts }) => counts(hosts),
};

export const daysCsv = (days: readonly CountedDay[]): string =>
  toCsv([Object.keys(OF_DAY), ...days.map((day) => Object.values(OF_DAY).map((cell) => cell(day)))]);

export const questionsCsv = (questions: readonly Question[]): string =>
  toCsv([["asked_at", "language", "status", "question"], ...questions.map((one) => [one.asked_at, one.language, one.status, one.text])]);

/** "en 3 fr 2", the most first. */
const counts = (of: Readonly<Record<string, number>>): string =>
  Object.entries(of)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, count]) => `${name} ${count}`)
    .join(" ");

/** Save a text as a file. With the mark by which spreadsheets know that it is UTF-8. */
export const saveCsv = (name: string, csv: string): void => save(name, new Blob(["\ufeff", csv], { type: "text/csv;charset=utf-8" }));

export const saveJson = (name: string, value: unknown): void => save(name, new Blob([JSON.stringify(value, null, 2)], { type: "application/json" }));

function save(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  // Not before the browser has begun to read it.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
