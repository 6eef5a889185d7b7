import { useMemo } from "react";

import type { MessageFile } from "@/api/types";

import { useMessages } from "@/session/messages";

/** The files that the messages of a conversation brought, in their order, as far as the messages are loaded. */
export function useAttachedFiles(conversationId: string): readonly MessageFile[] {
  const { data } = useMessages(conversationId);
  return useMemo(() => {
    const oldestFirst = data?.pages.flatMap((page) => page.items).toReversed() ?? [];
    return [...new Map(oldestFirst.flatMap(({ files }) => files).map((file) => [file.file_id, file])).values()];
  }, [data]);
}
