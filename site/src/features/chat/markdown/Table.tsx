import type { Tokens } from "marked";

import { useT } from "@/i18n";

import { Inline, keyed } from "./Inline";
import { directionOf } from "./scripts";

export function Table({ table }: { table: Tokens.Table }) {
  const t = useT();
  return (
    <div
      role="region"
      aria-label={t.chat.table}
      dir={directionOf(table.raw)}
      // Wide tables scroll, so the keyboard has to reach them.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="max-w-full overflow-x-auto rounded-xl border border-line"
    >
      <table>
        <thead>
          <tr>
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
