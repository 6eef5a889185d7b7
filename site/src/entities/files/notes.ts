/** What is said of a file beside its text, a sentence a note. Pure. */
import type { FileNote } from "@/api/types";
import { formatCount, shortName } from "@/lib/format";

import type { Wording } from "./fileText";

export interface NoteText {
  code: string;
  text: string;
  /** Something of the file was not read. */
  isLoss: boolean;
}

/** As the server has them (tests/contract/codes.json). */
export const LOSSES: ReadonlySet<string> = new Set([
  "pictures",
  "garbled",
  "unreadable",
  "cut",
  "attachments_left_out",
  "pictures_left_out",
  "objects_left_out",
  "frames_left_out",
]);
const MOST_RANGES = 8;
const MOST_NAMES = 5;

/** Those whose code has a sentence; what was not read comes first. A server of before tells none. */
export function noteTexts(wording: Wording, notes: readonly FileNote[] | undefined): NoteText[] {
  const sentences: Readonly<Record<string, (count: number, what: string) => string>> = wording.t.files.notes;
  const said = (notes ?? []).flatMap((note) => {
    const sentence = Object.hasOwn(sentences, note.code) ? sentences[note.code] : undefined;
    return sentence ? [{ code: note.code, text: sentence(note.count, whatText(wording, note)), isLoss: LOSSES.has(note.code) }] : [];
  });
  return [...said.filter(({ isLoss }) => isLoss), ...said.filter(({ isLoss }) => !isLoss)];
}

/** "3–6, 9", "“Costs” and 2 more", "12" */
function whatText({ t, language }: Wording, { pages, names, count }: FileNote): string {
  if (names.length > 0) {
    const named = names.slice(0, MOST_NAMES).map((name) => t.files.quoted(shortName(name)));
    const more = Math.max(count, names.length) - named.length;
    const all = more > 0 ? [...named, t.files.more(more)] : named;
    return new Intl.ListFormat(language, { type: "conjunction" }).format(all);
  }
  if (pages.length === 0) return formatCount(language, count);
  const runs = pages.slice(0, MOST_RANGES).map(([first = 0, last = first]) => ({ first, last }));
  const listed = runs.map(({ first, last }) => (first === last ? String(first) : `${first}–${last}`)).join(", ");
  const told = runs.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return count > told ? t.files.andOthers(listed) : listed;
}
