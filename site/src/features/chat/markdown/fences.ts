/**
 * Fences in fences: ```` ```bash ```` within ```` ```markdown ```` of the same length. For CommonMark the inner one's end
 * is the outer one's, and the rest of the answer turns into code. Here a fence with a language opens, one without closes
 * the innermost; where that does not come out even, CommonMark's rule holds.
 */
const OPENING = /^( {0,3})(`{3,}|~{3,})([^\n]*)(?:\n|$)/u;
const FENCE = /^([ \t]*)(`{3,}|~{3,})[ \t]*([^`\n]*)$/u;
const LANGUAGE = /^[\w+#.-]+(?:\s|$)/u;
const MARKDOWN = /^(?:markdown|md|mdx|rst|text|txt|plaintext|prompt)?(?:\s|$)/iu;

export interface NestedFence {
  raw: string;
  text: string;
}

/** The block of code that a text begins with, if there are fences within it. isGrowing: what is open may still be closed. */
export function nestedFence(source: string, isGrowing: boolean): NestedFence | undefined {
  const opening = OPENING.exec(source);
  if (!opening) return undefined;
  const [first = "", indent = "", fence = "", info = ""] = opening;
  const lines = source.slice(first.length).split("\n");
  const end = closingLine(lines, fence, MARKDOWN.test(info.trim()));
  if (!end || (end.at === null && !isGrowing)) return undefined;
  const inside = lines.slice(0, end.at ?? lines.length).map((line) => line.replace(new RegExp(`^ {0,${indent.length}}`, "u"), ""));
  const closing = end.at === null ? [] : [lines[end.at] ?? ""];
  return { raw: first + [...lines.slice(0, end.at ?? lines.length), ...closing].join("\n"), text: inside.join("\n") };
}

/** Where the fence is closed (null: nowhere yet); undefined when none is nested in it. */
function closingLine(lines: readonly string[], fence: string, isMarkdown: boolean): { at: number | null } | undefined {
  const open: number[] = [];
  let hasNested = false;
  for (const [at, line] of lines.entries()) {
    const [, indent = "", marks = "", info = ""] = FENCE.exec(line) ?? [];
    if (marks === "" || marks[0] !== fence[0]) continue;
    const opens = info === "" ? isMarkdown && open.length === 0 && looksOpening(lines, at) : LANGUAGE.test(info);
    const innermost = open.at(-1);
    if (opens && marks.length <= fence.length) {
      open.push(marks.length);
      hasNested ||= marks.length === fence.length;
    } else if (info === "" && innermost !== undefined && marks.length >= innermost) open.pop();
    else if (info === "" && innermost === undefined && marks.length >= fence.length && indent.length <= 3) {
      return hasNested ? { at } : undefined;
    }
  }
  return hasNested ? { at: null } : undefined;
}

const isBare = (line: string): boolean => FENCE.exec(line)?.[3] === "";

/** Whether a bare fence begins something: a blank line before it, none behind it, and an end for it and for the outer one. */
function looksOpening(lines: readonly string[], at: number): boolean {
  const hasBlankBefore = at > 0 && lines[at - 1]?.trim() === "";
  const hasTextBehind = (lines[at + 1] ?? "").trim() !== "" && !isBare(lines[at + 1] ?? "");
  return hasBlankBefore && hasTextBehind && lines.slice(at + 1).filter(isBare).length >= 2;
}
