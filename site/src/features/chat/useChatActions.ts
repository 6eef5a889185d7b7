/** What a person does in a conversation: send, edit, stop, retry. */
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";

import { ApiError } from "@/api/client";
import { useApi } from "@/api/context";
import type { Message, MessageFile } from "@/api/types";
import { t } from "@/i18n";
import { errorText } from "@/entities/errors/errorText";
import { showError } from "@/entities/errors/showError";
import { focusComposer } from "@/lib/focusComposer";

import { messagesKey, retryAnswer, stopAnswer, useModels } from "@/session/messages";
import { useNewChatModel } from "./api/modelChoice";
import { useChat } from "./context";
import { outboxKey, type Unsent } from "@/session/outbox";
import type { Thread } from "./useThread";

export type ChatActions = ReturnType<typeof useChatActions>;

export function useChatActions(conversationId: string | null, thread: Thread) {
  const chat = useChat();
  const newChatModel = useNewChatModel(useModels().data ?? []);
  const stop = useStop(conversationId, thread.inProgressId);
  const retry = useRetry(thread);

  const submit = (text: string, files: readonly string[], parent: Pick<Unsent, "parent_id">): boolean => {
    const model = conversationId === null && newChatModel !== null ? { model: newChatModel } : {};
    const unsent: Unsent = {
      request_id: crypto.randomUUID(),
      conversation_id: conversationId,
      text,
      ...(files.length > 0 ? { files } : {}),
      ...parent,
      ...model,
    };
    thread.resetChoices();
    return thread.inProgressId === null ? chat.outbox.send(unsent) : chat.outbox.sendAfter(unsent, thread.inProgressId);
  };

  return {
    /** False: another message is still on its way; nothing was taken. */
    send: (text: string, files: readonly string[]) => {
      const last = thread.entries.at(-1)?.message;
      const shown = thread.isOffHead && last?.role === "assistant" ? { parent_id: last.message_id } : {};
      const branch = chat.drafts.branchOf(outboxKey(conversationId));
      const isTaken = submit(text, files, branch.get() ?? shown);
      if (isTaken) branch.set(null);
      return isTaken;
    },
    /** Its files: those of the message, but for what the person has taken out. */
    edit: (message: Message, text: string, attached: readonly MessageFile[]) => {
      const files = attached.map((file) => chat.uploads.adopt(file));
      const isTaken = submit(text, files, { parent_id: message.parent_id });
      if (isTaken) focusComposer();
      else chat.uploads.forget(files);
      return isTaken;
    },
    /** Have Claude go on with an answer that broke off: a message as any other, which the person need not write. */
    goOn: (answer: Message) => {
      submit(t().chat.continuePrompt, [], { parent_id: answer.message_id });
      focusComposer();
    },
    stop: stop.run,
    isStopping: stop.isStopping,
    retry: (answer: Message) => {
      retry.mutate(answer);
      focusComposer();
    },
    isRetrying: retry.isPending,
    resend: () => {
      chat.outbox.retry(conversationId);
      focusComposer();
    },
    /** Take the unsent message back into the composer. */
    takeBack: () => {
      const unsent = chat.outbox.cancel(conversationId);
      if (unsent) chat.drafts.putBack(outboxKey(conversationId), unsent.text, unsent.files);
      // Still an edit when it is sent again.
      if (unsent?.parent_id !== undefined) chat.drafts.branchOf(outboxKey(conversationId)).set({ parent_id: unsent.parent_id });
      focusComposer();
    },
  };
}

function useStop(conversationId: string | null, messageId: string | null) {
  const api = useApi();
  const { feed } = useChat();
  const { mutate, isPending, variables, isError } = useMutation({
    mutationFn: (id: string) => stopAnswer(api, conversationId ?? "", id),
    // The end of an answer that was still queued is not pushed.
    onSuccess: (message) => feed.refresh(message.message_id),
    onError: (error) => showError(t().chat.stopFailed, error),
  });
  const isStopping = messageId !== null && variables === messageId && !isError;
  const run = useCallback(() => {
    if (messageId !== null && !isPending) mutate(messageId);
  }, [messageId, isPending, mutate]);
  return { run, isStopping };
}

function useRetry(thread: Thread) {
  const api = useApi();
  const client = useQueryClient();
  const chat = useChat();
  return useMutation({
    mutationFn: (answer: Message) => retryAnswer(api, answer.conversation_id, answer.message_id),
    onSuccess: (turn, replaced) => {
      thread.resetChoices();
      chat.answerReplaced(replaced.message_id, turn.answer);
    },
    onError: (error, { conversation_id: conversationId }) => {
      showError(`${t().chat.retryFailed} ${errorText(t(), error)}`, error);
      // Another device may have been faster: show what it did.
      if (error instanceof ApiError) void client.invalidateQueries({ queryKey: messagesKey(conversationId) });
    },
  });
}
