/** What a person does with a conversation of the list: shown at once, and taken back when the server refuses. */
import { useMutation, useQueryClient, type QueryClient } from "@tanstack/react-query";

import { useApi } from "@/api/context";
import type { ConversationChange, ConversationSummary } from "@/api/types";
import { t } from "@/i18n";
import { fileListsKey } from "@/entities/files/endpoints";
import { errorText } from "@/entities/errors/errorText";
import { showError } from "@/entities/errors/showError";
import { focusComposer } from "@/lib/focusComposer";
import { useLimits } from "@/lib/limits";
import { showToast } from "@/ui/toasts";

import { insertCached, removeCached, rereadLists, updateCached } from "./cache";
import { conversationKey, deleteConversation, listsKey, patchConversation } from "./list";

export const titleOf = (conversation: { title: string | null }): string => conversation.title ?? t().list.untitled;

/** Files are told with how many conversations they are used in. */
const recountFiles = (client: QueryClient): void => void client.invalidateQueries({ queryKey: fileListsKey });

export function useConversationActions() {
  const api = useApi();
  const client = useQueryClient();
  const undoMs = useLimits().undo_s * 1_000;

  const change = useMutation({
    mutationFn: ({ id, change }: { id: string; change: ConversationChange }) => patchConversation(api, id, change),
    onMutate: ({ id, change: { deleted: _, kept: __, ...shown } }) => updateCached(client, id, shown),
    onSuccess: (conversation) => {
      updateCached(client, conversation.conversation_id, conversation);
      rereadLists(client);
    },
    onError: (error, { id }) => {
      showError(errorText(t(), error), error);
      void client.invalidateQueries({ queryKey: listsKey });
      void client.invalidateQueries({ queryKey: conversationKey(id) });
    },
  });

  const keep = useMutation({
    mutationFn: (id: string) => patchConversation(api, id, { kept: true }),
    onSuccess: (conversation) => {
      updateCached(client, conversation.conversation_id, conversation);
      showToast({ text: t().retention.kept });
      focusComposer();
    },
    onError: (error) => showError(errorText(t(), error), error),
  });

  const undo = useMutation({
    mutationFn: (conversation: ConversationSummary) =>
      patchConversation(api, conversation.conversation_id, { deleted: false }),
    onSuccess: (conversation) => {
      insertCached(client, conversation);
      rereadLists(client);
      recountFiles(client);
      client.setQueryData(conversationKey(conversation.conversation_id), conversation);
      showToast({ text: t().list.undone });
    },
    onError: (error) => showError(t().list.undoFailed, error),
  });

  const remove = useMutation({
    mutationFn: (conversation: ConversationSummary) => deleteConversation(api, conversation.conversation_id),
    onMutate: (conversation) => removeCached(client, conversation.conversation_id),
    onSuccess: (_, conversation) => {
      // A list that was read meanwhile may have put it back.
      removeCached(client, conversation.conversation_id);
      rereadLists(client);
      recountFiles(client);
      showToast({
        text: t().list.deleted(titleOf(conversation)),
        durationMs: undoMs,
        action: { label: t().list.undo, run: () => undo.mutate(conversation) },
      });
    },
    onError: (error, conversation) => {
      insertCached(client, conversation);
      showError(errorText(t(), error), error);
    },
  });

  return {
    keep: (id: string) => keep.mutate(id),
    rename: (id: string, title: string) => change.mutate({ id, change: { title } }),
    setModel: (id: string, model: string) => change.mutate({ id, change: { model } }),
    setArchived: (id: string, archived: boolean) => change.mutate({ id, change: { archived } }),
    remove: (conversation: ConversationSummary) => remove.mutate(conversation),
  };
}
