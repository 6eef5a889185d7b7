import type { MarkedToken, Token, Tokens } from "marked";
import { memo, type ReactNode } from "react";

import { CodeBlock } from "./CodeBlock";
import type { DetailsToken } from "./details";
import { Formula } from "./Formula";
import type { FootnoteToken } from "./footnotes";
import { Inline, keyed } from "./Inline";
import type { FormulaToken } from "./lexer";
import { List } from "./List";
import { MarkedText, MarkersIn } from "./MarkedText";
import { placeholdersIn, replacePlaceholders } from "./placeholders";
import { directionOf } from "./scripts";
import { Table } from "./Table";

/** Headings of an answer stand below those of the page. */
const HEADINGS = ["h2", "h3", "h4", "h5", "h6", "h6"] as const;

/** One block. Tokens of finished blocks keep their identity, so they are not rendered again. */
export const Block = memo(function Block({ token }: { token: Token }): ReactNode {
  const known = token as MarkedToken | FormulaToken | DetailsToken | FootnoteToken;
  switch (known.type) {
    case "heading": {
      const Heading = HEADINGS[known.depth - 1] ?? "h6";
      return (
        <Heading dir={directionOf(known.text)}>
          <Inline tokens={known.tokens} />
        </Heading>
      );
    }
    case "paragraph":
      return (
        <p dir={directionOf(known.text)}>
          <Inline tokens={known.tokens} />
        </p>
      );
    case "code":
      return <Code token={known} />;
    case "formula":
      return <DisplayFormula token={known} />;
    case "list":
      return <List list={known} blocks={blocks} />;
    case "table":
      return <Table table={known} />;
    case "blockquote":
      return <blockquote dir={directionOf(known.raw)}>{blocks(known.tokens)}</blockquote>;
    case "details":
      return <Details token={known} />;
    case "hr":
      return <hr />;
    case "space":
    case "footnote": // Below the text.
      return null;
    case "text":
      return known.tokens ? <Inline tokens={known.tokens} /> : <MarkedText text={known.text} />;
    default:
      // A reference's address that nothing refers to, and whatever a newer Markdown may have: its source, as text.
      return (
        <p dir={directionOf(token.raw)}>
          <MarkedText text={token.raw.trim()} />
        </p>
      );
  }
});

export const blocks = (tokens: readonly Token[]): ReactNode =>
  keyed(tokens, (token, key) => <Block key={key} token={token} />);

/** The first word of a fence's info string. */
const languageOf = (info: string | undefined): string => replacePlaceholders(info ?? "").trim().split(/\s/)[0] ?? "";

const FORMULAS: ReadonlySet<string> = new Set(["math", "katex", "latex", "tex"]);
/** A document, which is asked for to be copied, and not to be read. */
const DOCUMENT = /\\(?:documentclass|usepackage|section|begin\{(?:document|figure|table|itemize|enumerate|tikzpicture)\})|^\s*%/mu;
const CLOSED_FENCE = /\n[ \t]*(?:`{3,}|~{3,})\s*$/u;

/** Code is shown and copied as it was written; what it rests on stands below it. */
function Code({ token }: { token: Tokens.Code }) {
  const code = replacePlaceholders(token.text);
  const language = languageOf(token.lang);
  const block = <CodeBlock code={code} language={language} />;
  const isFormula = FORMULAS.has(language.toLowerCase()) && CLOSED_FENCE.test(replacePlaceholders(token.raw)) && !DOCUMENT.test(code);
  return (
    <>
      {isFormula ? <Formula tex={withoutMarks(code)} isDisplay source={`\n$$\n${withoutMarks(code)}\n$$\n`} undrawn={block} /> : block}
      {placeholdersIn(token.text).length > 0 && (
        <p>
          <MarkersIn text={token.text} />
        </p>
      )}
    </>
  );
}

/** A formula without the marks that some write around it within a fence. */
const withoutMarks = (code: string): string => code.trim().replace(/^(?:\$\$|\\\[)([^]*)(?:\$\$|\\\])$/u, "$1").trim();

function DisplayFormula({ token }: { token: FormulaToken }) {
  const source = replacePlaceholders(token.raw).trim();
  return (
    <p>
      {token.tex === undefined ? source : <Formula tex={token.tex} isDisplay source={source} />}
      <MarkersIn text={token.raw} />
    </p>
  );
}

function Details({ token }: { token: DetailsToken }) {
  return (
    <details dir={directionOf(token.raw)}>
      {token.summary.length > 0 && (
        <summary>
          <Inline tokens={token.summary} />
        </summary>
      )}
      {blocks(token.tokens)}
    </details>
  );
}
