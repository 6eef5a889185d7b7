/** Files as the server keeps them: endpoints, queries, and what is known of them here. */
import { useInfiniteQuery, useQuery, keepPreviousData, type InfiniteData, type QueryClient } from "@tanstack/react-query";

import type { ApiClient } from "@/api/client";
import { useApi } from "@/api/context";
import type { File as StoredFile, FileDetail, Page } from "@/api/types";
import { filePath } from "@/lib/files/endpoints";

/** How often files that are being read are looked at: what a socket pushes comes faster. */
const REFETCH_MS = 3_000;
/** An upload that has not come within this time never will. */
const UPLOAD_EXPECTED_MS = 10 * 60_000;

export const renameFile = (api: ApiClient, id: string, name: string): Promise<StoredFile> => api.patch(filePath(id), { name });
export const restoreFile = (api: ApiClient, id: string): Promise<StoredFile> => api.patch(filePath(id), { deleted: false });
export const deleteFile = (api: ApiClient, id: string): Promise<unknown> => api.delete(filePath(id));

export const listsKey = ["files"] as const;
const listKey = (name: string) => [...listsKey, { name }] as const;

type Lists = InfiniteData<Page<StoredFile>, string | null>;

/** The files whose name has `name` in it, newest first, page by page. */
export function useFiles(name: string) {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: listKey(name),
    queryFn: ({ pageParam, signal }) =>
      api.get<Page<StoredFile>>("/files", { query: { cursor: pageParam, name: name || null }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    // Messages and other devices change what it says; the list that is known is shown meanwhile.
    staleTime: 0,
    refetchInterval: ({ state }) => (state.data?.pages.some((page) => page.items.some(isMoving)) ? REFETCH_MS : false),
  });
}

function isMoving({ status, upload_timestamp: begun }: StoredFile): boolean {
  return status === "reading" || (status === "uploaded" && Date.now() - Date.parse(begun) < UPLOAD_EXPECTED_MS);
}

/** One file with where it is used; asked for anew each time. */
export function useFileDetail(id: string) {
  const api = useApi();
  return useQuery({
    queryKey: ["file", id],
    queryFn: ({ signal }) => api.get<FileDetail>(filePath(id), { signal }),
    staleTime: 0,
  });
}

/** What the server has told of a file, wherever it is held; one that no list holds makes them read again. */
export function updateFile(client: QueryClient, change: StoredFile): void {
  let isHeld = false;
  const updated = (file: StoredFile): StoredFile => {
    if (file.file_id !== change.file_id) return file;
    isHeld = true;
    return { ...file, ...change };
  };
  client.setQueriesData<Lists>({ queryKey: listsKey }, (data) => data && mapItems(data, (items) => items.map(updated)));
  client.setQueriesData<{ items: StoredFile[] }>(
    { queryKey: ["conversation-files"] },
    (data) => data && { ...data, items: data.items.map(updated) },
  );
  if (!isHeld) void client.invalidateQueries({ queryKey: listsKey });
}

export function removeFile(client: QueryClient, id: string): void {
  client.setQueriesData<Lists>(
    { queryKey: listsKey },
    (data) => data && mapItems(data, (items) => items.filter((file) => file.file_id !== id)),
  );
}

const mapItems = (data: Lists, change: (items: StoredFile[]) => StoredFile[]): Lists => ({
  ...data,
  pages: data.pages.map((page) => ({ ...page, items: change(page.items) })),
});
