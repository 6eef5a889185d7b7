/** Messages as the server keeps them: endpoints, queries, and what is known of them here. */
import { useInfiniteQuery, useQuery, type InfiniteData, type QueryClient } from "@tanstack/react-query";

import type { ApiClient } from "@/api/client";
import { useApi } from "@/api/context";
import { decodeFrames, isAnswerFrame } from "@/api/frames";
import type { AnswerStatus, Message, Model, NewConversation, Page, Turn } from "@/api/types";

import type { FramesRead } from "@/entities/answers/answerFeed";
import type { Unsent } from "./outbox";

const conversationPath = (id: string): string => `/conversations/${encodeURIComponent(id)}`;
const messagePath = (conversationId: string, messageId: string): string =>
  `${conversationPath(conversationId)}/messages/${encodeURIComponent(messageId)}`;

export type Sent = Turn | NewConversation;

/** Send a message: to its conversation, or as the first one of a new conversation. Safe to repeat. */
export function postMessage(api: ApiClient, unsent: Unsent, fileIds: readonly string[]): Promise<Sent> {
  const { conversation_id: conversationId, text, request_id, parent_id, model } = unsent;
  const message = { text, request_id, ...(fileIds.length > 0 ? { file_ids: fileIds } : {}) };
  if (conversationId === null) return api.post<NewConversation>("/conversations", { model, message });
  return api.post<Turn>(`${conversationPath(conversationId)}/messages`, { ...message, parent_id, model });
}

export const stopAnswer = (api: ApiClient, conversationId: string, messageId: string): Promise<Message> =>
  api.post(`${messagePath(conversationId, messageId)}/stop`);

export const retryAnswer = (api: ApiClient, conversationId: string, messageId: string): Promise<Turn> =>
  api.post(`${messagePath(conversationId, messageId)}/retry`);

export async function readFrames(
  api: ApiClient,
  conversationId: string,
  messageId: string,
  after: number,
): Promise<FramesRead> {
  const path = `${messagePath(conversationId, messageId)}/frames`;
  const read = await api.get<{ items: unknown[]; status: AnswerStatus }>(path, { query: { after } });
  return { items: decodeFrames(read.items).filter(isAnswerFrame), status: read.status };
}

type Pages = InfiniteData<Page<Message>, string | null>;

export const messagesKey = (conversationId: string) => ["messages", conversationId] as const;

/** The messages of a conversation, newest page first, newest first within a page. */
export function useMessages(conversationId: string | null) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: messagesKey(conversationId ?? ""),
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<Message>>(`${conversationPath(conversationId ?? "")}/messages`, {
        query: { cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    enabled: conversationId !== null,
  });
}

/** Put messages, new or changed, among those that are known. Where none are loaded yet, nothing happens. */
export function upsertMessages(client: QueryClient, conversationId: string, messages: readonly Message[]): void {
  client.setQueryData<Pages>(messagesKey(conversationId), (data) => {
    if (!data) return data;
    const changed = new Map(messages.map((message) => [message.message_id, message]));
    const known = new Set(data.pages.flatMap((page) => page.items.map((item) => item.message_id)));
    const added = messages.filter((message) => !known.has(message.message_id)).toSorted(newestFirst);
    const pages = data.pages.map((page, index) => ({
      ...page,
      items: [...(index === 0 ? added : []), ...page.items.map((item) => changed.get(item.message_id) ?? item)],
    }));
    return { ...data, pages };
  });
}

/** Whether the messages that these follow are known, or none are loaded yet. */
export function followKnown(client: QueryClient, conversationId: string, messages: readonly Message[]): boolean {
  const pages = client.getQueryData<Pages>(messagesKey(conversationId))?.pages;
  const known = new Set(pages?.flatMap((page) => page.items.map((item) => item.message_id)));
  return !pages || messages.every(({ parent_id: parent }) => parent === null || known.has(parent));
}

/** All messages of a conversation that has just begun. */
export function seedMessages(client: QueryClient, conversationId: string, messages: readonly Message[]): void {
  const page = { items: messages.toSorted(newestFirst), next_cursor: null };
  client.setQueryData<Pages>(messagesKey(conversationId), { pageParams: [null], pages: [page] });
}

const newestFirst = (a: Message, b: Message): number => (a.message_id < b.message_id ? 1 : -1);

/** Change one message, if it is known. */
export function updateMessage(
  client: QueryClient,
  conversationId: string,
  messageId: string,
  change: (message: Message) => Message,
): void {
  client.setQueryData<Pages>(messagesKey(conversationId), (data) => {
    if (!data) return data;
    const pages = data.pages.map((page) => ({
      ...page,
      items: page.items.map((message) => (message.message_id === messageId ? change(message) : message)),
    }));
    return { ...data, pages };
  });
}

/** The models on offer, the default first. */
export function useModels() {
  const api = useApi();
  return useQuery({
    queryKey: ["models"],
    queryFn: async ({ signal }) => (await api.get<{ items: Model[] }>("/models", { signal })).items,
    staleTime: 10 * 60_000,
  });
}
