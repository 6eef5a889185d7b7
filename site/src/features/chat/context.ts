import { createContext, use, useSyncExternalStore } from "react";

import { useStore } from "@/lib/store";

import { isSettled, type AnswerState } from "@/entities/answers/answerReducer";
import type { ChatRuntime } from "@/session/runtime";

export const ChatContext = createContext<ChatRuntime | null>(null);

export function useChat(): ChatRuntime {
  const chat = use(ChatContext);
  if (!chat) throw new Error("useChat needs a ChatContext above it.");
  return chat;
}

/** The live state of an answer; of one that nothing has been heard of, the empty one. */
export function useAnswerState(messageId: string): AnswerState {
  return useStore(useChat().feed.answer(messageId));
}

/** Whether an answer has ended: whoever asks only that is not drawn with every word. */
export function useIsSettled(messageId: string): boolean {
  const store = useChat().feed.answer(messageId);
  return useSyncExternalStore(store.subscribe, () => isSettled(store.get()));
}
