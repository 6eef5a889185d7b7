import type { Tokens } from "marked";
import { useId } from "react";

import { useT } from "@/i18n";

import { Inline, keyed } from "./Inline";
import { directionOf } from "./scripts";

export function Table({ table }: { table: Tokens.Table }) {
  const t = useT();
  const id = useId();
  // By its headings, so that tables can be told apart.
  const isNamed = table.header.some((cell) => cell.text.trim() !== "");
  return (
    <div
      // No landmark: an answer may have many.
      role="group"
      {...(isNamed ? { "aria-labelledby": id } : { "aria-label": t.chat.table })}
      dir={directionOf(table.raw)}
      // Wide tables scroll, so the keyboard has to reach them.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="max-w-full overflow-x-auto rounded-xl border border-line"
    >
      <table>
        <thead>
          <tr id={id}>
            {keyed(table.header, (cell, key) => (
              <th key={key} scope="col" dir={directionOf(cell.text)} data-align={cell.align ?? undefined}>
                <Inline tokens={cell.tokens} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {keyed(table.rows, (row, rowKey) => (
            <tr key={rowKey}>
              {keyed(row, (cell, key) => (
                <td key={key} dir={directionOf(cell.text)} data-align={cell.align ?? undefined}>
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
