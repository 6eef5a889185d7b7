/** What a person does with a file of a conversation: taken out, and put back. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useRef } from "react";

import { ApiError } from "@/api/client";
import { useApi } from "@/api/context";
import type { Conversation, MessageFile } from "@/api/types";
import { t as texts } from "@/i18n";
import { errorText } from "@/entities/errors/errorText";
import { showError } from "@/entities/errors/showError";
import { setMissing } from "@/entities/files/conversationFiles";
import { conversationFilesKey, conversationFilesPath } from "@/entities/files/endpoints";
import { shortName } from "@/lib/format";
import { showToast } from "@/ui/toasts";

export type NamedFile = Pick<MessageFile, "file_id" | "name">;

const UNDO_SHOWN_MS = 15_000;

const complain = (error: unknown): void => showError(errorText(texts(), error), error);

export function useConversationFileActions(conversationId: string, onChanged: (conversation: Conversation) => void) {
  const api = useApi();
  const client = useQueryClient();
  const busy = useRef(new Set<string>());
  const path = (file: NamedFile): string => `${conversationFilesPath(conversationId)}/${encodeURIComponent(file.file_id)}`;
  const reread = (): unknown => client.invalidateQueries({ queryKey: conversationFilesKey(conversationId) });
  const onSettled = (_: unknown, __: unknown, file: NamedFile): unknown => busy.current.delete(file.file_id);

  const putBack = useMutation({
    mutationFn: (file: NamedFile) => api.put<Conversation>(path(file)),
    onSuccess: (conversation, file) => {
      onChanged(conversation);
      // It exists, whatever a list says that was read while it was out.
      setMissing(client, conversationId, file.file_id, false);
      reread();
      showToast({ text: texts().files.putBack(shortName(file.name)), subject: path(file) });
    },
    onError: (error, file) => {
      if (!(error instanceof ApiError && error.status === 404)) return complain(error);
      setMissing(client, conversationId, file.file_id, true);
      showError(texts().files.putBackDeleted(shortName(file.name)), error, path(file));
    },
    onSettled,
  });
  const remove = useMutation({
    mutationFn: (file: NamedFile) => api.delete<Conversation>(path(file)),
    onSuccess: (conversation, file) => {
      onChanged(conversation);
      // What is being read may come without the file, as if it were deleted.
      if (client.isFetching({ queryKey: conversationFilesKey(conversationId) }) > 0) reread();
      const undo = { label: texts().files.page.undo, run: () => once(putBack.mutate)(file) };
      showToast({ text: texts().files.removed(shortName(file.name)), durationMs: UNDO_SHOWN_MS, action: undo, subject: path(file) });
    },
    onError: complain,
    onSettled,
  });
  /** One thing at a time is done with a file. */
  const once = (run: (file: NamedFile) => void) => (file: NamedFile): void => {
    if (busy.current.has(file.file_id)) return;
    busy.current.add(file.file_id);
    run(file);
  };
  return { remove: once(remove.mutate), putBack: once(putBack.mutate) };
}
