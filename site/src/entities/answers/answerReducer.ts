/**
 * What a reader holds of one answer, and how frames change it. Pure: no I/O, no clock, no React.
 *
 * Frames may come twice, late, in any order and from two sources (the socket, and reads of `…/frames`); the content
 * is the same whatever the way. Frames ahead of a gap wait in `ahead` until the gap is filled.
 */
import type { AnswerFrame } from "@/api/frames";
import type { AnswerError, AnswerStatus, Citation, ContentBlock, Context, Usage } from "@/api/types";

export interface AnswerState {
  status: AnswerStatus;
  model: string | null;
  /** By the server's block index; a hole is a block that has no content (yet). */
  blocks: readonly (ContentBlock | undefined)[];
  /** The last sequence applied; 0 before the first. */
  sequence: number;
  ahead: ReadonlyMap<number, AnswerFrame>;
  stop_reason: string | null;
  usage: Usage | null;
  error: AnswerError | null;
  context: Context | null;
  /** Why the model is asked again, and until when (ISO 8601); null: it answers, or will. */
  waiting: { code: string; until: string | null } | null;
}

export const newAnswer: AnswerState = {
  status: "queued",
  model: null,
  blocks: [],
  sequence: 0,
  ahead: new Map(),
  stop_reason: null,
  usage: null,
  error: null,
  context: null,
  waiting: null,
};

export const isInProgress = (status: AnswerStatus): boolean => status === "queued" || status === "streaming";

export const isSettled = (state: AnswerState): boolean => !isInProgress(state.status);

/** Whether frames are missing between what was applied and what has come. */
export const hasGap = (state: AnswerState): boolean => state.ahead.size > 0;

export const contentOf = (state: AnswerState): ContentBlock[] => state.blocks.filter((block) => block !== undefined);

/** Apply frames that were pushed. What was applied already is ignored, and so is all that follows the end. */
export function applyFrames(state: AnswerState, frames: readonly AnswerFrame[]): AnswerState {
  if (isSettled(state)) return state;
  const waiting = new Map(state.ahead);
  for (const frame of frames) {
    if (frame.sequence > state.sequence && !waiting.has(frame.sequence)) waiting.set(frame.sequence, frame);
  }
  return drain(state, waiting);
}

/**
 * Apply what a read of `…/frames?after=N` answered.
 *
 * Frames of a settled answer are made from its message and numbered from N + 1: they may carry numbers of live frames
 * with another content. So they replace what is held, as a whole, instead of being merged with it. A settled answer
 * ends here whatever its frames are: one that this build cannot read must not be waited for.
 */
export function applyRead(
  state: AnswerState,
  read: { after: number; items: readonly AnswerFrame[]; status: AnswerStatus },
): AnswerState {
  if (isSettled(state)) return state;
  if (isInProgress(read.status)) return applyFrames(state, read.items);
  const startsAfresh = read.items[0]?.type === "answer.started";
  const ended = startsAfresh ? read.items.reduce(step, state) : applyFrames(state, read.items);
  return { ...ended, status: read.status, sequence: read.after + read.items.length, ahead: new Map() };
}

function drain(state: AnswerState, waiting: Map<number, AnswerFrame>): AnswerState {
  let next = state;
  for (;;) {
    const frame = waiting.get(next.sequence + 1);
    if (!frame) break;
    waiting.delete(frame.sequence);
    next = { ...step(next, frame), sequence: frame.sequence };
    if (isSettled(next)) waiting.clear();
  }
  return next === state && waiting.size === state.ahead.size ? state : { ...next, ahead: waiting };
}

function step(state: AnswerState, frame: AnswerFrame): AnswerState {
  switch (frame.type) {
    case "answer.started":
      return { ...state, status: "streaming", model: frame.model, blocks: [] };
    case "answer.delta":
      return { ...state, status: "streaming", blocks: append(state.blocks, frame), waiting: null };
    case "answer.citation":
      return frame.citation ? { ...state, blocks: cite(state.blocks, frame.block, frame.citation) } : state;
    case "answer.tool":
      return { ...state, blocks: withTool(state.blocks, frame), waiting: null };
    case "answer.waiting":
      return { ...state, waiting: frame.code === null ? null : { code: frame.code, until: frame.until } };
    case "answer.done":
      return {
        ...state,
        status: frame.status,
        stop_reason: frame.stop_reason,
        usage: frame.usage,
        error: frame.error,
        context: frame.context ?? null,
        waiting: null,
      };
    case "answer.failed":
      return { ...state, status: "failed", error: frame.error, usage: frame.usage ?? null, context: frame.context ?? null, waiting: null };
    case "answer.unknown":
      return state;
    default:
      return frame satisfies never;
  }
}

type Blocks = AnswerState["blocks"];

function append(blocks: Blocks, delta: Extract<AnswerFrame, { type: "answer.delta" }>): Blocks {
  const next = [...blocks];
  const held = next[delta.block];
  if (delta.kind === "text") {
    const text = held?.type === "text" ? held : { type: "text" as const, text: "" };
    next[delta.block] = { ...text, text: text.text + delta.text };
  } else {
    const thinking = held?.type === "thinking" ? held.thinking : "";
    next[delta.block] = { type: "thinking", thinking: thinking + delta.text };
  }
  return next;
}

function cite(blocks: Blocks, index: number, citation: Citation): Blocks {
  const next = [...blocks];
  const held = next[index];
  const text = held?.type === "text" ? held : { type: "text" as const, text: "" };
  next[index] = { ...text, citations: [...(text.citations ?? []), citation] };
  return next;
}

function withTool(blocks: Blocks, { block, name, detail }: Extract<AnswerFrame, { type: "answer.tool" }>): Blocks {
  const next = [...blocks];
  next[block] = { type: "tool_use", name, detail };
  return next;
}
