/**
 * Markdown as models write it and people read it: GFM, but a line end is a line end, `~` is no mark, formulas and
 * footnotes are known, emphasis works in every script, and nothing that was written disappears.
 */
import { Lexer, Tokenizer, type Token, type Tokens } from "marked";

import { details, detailsStart } from "./details";
import { addressEnd, isWithinName, withEveryScript, withoutProducts } from "./emphasis";
import { nestedFence } from "./fences";
import { footnote, footnoteReference, footnoteStart } from "./footnotes";
import { blockFormula, blockFormulaStart, formulaRanges, inlineFormula, inlineFormulaStarts, isUnclosed } from "./formulas";
import { completed, PENDING, withoutUnused } from "./growing";
import { folderPath, folderPathStarts } from "./paths";
import { markerToken, replacePlaceholders } from "./placeholders";
import { cellsOf, rowCount } from "./tables";

export type Links = Record<string, Pick<Tokens.Link | Tokens.Image, "href" | "title">>;

export interface FormulaToken extends Tokens.Generic {
  type: "formula";
  /** Undefined: begun, and not ended. */
  tex: string | undefined;
  isDisplay: boolean;
}

/** Text that is shown as it is. */
export interface SourceToken extends Tokens.Generic {
  type: "source";
  text: string;
}

/** A line end, with the blanks before it; those behind it are kept, for trees and verses. */
const LINE_END = /^(?: *|\\)\n(?!\s*$)/u;
/** `> 25` in a list and `>= 5` anywhere compare. */
const COMPARISON = /^ {0,3}>(?:=|\s*[$€£~≈]?\d)/u;

