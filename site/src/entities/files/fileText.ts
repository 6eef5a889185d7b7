/** What a file's state and its problems are called, in the person's language. */
import type { Language, Messages } from "@/i18n";
import { DOT, formatBytes, formatCount, formatRounded, shortName } from "@/lib/format";

import type { Attachment, KnownFile } from "./attachment";
import { unitOf } from "./kinds";
import type { Problem } from "./problems";

export interface Wording {
  t: Messages;
  language: Language;
}

/** What the server does not accept, where there are words of ours for it. */
const REFUSED_FIELDS: ReadonlyMap<string, "name_not_allowed" | "type_not_supported"> = new Map([
  ["name", "name_not_allowed"],
  ["type", "type_not_supported"],
]);

/** What happened, and what to do about it. */
export function problemText({ t, language }: Wording, problem: Problem): string {
  const { code, used_bytes: used, limit_bytes: limit } = problem;
  if (code === "storage_full" && used !== undefined && limit !== undefined) {
    return t.files.storageFull(formatBytes(language, used), formatBytes(language, limit));
  }
  if (code === "file_too_large") return t.files.fileTooLarge(limit === undefined ? null : formatBytes(language, limit));
  const ours = REFUSED_FIELDS.get(problem.field ?? "");
  const known: Readonly<Record<string, string>> = t.files.problems;
  if (ours && (code === "invalid_request" || !Object.hasOwn(known, code))) return t.files.problems[ours];
  return (Object.hasOwn(known, code) && known[code]) || t.files.problems.failed;
}

const MOST_NAMED = 3;

/** "a.pdf, b.pdf, c.pdf and 4 more", each name short enough for a sentence. */
export function namesText({ t, language }: Wording, names: readonly string[]): string {
  const isShort = names.length <= MOST_NAMED + 1;
  const named = names.slice(0, isShort ? names.length : MOST_NAMED).map(shortName);
  const others = isShort ? [] : [t.files.more(names.length - MOST_NAMED)];
  return new Intl.ListFormat(language, { type: "conjunction" }).format([...named, ...others]);
}

/** What was left out, and why: one sentence or two for each reason, however many files there are. */
export function refusedTexts(wording: Wording, refused: readonly { name: string; problem: Problem }[]): string[] {
  const { t } = wording;
  const byCode = new Map<string, { problem: Problem; names: string[] }>();
  for (const { name, problem } of refused) {
    const names = byCode.get(problem.code)?.names ?? [];
    byCode.set(problem.code, { problem, names: [...names, name] });
  }
  return [...byCode.values()].map(({ problem, names }) => {
    const named = namesText(wording, names);
    if (problem.limit_files !== undefined) return t.files.beyondLimit(problem.limit_files, names.length, named);
    return `${t.files.leftOut(names.length, named)} ${problemText(wording, problem)}`;
  });
}

/** "212 pages, about 90,000 tokens"; null: nothing worth saying is known. */
export function extentText(wording: Wording, file: Partial<KnownFile>): string | null {
  const { t, language } = wording;
  const { pages, tokens } = file;
  // That a text is in one part says nothing.
  const hasUnits = file.group !== "image" && pages && (pages > 1 || unitOf(file) !== "part");
  const said = [hasUnits ? countText(wording, file, pages) : null, tokens ? t.files.tokens(tokens, formatRounded(language, tokens)) : null];
  return said.filter((text) => text !== null).join(", ") || null;
}

/** "212 pages", "12 slides", "4 parts" */
const countText = ({ t, language }: Wording, file: Partial<KnownFile>, count: number): string =>
  t.files.extent[unitOf(file)](count, formatCount(language, count));

/** "Taken out · 212 pages": how much it is, or its size, after what became of it. */
export function notedExtent(wording: Wording, file: Partial<KnownFile> & { size: number }, note: string | null): string {
  const extent = extentText(wording, file) ?? formatBytes(wording.language, file.size);
  return note === null ? extent : `${note}${DOT}${extent}`;
}

/** Of a file that is ready, how far it was read, where that is not to its end. */
export function cutText(wording: Wording, { status, error, pages, ...file }: Partial<KnownFile>): string | null {
  return status === "ready" && error && pages ? wording.t.files.cut(countText(wording, file, pages)) : null;
}

/** "reading 40 of 212 pages" */
export function readingText(wording: Wording, file: Partial<KnownFile>): string {
  const { t, language } = wording;
  const { status, pages, pages_read: read } = file;
  if (status === "waiting") return t.files.waitingTurn;
  if (!read) return t.files.reading;
  if (!pages) return t.files.readingSoFar(read, countText(wording, file, read));
  return t.files.readingOf(formatCount(language, read), countText(wording, file, pages));
}

/** What an attachment is doing, or what it is. */
export function attachmentText(wording: Wording, { phase, known, size, sent_bytes, problem }: Attachment): string {
  const { t, language } = wording;
  switch (phase) {
    case "preparing":
      return t.files.preparing;
    case "uploading":
      return t.files.uploading(formatBytes(language, sent_bytes), formatBytes(language, size));
    case "reading":
      return readingText(wording, known ?? {});
    case "ready":
      return cutText(wording, known ?? {}) ?? extentText(wording, known ?? {}) ?? formatBytes(language, size);
    case "failed":
      return problem ? problemText(wording, problem) : t.files.problems.failed;
    default:
      return phase satisfies never;
  }
}
