/** Frames of one answer as the API pushes them, for tests. */
import type { AnswerFrame } from "@/api/frames";

export const ids = { conversation_id: "c1", message_id: "a1" };

export const started = (sequence: number): AnswerFrame => ({ type: "answer.started", ...ids, sequence, model: "claude-a" });

export const delta = (sequence: number, text: string, block = 0, kind: "text" | "thinking" = "text"): AnswerFrame => ({
  type: "answer.delta",
  ...ids,
  sequence,
  block,
  kind,
  text,
});

export const done = (sequence: number, status: "complete" | "stopped" = "complete"): AnswerFrame => ({
  type: "answer.done",
  ...ids,
  sequence,
  status,
  stop_reason: "end_turn",
  usage: null,
  error: null,
});
