/** A stored message together with what is streaming of it. Pure. */
import type { Message } from "@/api/types";

import { contentOf, isInProgress, type AnswerState } from "./answerReducer";

/** The message as it is now: what was stored, or what the frames say when they know more. */
export function liveMessage(message: Message, state: AnswerState): Message {
  if (!isInProgress(message.status) || state.sequence === 0) return message;
  return {
    ...message,
    status: state.status,
    model: state.model ?? message.model,
    content: contentOf(state),
    usage: state.usage ?? message.usage,
    stop_reason: state.stop_reason,
    error: state.error,
    context: state.context ?? message.context,
  };
}
