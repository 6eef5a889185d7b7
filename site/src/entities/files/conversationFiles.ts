/** The files of a conversation that still exist: read once for all that shows them, and kept. */
import { useQuery, type QueryClient } from "@tanstack/react-query";

import type { ApiClient } from "@/api/client";
import { useApi } from "@/api/context";
import type { Conversation, File as StoredFile } from "@/api/types";
import { conversationKey, conversationQuery, useConversation } from "@/entities/conversations/list";

import { conversationFilesKey, conversationFilesPath } from "./endpoints";

export interface ConversationFilesRead {
  items: StoredFile[];
  /** Those that are known to be deleted. */
  missing: string[];
}

/** What became of a file that was once attached. */
export type FileState = "in" | "out" | "deleted";

export function fileState(fileIds: readonly string[], read: ConversationFilesRead | undefined, id: string): FileState {
  if (read?.missing.includes(id)) return "deleted";
  return fileIds.includes(id) ? "in" : "out";
}

/** isRead: false only watches what others read. */
export function useConversationFiles(conversationId: string, isRead: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: conversationFilesKey(conversationId),
    queryFn: async ({ signal, client }): Promise<ConversationFilesRead> => {
      const asked = client.getQueryData<Conversation>(conversationKey(conversationId))?.file_ids ?? [];
      const { items } = await api.get<{ items: StoredFile[] }>(conversationFilesPath(conversationId), { signal });
      const there = new Set(items.map((file) => file.file_id));
      const absent = asked.filter((fileId) => !there.has(fileId));
      return { items, missing: await stillHeld(api, client, conversationId, absent) };
    },
    enabled: isRead,
  });
}

/** Those that the conversation still has. The others may have been taken out on another device, unheard. */
async function stillHeld(api: ApiClient, client: QueryClient, conversationId: string, fileIds: string[]): Promise<string[]> {
  if (fileIds.length === 0) return [];
  const { file_ids: held } = await client.fetchQuery({ ...conversationQuery(api, conversationId), staleTime: 0 });
  return fileIds.filter((fileId) => held.includes(fileId));
}

/** What is known of any file of a conversation, without asking. */
export function useFileState(conversationId: string): (fileId: string) => FileState {
  const { data: conversation } = useConversation(conversationId, false);
  const { data: read } = useConversationFiles(conversationId, false);
  return (fileId) => (conversation ? fileState(conversation.file_ids, read, fileId) : "in");
}

/** What a change has told of one file, whatever was read before it or is being read. */
export function setMissing(client: QueryClient, conversationId: string, fileId: string, isMissing: boolean): void {
  client.setQueryData<ConversationFilesRead>(conversationFilesKey(conversationId), (data) => {
    const others = data?.missing.filter((id) => id !== fileId) ?? [];
    return { items: data?.items ?? [], missing: isMissing ? [...others, fileId] : others };
  });
}
