import type { Token, Tokens } from "marked";
import type { ReactNode } from "react";

import { keyed } from "./Inline";
import { directionOf } from "./scripts";

type Blocks = (tokens: readonly Token[]) => ReactNode;

export function List({ list, blocks }: { list: Tokens.List; blocks: Blocks }) {
  const values = list.ordered ? writtenNumbers(list.items) : null;
  const items = keyed(list.items, (item, key) => <ListItem key={key} item={item} value={values?.[key]} blocks={blocks} />);
  const dir = directionOf(list.raw);
  if (!list.ordered) return <ul dir={dir}>{items}</ul>;
  return (
    <ol dir={dir} start={list.start === "" ? 1 : list.start} data-mark={/^\s*\d+\)/u.test(list.raw) ? "bracket" : undefined}>
      {items}
    </ol>
  );
}

/** The numbers of a list that skips some; null where each follows the other, or where they say nothing (1. 1. 1.). */
function writtenNumbers(items: readonly Tokens.ListItem[]): number[] | null {
  const numbers = items.map(({ raw }) => Number.parseInt(raw, 10));
  const rises = numbers.every((number, at) => at === 0 || number > (numbers[at - 1] ?? Infinity));
  const skips = numbers.some((number, at) => at > 0 && number !== (numbers[at - 1] ?? 0) + 1);
  return rises && skips ? numbers : null;
}

function ListItem({ item, value, blocks }: { item: Tokens.ListItem; value: number | undefined; blocks: Blocks }) {
  // A task's box is a token of its own in its first block; it is drawn here instead, as text.
  const content = item.tokens.filter((token) => token.type !== "checkbox");
  const dir = directionOf(item.text);
  if (!item.task) {
    return (
      <li dir={dir} value={value}>
        {blocks(content)}
      </li>
    );
  }
  return (
    <li dir={dir} className="task">
      <span aria-hidden="true">{item.checked ? "☑ " : "☐ "}</span>
      <span className="sr-only">{item.checked ? "[x] " : "[ ] "}</span>
      {blocks(content)}
    </li>
  );
}
