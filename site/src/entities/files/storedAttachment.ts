/** What is kept of an attachment in this browser. Pure. */
import * as v from "valibot";

const storedAttachment = v.object({
  file_id: v.nullable(v.string()),
  name: v.string(),
  type: v.string(),
  size: v.number(),
  /** Whether all bytes have arrived, as far as this browser knows. */
  is_sent: v.boolean(),
  /** Whether it was among the person's files before. What an older page has kept does not say. */
  is_adopted: v.optional(v.boolean(), true),
});

export type StoredAttachment = v.InferOutput<typeof storedAttachment>;

/** null: there is none, or of another shape. */
export function parseAttachment(json: string | null): StoredAttachment | null {
  try {
    const parsed = v.safeParse(storedAttachment, JSON.parse(json ?? "null"));
    return parsed.success ? parsed.output : null;
  } catch {
    return null;
  }
}
