/**
 * An answer's content as it is read: thinking, tools, and texts in which each citation has a marker. Pure.
 *
 * Sources are numbered by file and page in the order in which they are cited: the numbers hold while the answer grows.
 */
import type { Citation, ContentBlock, ThinkingBlock, ToolUseBlock } from "@/api/types";
import { textRuns } from "@/entities/answers/text";
import type { ViewerTarget } from "@/lib/viewer";

import { joinMarked } from "../markdown/placeholders";

/** A page that the answer rests on. */
export interface Source {
  /** From 1. */
  number: number;
  /** The first citation of it. */
  citation: Citation;
}

/** One place in the text that cites a source. */
export interface Marker {
  source: Source;
  /** What is quoted here, each once; at least one. */
  citations: readonly Citation[];
}

/** text: Markdown with placeholders, which stand for `markers` by their index. */
export type AnswerPart = { type: "text"; text: string } | ThinkingBlock | ToolUseBlock;

export interface CitedAnswer {
  parts: AnswerPart[];
  markers: readonly Marker[];
  sources: Source[];
}

export function citedAnswer(content: readonly ContentBlock[]): CitedAnswer {
  const sources = new Map<string, Source>();
  const markers: Marker[] = [];
  const marked = (citations: readonly Citation[]): number[] =>
    bySource(citations, sources).map((marker) => markers.push(marker) - 1);
  const parts = textRuns(content).map((run): AnswerPart => {
    if (!Array.isArray(run)) return run;
    return { type: "text", text: joinMarked(run.map((block) => ({ text: block.text, markers: marked(block.citations) }))) };
  });
  return { parts, markers, sources: [...sources.values()] };
}

/** One block's citations as markers: one per source, in the order of the citations. */
function bySource(citations: readonly Citation[], sources: Map<string, Source>): Marker[] {
  const found = new Map<Source, Citation[]>();
  for (const citation of citations) {
    const source = sourceOf(citation, sources);
    const quoted = found.get(source) ?? [];
    if (!quoted.some((other) => other.cited_text === citation.cited_text)) quoted.push(citation);
    found.set(source, quoted);
  }
  return [...found].map(([source, quoted]) => ({ source, citations: quoted }));
}

function sourceOf(citation: Citation, sources: Map<string, Source>): Source {
  const key = `${citation.file_id} ${citation.page}`;
  const held = sources.get(key);
  if (held) return held;
  const source = { number: sources.size + 1, citation };
  sources.set(key, source);
  return source;
}

export const targetOf = ({ file_id, name, page, locator, cited_text: quote }: Citation): ViewerTarget => ({
  file_id,
  name,
  page,
  locator,
  quote,
});
