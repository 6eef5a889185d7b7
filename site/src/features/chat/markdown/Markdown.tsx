/**
 * Markdown as React elements. The text is data: HTML in it is shown as text, and links go only where they may.
 * Placeholders in it become citation markers.
 */
import type { Token } from "marked";
import { memo, useMemo, useState } from "react";

import { Block } from "./Block";
import { lexComplete, TailLexer } from "./tailLexer";

export const Markdown = memo(function Markdown({ text, isGrowing }: { text: string; isGrowing: boolean }) {
  const [lexer] = useState(() => new TailLexer());
  const tokens = useMemo(() => (isGrowing ? lexer.lexGrowing(text) : lexComplete(text)), [lexer, text, isGrowing]);
  return <div className="prose">{blocksOf(tokens)}</div>;
});

// Blocks are only ever appended or replaced at the end, so a block's position is its identity.
function blocksOf(tokens: readonly Token[]) {
  return tokens.flatMap((token, index) =>
    // oxlint-disable-next-line react/no-array-index-key
    token.type === "space" || token.type === "def" ? [] : [<Block key={index} token={token} />],
  );
}
