/**
 * Frames: what the server pushes over the socket and lists under `…/frames`.
 * They are checked here, once, as they come in; a frame of a type that this build does not know is left out.
 */
import * as v from "valibot";

const answer = { conversation_id: v.string(), message_id: v.string(), sequence: v.pipe(v.number(), v.integer(), v.minValue(1)) };

const usage = v.object({
  input_tokens: v.number(),
  output_tokens: v.number(),
  cache_creation_input_tokens: v.optional(v.number(), 0),
  cache_read_input_tokens: v.optional(v.number(), 0),
  cost_usd: v.optional(v.number(), 0),
});

const problem = v.object({ code: v.string(), message: v.string() });

const answerFrame = v.variant("type", [
  v.object({ type: v.literal("answer.started"), ...answer, model: v.nullable(v.string()) }),
  v.object({
    type: v.literal("answer.delta"),
    ...answer,
    block: v.pipe(v.number(), v.integer(), v.minValue(0)),
    kind: v.picklist(["text", "thinking"]),
    text: v.string(),
  }),
  v.object({ type: v.literal("answer.citation"), ...answer, block: v.number(), citation: v.unknown() }),
  v.object({ type: v.literal("answer.tool"), ...answer, name: v.string(), detail: v.unknown() }),
  v.object({
    type: v.literal("answer.done"),
    ...answer,
    status: v.picklist(["complete", "stopped", "interrupted", "superseded"]),
    stop_reason: v.nullish(v.string(), null),
    usage: v.nullish(usage, null),
    error: v.nullish(problem, null),
  }),
  v.object({
    type: v.literal("answer.failed"),
    ...answer,
    error: problem,
  }),
]);

// Only what the list shows; further fields of the conversation pass through as they are.
const conversationFrame = v.looseObject({
  type: v.literal("conversation.updated"),
  conversation_id: v.string(),
  title: v.optional(v.nullable(v.string())),
});

const frame = v.union([answerFrame, conversationFrame]);

export type AnswerFrame = v.InferOutput<typeof answerFrame>;
export type ConversationFrame = v.InferOutput<typeof conversationFrame>;
export type Frame = v.InferOutput<typeof frame>;

export const isAnswerFrame = (value: Frame): value is AnswerFrame => value.type.startsWith("answer.");

/** Decode a list of frames; what is not a known frame is left out, so that an older tab survives a newer server. */
export function decodeFrames(values: readonly unknown[]): Frame[] {
  return values.flatMap((value) => {
    const result = v.safeParse(frame, value);
    return result.success ? [result.output] : [];
  });
}

/** Decode one WebSocket message, `{"frames": […]}`. Anything else is no frames. */
export function decodeSocketMessage(text: string): Frame[] {
  try {
    const message: unknown = JSON.parse(text);
    const parsed = v.safeParse(v.object({ frames: v.array(v.unknown()) }), message);
    return parsed.success ? decodeFrames(parsed.output.frames) : [];
  } catch {
    return [];
  }
}
