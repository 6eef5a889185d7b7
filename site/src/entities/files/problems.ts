/** What is wrong with a file, in a form that can be kept: the code decides about the words. */
import { ApiError, NetworkError, SessionExpiredError } from "@/api/client";

export interface Problem {
  /** One of ours, of the API's, or of those that a file's row carries when it cannot be read. */
  code: string;
  /** The server's own words; "" where the code says it all. */
  message: string;
  /** What of the request the server does not accept. */
  field?: string | undefined;
  used_bytes?: number | undefined;
  limit_bytes?: number | undefined;
  limit_files?: number | undefined;
}

/** A message cannot go out because of one of its files. */
export class AttachmentError extends Error {
  override readonly name = "AttachmentError";
  readonly fileName: string;
  readonly problem: Problem;

  constructor(fileName: string, problem: Problem) {
    super(problem.message || problem.code);
    this.fileName = fileName;
    this.problem = problem;
  }
}

export function problemOf(error: unknown): Problem {
  if (error instanceof NetworkError) return { code: "network", message: "" };
  if (error instanceof SessionExpiredError) return { code: "expired", message: "" };
  if (!(error instanceof ApiError)) return { code: "failed", message: "" };
  const { code, message, extra, status } = error;
  if (status === 404) return { code: "gone", message };
  const { used_bytes, limit_bytes, field, reason, limit } = extra;
  if (code === "payload_too_large") return { code: "file_too_large", message, ...(typeof limit === "number" ? { limit_bytes: limit } : {}) };
  // A file that is refused by its name or its size is refused for one of the reasons that reading has.
  if (code === "invalid_request" && typeof reason === "string") return { code: reason, message, ...(typeof field === "string" ? { field } : {}) };
  const sizes = typeof used_bytes === "number" && typeof limit_bytes === "number" ? { used_bytes, limit_bytes } : {};
  const named = typeof field === "string" ? { field } : {};
  return { code: status >= 500 ? "failed" : code, message, ...named, ...sizes };
}
