/** An answer's texts: blocks in a row are one, as the API cuts sentences where citations begin and end. Pure. */
import type { Citation, ContentBlock, ThinkingBlock, ToolUseBlock } from "@/api/types";

/** The text of an answer or a message, without thinking, tools and markers. */
export const plainText = (content: readonly ContentBlock[]): string =>
  textRuns(content)
    .flatMap((run) => (Array.isArray(run) ? [run.map((block) => block.text).join("")] : []))
    .join("\n\n");

type TextRun = { text: string; citations: readonly Citation[] }[];

/** Text blocks in a row are one run; thinking that says nothing does not part them. */
export function textRuns(content: readonly ContentBlock[]): (TextRun | ThinkingBlock | ToolUseBlock)[] {
  const found: (TextRun | ThinkingBlock | ToolUseBlock)[] = [];
  for (const block of content) {
    const last = found.at(-1);
    if (block.type === "text") {
      const text = { text: block.text, citations: readable(block.citations) };
      if (Array.isArray(last)) last.push(text);
      else found.push([text]);
    } else if (block.type === "tool_use" || (block.type === "thinking" && block.thinking)) {
      found.push(block);
    }
  }
  return found;
}

/** Answers from before files had citations of another shape. */
const readable = (citations: readonly Citation[] | null | undefined): readonly Citation[] =>
  (citations ?? []).filter((citation) => typeof citation?.file_id === "string" && Boolean(citation.locator));
