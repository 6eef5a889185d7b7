import { useEffect, useMemo, useRef, type ReactNode } from "react";

import type { FilePage } from "@/api/types";
import { useT } from "@/i18n";

import { flowing } from "../flow";
import { piecesOf, rowsOf, type Row } from "../pieces";
import { findQuote, type TextRange } from "../quote";
import { Quote } from "./Quote";

interface PageTextProps {
  page: FilePage;
  /** What was quoted from this page; null: nothing, or another page is looked at. */
  quote: string | null;
}

/** The text of a page as it was read, with the quote highlighted and in view. */
export function PageText({ page, quote }: PageTextProps) {
  const t = useT();
  const root = useRef<HTMLDivElement>(null);
  const { locator } = page;
  const text = useMemo(() => (locator.kind === "page" ? flowing(page.text) : page.text), [locator.kind, page.text]);
  const ranges = useMemo(() => (quote === null ? [] : findQuote(text, quote)), [text, quote]);
  const rows = useMemo(() => (locator.kind === "sheet" ? rowsOf(text) : null), [locator.kind, text]);
  useEffect(() => {
    root.current?.querySelector("mark")?.scrollIntoView?.({ block: "center" });
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- With each quote that is drawn.
  }, [ranges, rows]);
  return (
    <div ref={root}>
      {quote !== null && quote.trim() !== "" && ranges.length === 0 && (
        <div className="mb-4 space-y-1.5">
          <p className="text-sm text-muted">{t.citations.viewer.quoteElsewhere}</p>
          <Quote text={quote} />
        </div>
      )}
      {rows ? (
        <PageTable text={text} rows={rows} ranges={ranges} />
      ) : (
        <div dir="auto" className="text-[0.9375rem] leading-relaxed wrap-anywhere whitespace-pre-wrap">
          {highlighted(text, ranges)}
        </div>
      )}
    </div>
  );
}

function PageTable({ text, rows, ranges }: { text: string; rows: readonly Row[]; ranges: readonly TextRange[] }) {
  const t = useT();
  const columns = Math.max(...rows.map((row) => row.cells.length));
  return (
    <div
      role="region"
      aria-label={t.chat.table}
      // Wide tables scroll, so the keyboard has to reach them.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="max-w-full overflow-x-auto rounded-xl border border-line bg-raised"
    >
      <table className="w-max min-w-full text-sm tabular-nums">
        <tbody>
          {rows.map((row) => (
            <tr key={row.start} className="border-line not-last:border-b">
              {row.cells.map(({ start, end }, column) => (
                <td key={start} colSpan={spanOf(row, column, columns)} className="max-w-72 px-2.5 py-1.5 align-top whitespace-pre-wrap">
                  {highlighted(text, ranges, start, end)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** A row's last cell reaches to the table's end. */
const spanOf = (row: Row, column: number, columns: number): number =>
  column === row.cells.length - 1 ? columns - column : 1;

function highlighted(text: string, ranges: readonly TextRange[], from?: number, to?: number): ReactNode[] {
  return piecesOf(text, ranges, from, to).map((piece) =>
    piece.isQuoted ? (
      <mark key={piece.start} className="rounded-sm bg-highlight text-ink">
        {piece.text}
      </mark>
    ) : (
      piece.text
    ),
  );
}
