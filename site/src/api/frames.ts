/**
 * Frames: what the server pushes over the socket and lists under `…/frames`.
 * They are checked here, once, as they come in. What they are is generated; `Ties` holds the checks to it.
 */
import * as v from "valibot";

import type { components } from "./schema";

type Schemas = components["schemas"];

const answer = { conversation_id: v.string(), message_id: v.string(), sequence: v.pipe(v.number(), v.integer(), v.minValue(1)) };

const usage = v.object({
  input_tokens: v.number(),
  output_tokens: v.number(),
  cache_creation_input_tokens: v.optional(v.number(), 0),
  cache_read_input_tokens: v.optional(v.number(), 0),
  cost_usd: v.optional(v.number(), 0),
});

const problem = v.object({ code: v.string(), message: v.string(), retry_at: v.exactOptional(v.string()) });

const context = v.object({ first_message_id: v.string(), left_out: v.number() });

const optionalNumber = v.nullish(v.number());

/** An older tab shows a locator of a kind that it does not know by its label. */
const locator = v.object({
  kind: v.string(),
  label: v.string(),
  page: optionalNumber,
  slide: optionalNumber,
  sheet: v.nullish(v.string()),
  first_row: optionalNumber,
  last_row: optionalNumber,
  section: v.nullish(v.string()),
  first_line: optionalNumber,
  last_line: optionalNumber,
  part: optionalNumber,
  attachment: v.nullish(v.string()),
  cut: v.nullish(v.boolean()),
  unreadable: v.nullish(v.boolean()),
  picture: v.nullish(v.boolean()),
  garbled: v.nullish(v.boolean()),
  reading: optionalNumber,
});

const citation = v.object({
  file_id: v.string(),
  name: v.string(),
  page: v.number(),
  last_page: v.number(),
  locator,
  cited_text: v.string(),
});

// A citation of another shape is none, but its frame still counts: without it, the sequence would have a gap.
const readableCitation = v.fallback(v.nullable(citation), null);

const namedFile = v.object({ file_id: v.string(), name: v.string() });

const toolDetail = v.fallback(
  v.object({
    query: v.nullish(v.string()),
    files: v.optional(v.array(namedFile), []),
    first: optionalNumber,
    last: optionalNumber,
  }),
  { query: null, files: [], first: null, last: null },
);

const blockIndex = v.pipe(v.number(), v.integer(), v.minValue(0));

const started = v.object({ type: v.literal("answer.started"), ...answer, model: v.nullable(v.string()) });

const delta = v.object({
  type: v.literal("answer.delta"),
  ...answer,
  block: blockIndex,
  kind: v.picklist(["text", "thinking"]),
  text: v.string(),
});

const cited = v.object({ type: v.literal("answer.citation"), ...answer, block: blockIndex, citation: readableCitation });

const tool = v.object({ type: v.literal("answer.tool"), ...answer, block: blockIndex, name: v.string(), detail: toolDetail });

const waiting = v.object({
  type: v.literal("answer.waiting"),
  ...answer,
  code: v.nullable(v.string()),
  until: v.nullable(v.string()),
});

const done = v.object({
  type: v.literal("answer.done"),
  ...answer,
  status: v.picklist(["complete", "stopped", "interrupted", "superseded"]),
  stop_reason: v.nullish(v.string(), null),
  usage: v.nullish(usage, null),
  error: v.nullish(problem, null),
  context: v.nullish(context),
});

const failed = v.object({
  type: v.literal("answer.failed"),
  ...answer,
  error: problem,
  usage: v.nullish(usage),
  context: v.nullish(context),
});

const answerFrame = v.variant("type", [started, delta, cited, tool, waiting, done, failed]);

// Only what is looked at; further fields of the conversation pass through as they are.
const conversationFrame = v.looseObject({
  type: v.literal("conversation.updated"),
  conversation_id: v.string(),
  title: v.optional(v.nullable(v.string())),
  file_ids: v.optional(v.array(v.string())),
});

/** A tab that knows no sentence for a code leaves the note out. */
const fileNote = v.object({
  code: v.string(),
  pages: v.optional(v.array(v.array(v.number())), []),
  names: v.optional(v.array(v.string()), []),
  count: v.optional(v.number(), 0),
});

