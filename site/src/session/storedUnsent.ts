/** A message that is kept in this browser until the server has it. Pure. */
import * as v from "valibot";

const unsent = v.object({
  request_id: v.string(),
  /** null: the first message of a conversation that does not exist yet. */
  conversation_id: v.nullable(v.string()),
  text: v.string(),
  /** The answer that it follows; null for the conversation's start; left out for wherever the conversation ends. */
  parent_id: v.exactOptional(v.nullable(v.string())),
  model: v.exactOptional(v.string()),
  /** Keys of the attachments that go with it: of files that are still on their way, too. */
  files: v.exactOptional(v.pipe(v.array(v.string()), v.readonly())),
});

const stored = v.object({ unsent, failed: v.boolean(), error: v.optional(v.unknown()) });

export type Unsent = v.InferOutput<typeof unsent>;

/** null: there is none, or of another shape. */
export function parseUnsent(json: string | null): v.InferOutput<typeof stored> | null {
  try {
    const parsed = v.safeParse(stored, JSON.parse(json ?? "null"));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
