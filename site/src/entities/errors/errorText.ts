/** What an error says to the person: what happened, and what to do. */
import { ApiError, NetworkError, retryAtMs, SessionExpiredError } from "@/api/client";
import type { AnswerError } from "@/api/types";
import { getLanguage, type Messages } from "@/i18n";

import { formatMoment } from "@/lib/format";
import { problemText } from "@/entities/files/fileText";
import { AttachmentError } from "@/entities/files/problems";

export function errorText(t: Messages, error: unknown): string {
  if (error instanceof SessionExpiredError) return t.errors.expired;
  if (error instanceof NetworkError) return t.errors.network;
  if (error instanceof AttachmentError) {
    return t.files.inMessage(error.fileName || t.files.unnamed, problemText({ t, language: getLanguage() }, error.problem));
  }
  if (!(error instanceof ApiError)) return t.errors.failed;
  if (error.code === "not_found" && error.extra["field"] === "file_ids") return t.files.goneFromMessage;
  const againAtMs = retryAtMs(error);
  if (againAtMs !== null) return t.errors.rate_limited(formatMoment(getLanguage(), againAtMs));
  switch (error.code) {
    case "invalid_request":
    case "invalid_cursor":
    case "conflict":
      return t.errors.invalid(error.message);
    case "not_found":
    case "forbidden":
    case "payload_too_large":
    case "budget_spent":
    case "throttled":
    case "blocked":
    case "unavailable":
    case "request_id_reused":
      return t.errors[error.code];
    default:
      return t.errors.failed;
  }
}

/** Why an answer failed, in the person's language; an unknown code says what the server said. */
export function answerErrorText(t: Messages, error: AnswerError): string {
  if (error.code === "budget_spent") return t.errors.budget_spent;
  const known: Readonly<Record<string, string>> = t.errors.answer;
  return (Object.hasOwn(known, error.code) && known[error.code]) || t.errors.answerUnknown(error.message || error.code);
}