/** All of a file, as the REST API shows it. */
const fileFrame = v.object({
  type: v.literal("file.updated"),
  file: v.object({
    file_id: v.string(),
    name: v.string(),
    type: v.string(),
    size: v.number(),
    status: v.picklist(["uploaded", "waiting", "reading", "ready", "failed"]),
    group: v.fallback(v.nullable(v.picklist(["document", "text", "image"])), null),
    format: v.nullish(v.string(), null),
    pages: v.nullish(v.number(), null),
    pages_read: v.nullish(v.number(), 0),
    characters: v.nullish(v.number(), null),
    tokens: v.nullish(v.number(), null),
    language: v.fallback(v.nullable(v.picklist(["fr", "en", "other"])), null),
    scanned: v.nullish(v.boolean(), false),
    error: v.nullish(problem, null),
    notes: v.nullish(v.array(fileNote), []),
    outdated: v.nullish(v.boolean(), false),
    again: v.fallback(v.nullable(v.picklist(["waiting", "reading", "failed"])), null),
    again_error: v.nullish(problem, null),
    upload_timestamp: v.string(),
    conversations: v.nullish(v.number(), 0),
  }),
});

// Without it, the sequence would have a gap for ever.
const unknownAnswerFrame = v.pipe(
  v.object({ type: v.pipe(v.string(), v.startsWith("answer.")), ...answer }),
  v.transform((held) => ({ ...held, type: "answer.unknown" as const })),
);

const frame = v.union([answerFrame, conversationFrame, fileFrame, unknownAnswerFrame]);

export type AnswerFrame = v.InferOutput<typeof answerFrame> | v.InferOutput<typeof unknownAnswerFrame>;
export type ConversationFrame = v.InferOutput<typeof conversationFrame>;
export type Frame = v.InferOutput<typeof frame>;

/** A decoder takes all that the server may send, and keeps each of its fields; what is in the fields has ties of its own. */
type Decodes<Decoder extends v.GenericSchema, Sent> =
  Sent extends v.InferInput<Decoder> ? (keyof Sent extends keyof v.InferOutput<Decoder> ? true : "a field is lost") : "refused";

type Holds<Tie extends true> = Tie;

/**
 * Compiles only as long as each decoder, of a frame and of what is nested in one, takes what is generated and drops none of
 * its fields, and each type of frame is known. Of a conversation it passes on what it does not look at.
 */
export type Ties = [
  Holds<Decodes<typeof started, Schemas["AnswerStarted"]>>,
  Holds<Decodes<typeof delta, Schemas["AnswerDelta"]>>,
  Holds<Decodes<typeof cited, Schemas["AnswerCitation"]>>,
  Holds<Decodes<typeof tool, Schemas["AnswerTool"]>>,
  Holds<Decodes<typeof waiting, Schemas["AnswerWaiting"]>>,
  Holds<Decodes<typeof done, Schemas["AnswerDone"]>>,
  Holds<Decodes<typeof failed, Schemas["AnswerFailed"]>>,
  Holds<Decodes<typeof conversationFrame, Schemas["ConversationUpdated"]>>,
  Holds<Decodes<typeof fileFrame, Schemas["FileUpdated"]>>,
  Holds<Decodes<typeof citation, Schemas["Citation"]>>,
  Holds<Decodes<typeof locator, Schemas["Locator"]>>,
  Holds<Decodes<typeof fileFrame.entries.file, Schemas["File"]>>,
  Holds<Decodes<typeof fileNote, Schemas["FileNote"]>>,
  Holds<Decodes<typeof usage, Schemas["Usage"]>>,
  Holds<Decodes<typeof problem, Schemas["ErrorInfo"]>>,
  Holds<Decodes<typeof context, Schemas["Context"]>>,
  Holds<Decodes<typeof toolDetail, Schemas["ToolDetail"]>>,
  Holds<Decodes<typeof namedFile, Schemas["NamedFile"]>>,
  Holds<Schemas["SocketMessage"]["frames"][number]["type"] extends Frame["type"] ? true : "a type is unknown">,
];

export const isAnswerFrame = (value: Frame): value is AnswerFrame => value.type.startsWith("answer.");

/**
 * Decode a list of frames. So that an older tab survives a newer server, what is not a known frame is left out; of an
 * answer, only its place is kept.
 */
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
