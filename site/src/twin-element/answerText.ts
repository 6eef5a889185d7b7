/** An answer as it is shown: paragraphs of texts and of marks that stand for its sources. Pure. */
import type { Citation, ContentBlock } from "@/api/types";
import { textRuns } from "@/entities/answers/text";

export type Part = { text: string } | { source: number };

export interface Source {
  entryId: string;
  title: string;
  section: string;
}

export interface Shown {
  paragraphs: Part[][];
  /** By their numbers, from 1. */
  sources: Source[];
}

const PARAGRAPHS = /\n[^\S\n]*\n\s*/u;

export function shownAnswer(content: readonly ContentBlock[]): Shown {
  const shown: Shown = { paragraphs: [], sources: [] };
  for (const run of textRuns(content)) {
    if (!Array.isArray(run)) continue;
    let paragraph: Part[] = [];
    shown.paragraphs.push(paragraph);
    for (const { text, citations } of run) {
      for (const [index, piece] of text.split(PARAGRAPHS).entries()) {
        if (index > 0) shown.paragraphs.push((paragraph = []));
        if (piece !== "") paragraph.push({ text: piece });
      }
      for (const source of new Set(citations.map((citation) => numberOf(citation, shown.sources)))) paragraph.push({ source });
    }
  }
  return { ...shown, paragraphs: shown.paragraphs.filter((parts) => parts.length > 0) };
}

function numberOf({ file_id: entryId, name, locator }: Citation, sources: Source[]): number {
  const at = sources.findIndex((source) => source.entryId === entryId);
  return at >= 0 ? at + 1 : sources.push({ entryId, title: name, section: locator.label });
}

/** Whether the twin has looked in vain, and told its owner of the question. */
export const isNotInSources = (content: readonly ContentBlock[]): boolean =>
  content.some((block) => block.type === "tool_use" && block.name === "not_in_sources");
