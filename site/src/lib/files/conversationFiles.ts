/** The files of a conversation that still exist: read once for all that shows them, and kept. */
import { useQuery, type QueryClient } from "@tanstack/react-query";

import { useApi } from "@/api/context";
import type { Conversation, File as StoredFile } from "@/api/types";

import { conversationFilesKey, conversationFilesPath } from "./endpoints";

export interface ConversationFilesRead {
  items: StoredFile[];
  /** Those that the conversation names and that were deleted. */
  missing: string[];
}

export type WithFiles = Pick<Conversation, "conversation_id" | "file_ids">;

export function useConversationFiles({ conversation_id: id, file_ids: fileIds }: WithFiles) {
  const api = useApi();
  return useQuery({
    queryKey: conversationFilesKey(id),
    queryFn: async ({ signal }): Promise<ConversationFilesRead> => {
      const { items } = await api.get<{ items: StoredFile[] }>(conversationFilesPath(id), { signal });
      const there = new Set(items.map((file) => file.file_id));
      return { items, missing: fileIds.filter((fileId) => !there.has(fileId)) };
    },
    enabled: fileIds.length > 0,
  });
}

/** What a change has told of one file, whatever was read before it or is being read. */
export function setMissing(client: QueryClient, conversationId: string, fileId: string, isMissing: boolean): void {
  client.setQueryData<ConversationFilesRead>(conversationFilesKey(conversationId), (data) => {
    const others = data?.missing.filter((id) => id !== fileId) ?? [];
    return { items: data?.items ?? [], missing: isMissing ? [...others, fileId] : others };
  });
}
