/** Why a message could not be sent, in a form that survives a reload, and back. Pure. */
import * as v from "valibot";

import { ApiError, NetworkError } from "@/api/client";
import { AttachmentError } from "@/entities/files/problems";

const stored = v.variant("kind", [
  v.object({
    kind: v.literal("api"),
    status: v.number(),
    code: v.string(),
    message: v.string(),
    extra: v.record(v.string(), v.unknown()),
  }),
  v.object({
    kind: v.literal("attachment"),
    name: v.string(),
    code: v.string(),
    message: v.string(),
    field: v.optional(v.string()),
    used_bytes: v.optional(v.number()),
    limit_bytes: v.optional(v.number()),
  }),
]);

type Stored = v.InferOutput<typeof stored>;

/** null: nothing is known but that no answer came. */
export function errorToJson(error: unknown): Stored | null {
  if (error instanceof ApiError) {
    const { status, code, message, extra } = error;
    return { kind: "api", status, code, message, extra };
  }
  if (error instanceof AttachmentError) {
    return { kind: "attachment", name: error.fileName, ...error.problem };
  }
  return null;
}

export function errorFromJson(value: unknown): Error {
  const parsed = v.safeParse(stored, value);
  if (!parsed.success) return new NetworkError("The message may not have arrived.");
  const error = parsed.output;
  if (error.kind === "api") return new ApiError(error.status, error.code, error.message, error.extra);
  const { kind: _, name, ...problem } = error;
  return new AttachmentError(name, problem);
}
