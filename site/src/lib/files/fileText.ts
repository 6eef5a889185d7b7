/** What a file's state and its problems are called, in the person's language. */
import type { Language, Messages } from "@/i18n";
import { formatBytes, formatCount, formatRounded } from "@/lib/format";

import type { Attachment, KnownFile } from "./attachment";
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

/** What happened, and what to do about it. An unknown code says what the server said. */
export function problemText({ t, language }: Wording, problem: Problem): string {
  const { code, message, used_bytes: used, limit_bytes: limit } = problem;
  if (code === "storage_full" && used !== undefined && limit !== undefined) {
    return t.files.storageFull(formatBytes(language, used), formatBytes(language, limit));
  }
  if (code === "invalid_request") {
    const ours = REFUSED_FIELDS.get(problem.field ?? "");
    if (ours) return t.files.problems[ours];
    if (message) return t.files.notAccepted(message);
  }
  const known: Readonly<Record<string, string>> = t.files.problems;
  return (Object.hasOwn(known, code) && known[code]) || message || t.files.problems.failed;
}

/** "212 pages, about 90,000 tokens"; null: nothing worth saying is known. */
export function extentText({ t, language }: Wording, { pages, tokens, group }: Partial<KnownFile>): string | null {
  const parts = [
    group !== "image" && pages ? t.files.pages(pages, formatCount(language, pages)) : null,
    tokens ? t.files.tokens(formatRounded(language, tokens)) : null,
  ].filter((part) => part !== null);
  return parts.length > 0 ? parts.join(", ") : null;
}

/** "Taken out · 212 pages": how much it is, or its size, after what became of it. */
export function notedExtent(wording: Wording, file: Partial<KnownFile> & { size: number }, note: string | null): string {
  const extent = extentText(wording, file) ?? formatBytes(wording.language, file.size);
  return note === null ? extent : `${note} · ${extent}`;
}

/** "reading 40 of 212 pages" */
export function readingText({ t, language }: Wording, { pages, pages_read }: Partial<KnownFile>): string {
  if (!pages_read) return t.files.reading;
  const read = formatCount(language, pages_read);
  return pages ? t.files.readingOf(read, formatCount(language, pages)) : t.files.readingPages(pages_read, read);
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
      return extentText(wording, known ?? {}) ?? formatBytes(language, size);
    case "failed":
      return problem ? problemText(wording, problem) : t.files.problems.failed;
    default:
      return phase satisfies never;
  }
}
