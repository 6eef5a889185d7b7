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
export function withElements(tokens: readonly Token[]): readonly Token[] {
  if (!tokens.some((token) => token.type === "html")) return tokens;
  const ends = pairsOf(tokens);
  const elements = (from: number, to: number): Token[] => {
    const found: Token[] = [];
    for (let at = from; at < to; at += 1) {
      const token = tokens[at];
      const end = ends.get(at);
      const tag = token && tagOf(token)?.tag;
      if (token && tag && end !== undefined) {
        const raw = tokens.slice(at, end + 1).map((part) => part.raw).join("");
        found.push({ type: "element", tag, raw, tokens: elements(at + 1, end) } satisfies ElementToken);
        at = end;
      } else if (token) {
        found.push(token);
        if (isLineBreak(token) && tokens[at + 1]?.type === "br") at += 1;
      }
    }
    return found;
  };
  return elements(0, tokens.length);
}

/** Where each tag's end is, by where it begins; an end closes what was opened within it and has none. */
function pairsOf(tokens: readonly Token[]): ReadonlyMap<number, number> {
  const open: { tag: Tag; at: number }[] = [];
  const pairs = new Map<number, number>();
  for (const [at, token] of tokens.entries()) {
    const found = tagOf(token);
    if (!found) continue;
    if (!found.isEnd) open.push({ tag: found.tag, at });
    else {
      const index = open.findLastIndex(({ tag }) => tag === found.tag);
      const opening = open[index];
      if (!opening) continue;
      pairs.set(opening.at, at);
      open.length = index;
    }
  }
  return pairs;
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
