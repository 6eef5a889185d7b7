/** What is known here about conversations, changed in place: lists and single ones hold the same. */
import type { InfiniteData, QueryClient, QueryKey } from "@tanstack/react-query";

import type { Conversation, ConversationSummary, Page } from "@/api/types";

import { conversationKey, listKey, listsKey } from "./list";

type Lists = InfiniteData<Page<ConversationSummary>, string | null>;

/** Merge a change into a conversation wherever it is held. Returns whether a list held it. */
export function updateCached(
  client: QueryClient,
  id: string,
  change: Partial<Conversation> | ((held: ConversationSummary) => Partial<Conversation>),
): boolean {
  const changeOf = (held: ConversationSummary) => (typeof change === "function" ? change(held) : change);
  client.setQueryData<Conversation>(conversationKey(id), (held) => held && { ...held, ...changeOf(held) });
  const held = findCached(client, id);
  if (held) insertCached(client, { ...held, ...changeOf(held) });
  return held !== undefined;
}

/** What is being read may come without what was just told: it is read anew. Call it after what was told is written. */
export function readAnew(client: QueryClient, queryKey: QueryKey): void {
  if (client.isFetching({ queryKey }) === 0) return;
  // A first read would only be waited for.
  void client.cancelQueries({ queryKey, predicate: ({ state }) => state.data === undefined });
  void client.invalidateQueries({ queryKey });
}

export const rereadLists = (client: QueryClient): void => readAnew(client, listsKey);

/** Put a conversation where it belongs: in the list of its kind, by its time, newest first. */
export function insertCached(client: QueryClient, conversation: ConversationSummary): void {
  for (const archived of [false, true]) {
    client.setQueryData<Lists>(listKey(archived), (data) => {
      if (!data) return data;
      const without = mapPages(data, (items) => items.filter((item) => !isSame(item, conversation)));
      return conversation.archived === archived ? insertByTime(without, conversation) : without;
    });
  }
}

export function removeCached(client: QueryClient, id: string): void {
  for (const archived of [false, true]) {
    client.setQueryData<Lists>(
      listKey(archived),
      (data) => data && mapPages(data, (items) => items.filter((item) => item.conversation_id !== id)),
    );
  }
}

export function findCached(client: QueryClient, id: string): ConversationSummary | undefined {
  for (const [, data] of client.getQueriesData<Lists>({ queryKey: listsKey })) {
    const found = data?.pages.flatMap((page) => page.items).find((item) => item.conversation_id === id);
    if (found) return found;
  }
  return undefined;
}

const isSame = (a: ConversationSummary, b: ConversationSummary): boolean => a.conversation_id === b.conversation_id;

function mapPages(data: Lists, change: (items: ConversationSummary[]) => ConversationSummary[]): Lists {
  return { ...data, pages: data.pages.map((page) => ({ ...page, items: change(page.items) })) };
}

/** Into the first page that has an older item; else after the last one, when there are no further pages to load. */
function insertByTime(data: Lists, conversation: ConversationSummary): Lists {
  const pages = [...data.pages];
  for (const [index, page] of pages.entries()) {
    const at = page.items.findIndex((item) => item.timestamp <= conversation.timestamp);
    const isEnd = index === pages.length - 1 && page.next_cursor === null;
    if (at < 0 && !isEnd) continue;
    pages[index] = { ...page, items: page.items.toSpliced(at < 0 ? page.items.length : at, 0, conversation) };
    break;
  }
  return { ...data, pages };
}
