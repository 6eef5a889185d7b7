/**
 * The few tags of HTML that Markdown has nothing for. Without attributes, each with its end among the same tokens; any
 * other tag is text, as it was written.
 */
import type { Token, Tokens } from "marked";

const TAGS = ["sub", "sup", "kbd", "u", "mark", "b", "strong", "i", "em", "s", "del", "ins", "small", "code"] as const;
export type Tag = (typeof TAGS)[number];

const TAG = new RegExp(`^<(/?)(${TAGS.join("|")})>$`, "iu");
const ANY_TAG = new RegExp(`(\`+)(?!\`)[^]*?[^\`]\\1(?!\`)|<(/?)(${TAGS.join("|")})>`, "giu");
const LINE_BREAK = /^<br\s*\/?>$/iu;

export interface ElementToken extends Tokens.Generic {
  type: "element";
  tag: Tag;
  tokens: Token[];
}

const tagOf = (token: Token): { tag: Tag; isEnd: boolean } | undefined => {
  const match = token.type === "html" ? TAG.exec(token.raw) : null;
  return match ? { tag: match[2]?.toLowerCase() as Tag, isEnd: match[1] !== "" } : undefined;
};

export const isLineBreak = (token: Token): boolean => token.type === "html" && LINE_BREAK.test(token.raw);

/** Tokens with pairs of tags as elements, and without the line end behind a `<br>`. */
export function withElements(tokens: readonly Token[]): Token[] {
  if (!tokens.some((token) => token.type === "html")) return [...tokens];
  const found: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) continue;
    const opening = tagOf(token);
    const end = opening && !opening.isEnd ? endOf(tokens, at, opening.tag) : -1;
    if (opening && end > 0) {
      const inner = tokens.slice(at + 1, end);
      const raw = tokens.slice(at, end + 1).map((part) => part.raw).join("");
      found.push({ type: "element", tag: opening.tag, raw, tokens: inner } satisfies ElementToken);
      at = end;
    } else {
      found.push(token);
      if (isLineBreak(token) && tokens[at + 1]?.type === "br") at += 1;
    }
  }
  return found;
}

function endOf(tokens: readonly Token[], start: number, tag: Tag): number {
  let depth = 0;
  for (let at = start; at < tokens.length; at += 1) {
    const token = tokens[at];
    const found = token && tagOf(token);
    if (found?.tag !== tag) continue;
    depth += found.isEnd ? -1 : 1;
    if (depth === 0) return at;
  }
  return -1;
}

/** The ends of the tags that a text has opened, for a text that still grows. */
export function missingEnds(text: string): string {
  const open: string[] = [];
  for (const [, code, slash, name = ""] of text.matchAll(ANY_TAG)) {
    if (code !== undefined) continue;
    const tag = name.toLowerCase();
    if (slash === "") open.push(tag);
    else if (open.includes(tag)) open.splice(open.lastIndexOf(tag));
  }
  return open.toReversed().map((tag) => `</${tag}>`).join("");
}
