/** Footnotes: `[^1]` in the text, and `[^1]: The note.` with what is indented below it. */
import type { Lexer, Token, Tokens } from "marked";

import { placeholder, placeholdersIn, replacePlaceholders } from "./placeholders";

export interface FootnoteToken extends Tokens.Generic {
  type: "footnote";
  label: string;
  tokens: Token[];
}

export interface FootnoteReferenceToken extends Tokens.Generic {
  type: "footnoteReference";
  label: string;
}

const DEFINITION = /^ {0,3}\[\^([^\]\s]+)\]:[ \t]*([^\n]*(?:\n(?![ \t]*\n| {0,3}\[\^[^\]\s]+\]:| {0,3}(?:`{3}|~{3}|#{1,6}\s|[-*+]\s|\d+[.)]\s|>|\||(?:-{3,}|\*{3,}|_{3,})[ \t]*(?:\n|$)))[^\n]+)*(?:\n(?:[ \t]*\n)*(?: {2,}|\t)[^\n]+)*)/u;
const REFERENCE = /^\[\^([^\]\s]+)\](?!\()/u;

export const footnoteStart = (text: string): number => text.search(/\n {0,3}\[\^[^\]\s]+\]:/u);

export function footnote(text: string, lexer: Lexer): FootnoteToken | undefined {
  const match = DEFINITION.exec(text);
  if (!match) return undefined;
  // What cites something within the label stands in the note.
  const markers = placeholdersIn(match[1] ?? "").map(placeholder).join("");
  const note = (markers + (match[2] ?? "")).replace(/\n(?: {1,4}|\t)/gu, "\n");
  return { type: "footnote", raw: match[0], label: labelOf(match[1]), tokens: lexer.blockTokens(note, []) };
}

export function footnoteReference(text: string): FootnoteReferenceToken | undefined {
  const match = REFERENCE.exec(text);
  return match ? { type: "footnoteReference", raw: match[0], label: labelOf(match[1]) } : undefined;
}

const labelOf = (label: string | undefined): string => replacePlaceholders(label ?? "").toLowerCase();

/** The notes among tokens, those within lists and quotes as well. */
export function footnotesIn(tokens: readonly Token[]): FootnoteToken[] {
  return tokens.flatMap((token) => {
    if (token.type === "footnote") return [token as FootnoteToken];
    const { items, tokens: inner } = token as { items?: Token[]; tokens?: Token[] };
    if (token.type !== "list" && token.type !== "list_item" && token.type !== "blockquote" && token.type !== "details") return [];
    return footnotesIn(items ?? inner ?? []);
  });
}

export interface NumberedFootnote {
  token: FootnoteToken;
  number: number;
  isReferenced: boolean;
}

/** Notes by their labels, numbered as they are referred to; where all labels are numbers, those stay. */
export function numbered(notes: readonly FootnoteToken[], text: string): ReadonlyMap<string, NumberedFootnote> {
  const unique = new Map<string, FootnoteToken>();
  for (const note of notes) {
    const earlier = unique.get(note.label);
    // A label that is used twice: neither note is lost.
    unique.set(note.label, earlier ? { ...earlier, tokens: [...earlier.tokens, ...note.tokens] } : note);
  }
  const referenced = [...text.matchAll(/\[\^([^\]\s]+)\](?!:)/gu)].map((match) => labelOf(match[1])).filter((label) => unique.has(label));
  const labels = [...new Set([...referenced, ...unique.keys()])];
  const areNumbers = labels.every((label) => /^[1-9]\d{0,3}$/u.test(label));
  if (areNumbers) labels.sort((a, b) => Number(a) - Number(b));
  const found = new Map<string, NumberedFootnote>();
  for (const [index, label] of labels.entries()) {
    const token = unique.get(label);
    if (token) found.set(label, { token, number: areNumbers ? Number(label) : index + 1, isReferenced: referenced.includes(label) });
  }
  return found;
}
