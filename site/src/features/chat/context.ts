import { createContext, use } from "react";

import { useStore } from "@/lib/store";

import type { AnswerState } from "./answerReducer";
import type { ChatRuntime } from "./runtime";

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
