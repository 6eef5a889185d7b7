/**
 * Markdown as React elements. The text is data: HTML in it is shown as text, and links go only where they may.
 * Placeholders in it become citation markers.
 */
import type { Token, Tokens } from "marked";
import { memo, useId, useMemo, useState, type ReactNode } from "react";

import { Block, blocks } from "./Block";
import { copySources } from "./copied";
import { footnotesIn, numbered, type FootnoteToken } from "./footnotes";
import { Footnotes, FootnotesContext, NO_FOOTNOTES, type FootnotesOfText } from "./FootnoteSection";
import { lexComplete, TailLexer } from "./tailLexer";

interface MarkdownProps {
  text: string;
  isGrowing: boolean;
}

export const Markdown = memo(function Markdown({ text, isGrowing }: MarkdownProps) {
  const [lexer] = useState(() => new TailLexer());
  const tokens = useMemo(() => (isGrowing ? lexer.lexGrowing(text) : lexComplete(text)), [lexer, text, isGrowing]);
  return (
    <FootnotesContext value={useFootnotes(tokens, text, isGrowing)}>
      <div className="prose" onCopy={copySources}>
        {blocksOf(tokens, text)}
      </div>
      {/* Not within: a block that comes before something has the browser style all blocks again. */}
      <Footnotes blocks={noteBlocks} />
    </FootnotesContext>
  );
});

const noteBlocks = (note: FootnoteToken): ReactNode => blocks(note.tokens);

function useFootnotes(tokens: readonly Token[], text: string, isGrowing: boolean): FootnotesOfText {
  const id = useId();
  return useMemo(() => {
    if (!text.includes("[^")) return NO_FOOTNOTES;
    return { id, notes: numbered(footnotesIn(tokens), text), isGrowing };
  }, [id, tokens, text, isGrowing]);
}

// Blocks are only ever appended or replaced at the end, so a block's position is its identity.
function blocksOf(tokens: readonly Token[], text: string) {
  return tokens.flatMap((token, index) =>
    token.type === "space" || token.type === "footnote" || (token.type === "def" && isReferred(token as Tokens.Def, text))
      ? []
      : // oxlint-disable-next-line react/no-array-index-key
        [<Block key={index} token={token} />],
  );
}

/** Whether something refers to an address; one that nothing refers to is shown, as a list of sources is. */
function isReferred({ raw, tag }: Tokens.Def, text: string): boolean {
  const name = `[${tag}]`;
  const folded = text.replace(raw, "").toLowerCase().replace(/\s+/gu, " ");
  for (let at = folded.indexOf(name); at >= 0; at = folded.indexOf(name, at + 1)) {
    if (folded[at + name.length] !== ":") return true;
  }
  return false;
}
