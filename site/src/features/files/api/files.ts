/** Files as the server keeps them: endpoints, queries, and what is known of them here. */
import { useInfiniteQuery, useQuery, keepPreviousData, type InfiniteData, type QueryClient } from "@tanstack/react-query";
import { useState } from "react";

import type { ApiClient } from "@/api/client";
import { useApi } from "@/api/context";
import type { File as StoredFile, FileDetail, Page } from "@/api/types";
import { isStale } from "@/entities/files/attachment";
import type { ConversationFilesRead } from "@/entities/files/conversationFiles";
import { conversationFilesKeys, fileListsKey, filePath, sourceKey, sourcePagesKey } from "@/entities/files/endpoints";
import { GrowingInterval } from "@/lib/growingInterval";

/** An upload that has not come within this time never will. */
const UPLOAD_EXPECTED_MS = 10 * 60_000;

export const renameFile = (api: ApiClient, id: string, name: string): Promise<StoredFile> => api.patch(filePath(id), { name });
export const restoreFile = (api: ApiClient, id: string): Promise<StoredFile> => api.patch(filePath(id), { deleted: false });
export const deleteFile = (api: ApiClient, id: string): Promise<unknown> => api.delete(filePath(id));

/** Has a file read again by the reader that there is now; what was read before is used until that is done. */
export const readAgain = (api: ApiClient, id: string): Promise<StoredFile> => api.post(`${filePath(id)}/reading`, {});

export { fileListsKey as listsKey };
const listKey = (name: string) => [...fileListsKey, { name }] as const;

type Lists = InfiniteData<Page<StoredFile>, string | null>;

/** The files whose name has `name` in it, newest first, page by page. */
export function useFiles(name: string) {
  const api = useApi();
  const [interval] = useState(() => new GrowingInterval());
  return useInfiniteQuery({
    queryKey: listKey(name),
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<StoredFile>>("/files", { query: { cursor: pageParam, name: name || null }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    // Without a network it fails and says so, rather than to show the last list as if it were the answer.
    networkMode: "always",
    refetchOnReconnect: true,
    // Messages and other devices change what it says; the list that is known is shown meanwhile.
    staleTime: 0,
    // What a socket pushes comes faster, and puts the next look off.
    refetchInterval: ({ state }) => interval.after(movingIn(state.data)),
  });
}

/** What is being read and how far it is; null: nothing moves. */
function movingIn(data: Lists | undefined): string | null {
  const moving = data?.pages.flatMap((page) => page.items.filter(isMoving)) ?? [];
  return moving.length > 0 ? moving.map(({ file_id: id, status, again, pages_read: read }) => `${id} ${status} ${again} ${read}`).join() : null;
}

function isMoving({ status, again, upload_timestamp: begun }: StoredFile): boolean {
  return again === "waiting" || again === "reading" || status === "reading" || status === "waiting" || (status === "uploaded" && Date.now() - Date.parse(begun) < UPLOAD_EXPECTED_MS);
}

/** One file with where it is used; asked for anew each time. The lists count as it does from then on. */
export function useFileDetail(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["file", id],
    queryFn: async ({ signal, client }) => {
      const detail = await api.get<FileDetail>(filePath(id), { signal });
      const { conversations } = detail;
      changeFile(client, id, (held) => ({ ...held, conversations }));
      return detail;
    },
    staleTime: 0,
  });
}

/** What the server has told of a file, wherever it is held; one that no list holds makes them read again. */
export function updateFile(client: QueryClient, change: StoredFile): void {
  const { file_id: id } = change;
  let wasReadAgain = false;
  // What is pushed tells of its reading: where it is used, its lists know better.
  const isHeld = changeFile(client, id, (held) => {
    wasReadAgain ||= held.again !== null && change.again === null;
    return isStale(held, change) ? held : { ...held, ...change, conversations: held.conversations };
  });
  if (wasReadAgain) void client.invalidateQueries({ queryKey: sourcePagesKey(id) });
  const isStep = change.status === "reading" && change.pages_read > 0;
  if (!isHeld && !isStep) void client.invalidateQueries({ queryKey: fileListsKey });
  // A page that was not there yet may have been read by now.
  const mayBeThere = (number: unknown): boolean => change.status === "ready" || Number(number) <= change.pages_read;
  void client.refetchQueries(
    { queryKey: sourcePagesKey(id), type: "active", predicate: ({ state, queryKey }) => state.status === "error" && mayBeThere(queryKey.at(-1)) },
    { cancelRefetch: false },
  );
}

/** Change a file wherever it is held. Answers whether any list holds it. */
export function changeFile(client: QueryClient, id: string, change: <F extends StoredFile>(held: F) => F): boolean {
  let isHeld = false;
  const changed = (file: StoredFile): StoredFile => {
    if (file.file_id !== id) return file;
    isHeld = true;
    return change(file);
  };
  client.setQueriesData<{ items: StoredFile[] }>(
    { queryKey: conversationFilesKeys },
    (data) => data && { ...data, items: data.items.map(changed) },
  );
  client.setQueriesData<Lists>({ queryKey: fileListsKey }, (data) => data && mapItems(data, (items) => items.map(changed)));
  client.setQueryData<FileDetail>(sourceKey(id), (data) => data && change(data));
  return isHeld;
}

export function removeFile(client: QueryClient, id: string): void {
  client.setQueriesData<Lists>(
    { queryKey: fileListsKey },
    (data) => data && mapItems(data, (items) => items.filter((file) => file.file_id !== id)),
  );
  client.setQueriesData<ConversationFilesRead>({ queryKey: conversationFilesKeys }, (data) => {
    if (!data?.items.some((file) => file.file_id === id)) return data;
    return { items: data.items.filter((file) => file.file_id !== id), missing: [...data.missing, id] };
  });
}

const mapItems = (data: Lists, change: (items: StoredFile[]) => StoredFile[]): Lists => ({
  ...data,
  pages: data.pages.map((page) => ({ ...page, items: change(page.items) })),
});
