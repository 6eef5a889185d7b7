/**
 * Markdown to tokens while the text grows. Blocks that can no longer change are kept; only the tail is read again, so
 * that an answer costs its length once and not once per frame.
 */
import type { Token } from "marked";

import { withoutUndecidedLine, withTableLine } from "./growing";
import { AnswerLexer, type Links } from "./lexer";

/** A list may still grow after a blank line, a paragraph may become a heading: so many last blocks stay open. */
const OPEN_BLOCKS = 2;

export class TailLexer {
  #prefix = "";
  #closed: Token[] = [];
  #links: Links = {};

  /** The tokens of a text that may still grow. Unfinished emphasis, code and links of its end are completed. */
  lexGrowing(text: string): Token[] {
    const source = normalized(text);
    if (!source.startsWith(this.#prefix)) this.#reset();
    const tail = source.slice(this.#prefix.length);
    const tokens = this.#lexTail(tail);
    const shown = [...this.#closed, ...tokens];
    this.#close(tokens, tail);
    return shown;
  }

  #lexTail(tail: string): Token[] {
    const decided = withoutUndecidedLine(tail);
    const tokens = lex(decided, this.#links, true);
    if (tokens.at(-1)?.type !== "paragraph") return tokens;
    const table = withTableLine(decided);
    return table === decided ? tokens : lex(table, this.#links, true);
  }

  #close(tokens: Token[], tail: string): void {
    let open = 0;
    let end = tokens.length;
    while (end > 0 && open < OPEN_BLOCKS) {
      end -= 1;
      if (tokens[end]?.type !== "space") open += 1;
    }
    const closing = tokens.slice(0, end);
    const raw = closing.map((token) => token.raw).join("");
    // What completes the end, or a token that does not say its source, must not be kept.
    if (closing.length === 0 || !tail.startsWith(raw)) return;
    this.#closed.push(...closing);
    this.#prefix += raw;
  }

  #reset(): void {
    this.#prefix = "";
    this.#closed = [];
    this.#links = {};
  }
}

/** The tokens of a text that is complete. */
export const lexComplete = (text: string): Token[] => lex(normalized(text), {}, false);

const normalized = (text: string): string => text.replace(/\r\n?/g, "\n");

const lex = (text: string, links: Links, isGrowing: boolean): Token[] => new AnswerLexer(links, isGrowing).lex(text);
