/** Conversations as the server keeps them: endpoints and queries. */
import { queryOptions, useInfiniteQuery, useQuery } from "@tanstack/react-query";

import { ApiError, type ApiClient } from "@/api/client";
import { useApi } from "@/api/context";
import type { Conversation, ConversationChange, ConversationSummary, Deleted, Page } from "@/api/types";

const path = (id: string): string => `/conversations/${encodeURIComponent(id)}`;

export const patchConversation = (api: ApiClient, id: string, change: ConversationChange): Promise<Conversation> =>
  api.patch(path(id), change);

export const deleteConversation = (api: ApiClient, id: string): Promise<Deleted> => api.delete(path(id));

export const listsKey = ["conversations"] as const;
export const listKey = (archived: boolean) => [...listsKey, { archived }] as const;
export const conversationKey = (id: string) => ["conversation", id] as const;

/** One list of conversations, newest first, page by page. */
export function useConversations(archived: boolean) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: listKey(archived),
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<ConversationSummary>>("/conversations", {
        query: { cursor: pageParam, archived: archived || null },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export const conversationQuery = (api: ApiClient, id: string) =>
  queryOptions({ queryKey: conversationKey(id), queryFn: ({ signal }) => api.get<Conversation>(path(id), { signal }) });

/** isRead: false only watches what others read. */
export function useConversation(id: string | null, isRead = true) {
  const api = useApi();
  return useQuery({ ...conversationQuery(api, id ?? ""), enabled: isRead && id !== null });
}

/** Whether an error says that there is no such conversation (for this user). */
export const isGone = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 404 || error.status === 400);
