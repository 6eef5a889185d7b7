import type { MarkedToken, Token, Tokens } from "marked";
import { memo, type ReactNode } from "react";

import { useT } from "@/i18n";

import { CodeBlock } from "./CodeBlock";
import { Inline, keyed } from "./Inline";
import { MarkedText, MarkersIn } from "./MarkedText";
import { placeholdersIn, replacePlaceholders } from "./placeholders";

/** Headings of an answer stand below those of the page. */
const HEADINGS = ["h2", "h3", "h4", "h5", "h6", "h6"] as const;

/** One block. Tokens of finished blocks keep their identity, so they are not rendered again. */
export const Block = memo(function Block({ token }: { token: Token }): ReactNode {
  const known = token as MarkedToken;
  switch (known.type) {
    case "heading": {
      const Heading = HEADINGS[known.depth - 1] ?? "h6";
      return (
        <Heading>
          <Inline tokens={known.tokens} />
        </Heading>
      );
    }
    case "paragraph":
      return (
        <p>
          <Inline tokens={known.tokens} />
        </p>
      );
    case "code":
      return <MarkedCode code={known.text} language={languageOf(known.lang)} />;
    case "list":
      return <List list={known} />;
    case "table":
      return <Table table={known} />;
    case "blockquote":
      return <blockquote>{blocks(known.tokens)}</blockquote>;
    case "hr":
      return <hr />;
    case "space":
    case "def":
      return null;
    case "text":
      return known.tokens ? <Inline tokens={known.tokens} /> : <MarkedText text={known.text} />;
    default:
      // HTML, and whatever a newer Markdown may have: its source, as text.
      return (
        <p>
          <MarkedText text={token.raw.trim()} />
        </p>
      );
  }
});

const blocks = (tokens: readonly Token[]): ReactNode => keyed(tokens, (token, key) => <Block key={key} token={token} />);

/** The first word of a fence's info string. */
const languageOf = (info: string | undefined): string => replacePlaceholders(info ?? "").trim().split(/\s/)[0] ?? "";

/** Code is shown and copied as it was written; what it rests on stands below it. */
function MarkedCode({ code, language }: { code: string; language: string }) {
  return (
    <>
      <CodeBlock code={replacePlaceholders(code)} language={language} />
      {placeholdersIn(code).length > 0 && (
        <p>
          <MarkersIn text={code} />
        </p>
      )}
    </>
  );
}

function List({ list }: { list: Tokens.List }) {
  const items = keyed(list.items, (item, key) => <ListItem key={key} item={item} />);
  return list.ordered ? <ol start={list.start === "" ? 1 : list.start}>{items}</ol> : <ul>{items}</ul>;
}

function ListItem({ item }: { item: Tokens.ListItem }) {
  // A task's box is a token of its own in its first block; it is drawn here instead, as text.
  const content = item.tokens.filter((token) => token.type !== "checkbox");
  if (!item.task) return <li>{blocks(content)}</li>;
  return (
    <li className="task">
      <span aria-hidden="true">{item.checked ? "☑ " : "☐ "}</span>
      <span className="sr-only">{item.checked ? "[x] " : "[ ] "}</span>
      {blocks(content)}
    </li>
  );
}

function Table({ table }: { table: Tokens.Table }) {
  const t = useT();
  return (
    <div
      role="region"
      aria-label={t.chat.table}
      // Wide tables scroll, so the keyboard has to reach them.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="max-w-full overflow-x-auto rounded-xl border border-line"
    >
      <table>
        <thead>
          <tr>
            {keyed(table.header, (cell, key) => (
              <th key={key} scope="col" data-align={cell.align ?? undefined}>
                <Inline tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {keyed(table.rows, (row, rowKey) => (
            <tr key={rowKey}>
              {keyed(row, (cell, key) => (
                <td key={key} data-align={cell.align ?? undefined}>
                  <Inline tokens={cell.tokens} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
