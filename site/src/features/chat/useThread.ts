/** One conversation as it is shown: its path of messages, the answer in progress, and what is on its way. */
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import type { Conversation } from "@/api/types";
import { findCached } from "@/entities/conversations/cache";
import { useConversation } from "@/entities/conversations/list";
import { useStore } from "@/lib/store";

import { useMessages } from "@/session/messages";
import { isInProgress } from "@/entities/answers/answerReducer";
import { useChat, useIsSettled } from "./context";
import type { OutboxEntry } from "@/session/outbox";
import { isCutOff, visibleThread, type Choices, type ThreadEntry } from "./thread";

export interface Thread {
  conversation: Conversation | null;
  /** What is known of it while it loads, too; null: nothing, or it has none. */
  title: string | null;
  entries: readonly ThreadEntry[];
  unsent: OutboxEntry | null;
  /** The answer in progress, shown or not. */
  inProgressId: string | null;
  isPending: boolean;
  error: Error | null;
  refetch: () => void;
  /** null: the path is complete. */
  loadEarlier: (() => void) | null;
  /** All of the path, at once; null: it is complete. Throws what went wrong. */
  loadAll: (() => Promise<void>) | null;
  isLoadingEarlier: boolean;
  /** Whether an older version is looked at, so that a message goes below it. */
  isOffHead: boolean;
  choose: (parentId: string | null, messageId: string) => void;
  resetChoices: () => void;
}

const noChoices: Choices = new Map();

export function useThread(conversationId: string | null): Thread {
  const chat = useChat();
  const client = useQueryClient();
  const conversation = useConversation(conversationId);
  const messages = useMessages(conversationId);
  const unsent = useStore(chat.outbox.entry(conversationId));
  const [choices, setChoices] = useChoices(conversationId);
  const head = conversation.data?.head ?? null;
  const entries = useMemo(() => {
    const loaded = messages.data?.pages.flatMap((page) => page.items) ?? [];
    return visibleThread(loaded, head, choices);
  }, [messages.data, head, choices]);
  const inProgressId = useInProgress(conversationId, conversation.data ?? null, entries, unsent);
  const isLoading = conversationId !== null && (messages.isPending || conversation.isPending);
  const error = conversation.error ?? messages.error;
  const isPart = messages.hasNextPage && isCutOff(entries);
  const listed = conversationId === null ? undefined : findCached(client, conversationId);
  return {
    conversation: conversation.data ?? null,
    title: (conversation.data ?? listed)?.title ?? null,
    entries,
    unsent,
    inProgressId,
    isPending: isLoading && !error,
    error: entries.length > 0 && conversation.data ? null : error,
    refetch: () => void Promise.all([conversation.refetch(), messages.refetch()]),
    loadEarlier: isPart ? () => void messages.fetchNextPage() : null,
    loadAll: isPart ? () => fetchAll(messages.fetchNextPage) : null,
    isLoadingEarlier: messages.isFetchingNextPage,
    isOffHead: choices.size > 0,
    choose: (parentId, messageId) => setChoices(new Map(choices).set(parentId ?? "", messageId)),
    resetChoices: () => setChoices(noChoices),
  };
}

async function fetchAll(fetchNextPage: ReturnType<typeof useMessages>["fetchNextPage"]): Promise<void> {
  let read = await fetchNextPage({ throwOnError: true });
  while (read.hasNextPage) read = await read.fetchNextPage({ throwOnError: true });
}

/** The versions chosen in this conversation; another one starts without. */
function useChoices(conversationId: string | null) {
  const [chosen, setChosen] = useState<{ in: string | null; choices: Choices }>({ in: null, choices: noChoices });
  const choices = chosen.in === conversationId ? chosen.choices : noChoices;
  return [choices, (next: Choices) => setChosen({ in: conversationId, choices: next })] as const;
}

/** Find the answer in progress, by whatever names it, and follow it. */
function useInProgress(
  conversationId: string | null,
  conversation: Conversation | null,
  entries: readonly ThreadEntry[],
  unsent: OutboxEntry | null,
): string | null {
  const { feed } = useChat();
  const shown = entries.find(({ message }) => isInProgress(message.status))?.message.message_id;
  const blocking = unsent?.state === "waiting" ? unsent.blocked_by : null;
  const candidate = blocking ?? shown ?? conversation?.answer_in_progress ?? null;
  useEffect(() => {
    if (conversationId !== null && candidate !== null) feed.follow(conversationId, candidate);
  }, [feed, conversationId, candidate]);
  const isSettled = useIsSettled(candidate ?? "");
  return candidate !== null && !isSettled ? candidate : null;
}
