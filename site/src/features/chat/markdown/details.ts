/** `<details>` with its `<summary>`: the one block of HTML that models fold things away with. */
import type { Lexer, Token, Tokens } from "marked";

export interface DetailsToken extends Tokens.Generic {
  type: "details";
  summary: Token[];
  tokens: Token[];
}

const OPENING = /^ {0,3}<details(?: open(?:="")?)?>[ \t]*\n?/iu;
const TAGS = /^ {0,3}```[^]*?^ {0,3}```|<(\/?)details(?:\s[^>]*)?>/gimu;
const SUMMARY = /^\s*<summary>([^]*?)<\/summary>/iu;

export const detailsStart = (text: string): number => text.search(/\n {0,3}<details(?: open(?:="")?)?>/iu);

/** isGrowing: the end may still come. */
export function details(text: string, lexer: Lexer, isGrowing: boolean): DetailsToken | undefined {
  const opening = OPENING.exec(text);
  if (!opening) return undefined;
  const end = endOf(text) ?? (isGrowing ? { start: text.length, end: text.length } : undefined);
  if (!end) return undefined;
  const inner = text.slice(opening[0].length, end.start);
  const summary = SUMMARY.exec(inner);
  return {
    type: "details",
    raw: text.slice(0, end.end),
    summary: lexer.inline(summary?.[1]?.trim() ?? ""),
    tokens: lexer.blockTokens(inner.slice(summary?.[0].length ?? 0), []),
  };
}

function endOf(text: string): { start: number; end: number } | undefined {
  let depth = 0;
  for (const match of text.matchAll(TAGS)) {
    if (match[1] === undefined) continue;
    depth += match[1] === "" ? 1 : -1;
    if (depth > 0) continue;
    const end = match.index + match[0].length;
    return { start: match.index, end: end + (/^[ \t]*\n?/u.exec(text.slice(end))?.[0].length ?? 0) };
  }
  return undefined;
}