/** A line above a rule, which GFM takes for a table of one column, so that its last line would become a heading. */
const RULED_LINE = /^\n(?! {0,3}(?:[-+*]\s|\d{1,9}[.)]\s|>|#{1,6}\s|`{3}|~{3}))[^\n|]+(?=\n {0,3}-{3,}[ \t]*(?:\n|$))/u;

class AnswerTokenizer extends Tokenizer {
  readonly #isGrowing: boolean;

  constructor(isGrowing: boolean) {
    super();
    this.#isGrowing = isGrowing;
  }

  override html(): undefined {
    return undefined; // A tag is a part of its paragraph, whose other lines are Markdown.
  }

  override br(source: string): Tokens.Br | undefined {
    const match = LINE_END.exec(source);
    return match ? { type: "br", raw: match[0] } : undefined;
  }

  override blockquote(source: string): Tokens.Blockquote | undefined {
    const match = COMPARISON.exec(source);
    const compares = match && (!this.lexer.state.top || match[0].endsWith("="));
    return compares ? undefined : super.blockquote(source);
  }

  override lheading(source: string): Tokens.Heading | undefined {
    const token = super.lheading(source);
    return token?.text.includes("\n") ? undefined : token; // A rule below several lines is a rule.
  }

  override paragraph(source: string): Tokens.Paragraph | undefined {
    const token = super.paragraph(source);
    const ruled = token && RULED_LINE.exec(source.slice(token.raw.length));
    if (!ruled) return token;
    const text = `${token.raw}${ruled[0]}`;
    return { ...token, raw: text, text, tokens: this.lexer.inline(text) };
  }

  override fences(source: string): Tokens.Code | undefined {
    const token = super.fences(source);
    const nested = token && nestedFence(source, this.#isGrowing);
    return nested ? { ...token, ...nested } : token;
  }

  override table(source: string): Tokens.Table | undefined {
    const found = this.rules.block.table.exec(source);
    if (!found || !/[:|]/u.test(found[2] ?? "")) return undefined;
    const [header = "", delimiters = "", ...below] = found[0].replace(/\n+$/u, "").split("\n");
    const rows = below.slice(0, rowCount(header, below));
    const align = delimiters.trim().replace(/^\||\|$/gu, "").split("|").map(alignment);
    const headers = cellsOf(header);
    if (headers.length !== align.length) return undefined;
    const cell = (text: string, at: number, isHeader: boolean): Tokens.TableCell => {
      return { text, tokens: this.lexer.inline(text), header: isHeader, align: align[at] ?? null };
    };
    return {
      type: "table",
      raw: [header, delimiters, ...rows].join("\n"),
      align,
      header: headers.map((text, at) => cell(text, at, true)),
      rows: rows.map((row) => cellsOf(row, headers.length).map((text, at) => cell(text, at, false))),
    };
  }

  override emStrong(source: string, maskedSource: string, previous = ""): Tokens.Em | Tokens.Strong | undefined {
    const isMasked = !/[*_]/u.test(maskedSource.at(-source.length) ?? "");
    return isMasked || isWithinName(source, previous) ? undefined : super.emStrong(source, maskedSource, previous);
  }

  override del(source: string, maskedSource: string, previous = ""): Tokens.Del | undefined {
    if (!/^~~[^\s~]/u.test(source) || previous === "~") return undefined;
    const end = /[^\s~]~~(?!~)/u.exec(maskedSource.slice(-source.length).slice(2));
    if (!end) return undefined;
    const raw = source.slice(0, 2 + end.index + end[0].length);
    const text = raw.slice(2, -2);
    return { type: "del", raw, text, tokens: this.lexer.inlineTokens(text) };
  }

  override url(source: string): Tokens.Link | undefined {
    const end = /^(?:https?:\/\/|ftp:\/\/|www\.)/iu.test(source) ? addressEnd(/^\S*/u.exec(source)?.[0] ?? "") : source.length;
    return super.url(source.slice(0, end));
  }
}

const alignment = (cell: string): "left" | "center" | "right" | null => {
  const isLeft = cell.trim().startsWith(":");
  if (cell.trim().endsWith(":")) return isLeft ? "center" : "right";
  return isLeft ? "left" : null;
};

export class AnswerLexer extends Lexer {
  /** What is lexed at the moment, as it was written. */
  #source = "";
  /** Where formulas may begin in it: looked for once, and not from each word on. */
  #starts: readonly number[] = [];
  #pending = "";
  readonly #isGrowing: boolean;

  /** links: reference definitions met before; those of this text are added to it. */
  constructor(links: Links, isGrowing: boolean) {
    const tokenizer = new AnswerTokenizer(isGrowing);
    super({ gfm: true, breaks: true, tokenizer });
    this.#isGrowing = isGrowing;
    tokenizer.rules = withEveryScript(tokenizer.rules);
    this.tokens.links = links;
    this.options.extensions = {
      block: [(text) => this.#formula(text), (text) => footnote(text, this), (text) => details(text, this, isGrowing)],
      startBlock: [blockFormulaStart, footnoteStart, detailsStart].map(withinParagraph),
      inline: [markerToken, (text) => this.#pendingSource(text), folderPath, inlineFormulaToken, footnoteReference],
      startInline: [(text) => this.#nextStart(text)],
      renderers: {},
      childTokens: {},
    };
    // Only this one of a Hooks' methods is ever called here.
    const hooks = { emStrongMask: (masked: string) => masking(masked, this.#source) };
    this.options.hooks = hooks as unknown as NonNullable<typeof this.options.hooks>;
  }

  override lex(text: string): Lexer["tokens"] {
    this.blockTokens(text, this.tokens);
    const end = this.#isGrowing ? this.#completeEnd(text) : undefined;
    const tokens = super.lex("");
    if (end) withoutUnused(end.tokens, end.added);
    return tokens;
  }

  override inlineTokens(text: string, tokens: Token[] = []): Token[] {
    const [source, starts] = [this.#source, this.#starts];
    this.#source = text;
    this.#starts = [...inlineFormulaStarts(text), ...folderPathStarts(text)].toSorted((a, b) => a - b);
    if (this.#pending !== "" && text.includes(PENDING)) this.#starts = [...this.#starts, text.indexOf(PENDING)];
    try {
      return super.inlineTokens(text, tokens);
    } finally {
      this.#source = source;
      this.#starts = starts;
    }
  }

  /** rest: the end of what is lexed at the moment. */
  #nextStart(rest: string): number {
    const at = this.#source.length - rest.length;
    const next = this.#starts.find((start) => start >= at);
    return next === undefined ? -1 : next - at;
  }

  /** Unfinished emphasis, code and links of a growing text's end are completed, an unfinished formula is shown as it is. */
  #completeEnd(text: string): { tokens: Token[]; added: string } | undefined {
    const last = this.inlineQueue.findLast(({ src }) => src.trim() !== "");
    if (!last || !text.trimEnd().endsWith(last.src.trimEnd())) return undefined;
    const { shown, pending, added } = completed(last.src);
    last.src = shown;
    this.#pending = pending;
    return { tokens: last.tokens, added };
  }

  #pendingSource(text: string): SourceToken | undefined {
    return this.#pending !== "" && text.startsWith(PENDING) ? { type: "source", raw: PENDING, text: this.#pending } : undefined;
  }

  #formula(text: string): FormulaToken | undefined {
    const found = blockFormula(text, replacePlaceholders, this.#isGrowing);
    return found && { type: "formula", ...found, isDisplay: true };
  }
}

/** A paragraph goes to the next blank line: nothing behind that is to be looked for in its place. */
const withinParagraph =
  (start: (text: string) => number) =>
  (text: string): number => {
    const end = text.indexOf("\n\n");
    return start(end < 0 ? text : text.slice(0, end));
  };

function inlineFormulaToken(text: string, tokens: readonly Token[]): FormulaToken | SourceToken | undefined {
  const found = inlineFormula(text, tokens.at(-1)?.raw.slice(-2));
  if (!found && isUnclosed(text)) return { type: "source", raw: text, text };
  return found && { type: "formula", ...found, tex: replacePlaceholders(found.tex) };
}

/** Formulas hold no emphasis: masked as code is. So are the signs of products. */
function masking(masked: string, source: string): string {
  let result = withoutProducts(masked);
  for (const [start, end] of formulaRanges(source)) {
    result = `${result.slice(0, start)}[${"a".repeat(end - start - 2)}]${result.slice(end)}`;
  }
  return result;
}
