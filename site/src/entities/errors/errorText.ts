/** What an error says to a person: what happened, in their language, and what to do about it. Never the server's words. */
import { ApiError, NetworkError, retryAtMs, SessionExpiredError } from "@/api/client";
import type { AnswerError } from "@/api/types";
import { getLanguage, type Messages } from "@/i18n";

import { formatBytes, formatClock, formatCount, formatMoment } from "@/lib/format";
import { problemText } from "@/entities/files/fileText";
import { AttachmentError } from "@/entities/files/problems";

export function errorText(t: Messages, error: unknown): string {
  if (error instanceof SessionExpiredError) return t.errors.expired;
  if (error instanceof NetworkError) return t.errors.network;
  if (error instanceof AttachmentError) {
    return t.files.inMessage(error.fileName || t.files.unnamed, problemText({ t, language: getLanguage() }, error.problem));
  }
  return error instanceof ApiError ? refusalText(t, error) : t.errors.failed;
}

function refusalText(t: Messages, error: ApiError): string {
  const { code, extra } = error;
  if (code === "not_found" && extra["field"] === "file_ids") return t.files.goneFromMessage;
  const againAtMs = retryAtMs(error);
  if (againAtMs !== null) return t.errors.rate_limited(formatMoment(getLanguage(), againAtMs));
  if (code === "invalid_request" || code === "payload_too_large") {
    const why = fieldText(t, extra);
    if (why !== null) return why;
  }
  if (code === "throttled" || code === "blocked") return t.errors[code];
  return textOf(t.errors.refusals, code) ?? t.errors.failed;
}

/** Why a field is refused, with its limit; null: the server does not say why. */
function fieldText(t: Messages, extra: ApiError["extra"]): string | null {
  const { field, reason, limit, actual, unit } = extra;
  if (typeof reason !== "string") return null;
  if (reason === "file_too_large" || Object.hasOwn(t.files.problems, reason)) {
    return problemText({ t, language: getLanguage() }, { code: reason, message: "" });
  }
  const written = (amount: unknown): string | null => (typeof amount === "number" ? sizeText(t, amount, unit) : null);
  const [most, size] = [written(limit), written(actual)];
  if (most !== null && unit !== undefined && (reason === "too_long" || reason === "too_large")) {
    if (size === null) return t.errors.atMost(most);
    return reason === "too_long" ? t.errors.tooLong(size, most) : t.errors.tooLarge(size, most);
  }
  const reasons: Readonly<Record<string, (field: string) => string>> = t.errors.reasons;
  const limits: Readonly<Record<string, (most: string) => string>> = t.errors.limits;
  const text = (Object.hasOwn(reasons, reason) ? reasons[reason] : undefined) ?? t.errors.reasons.not_taken;
  const bound = most !== null && Object.hasOwn(limits, reason) ? limits[reason]?.(most) : undefined;
  const said = text(fieldName(t, typeof field === "string" ? field : ""));
  return bound === undefined ? said : `${said} ${bound}`;
}

/** A field's name for people; one that none of them sees has the API's own. */
function fieldName(t: Messages, field: string): string {
  const last = field.split(".").findLast((part) => !/^\d+$/.test(part)) ?? "";
  return textOf(t.errors.fields, last) ?? field;
}

function sizeText(t: Messages, amount: number, unit: unknown): string {
  const language = getLanguage();
  if (unit === "bytes") return formatBytes(language, amount);
  return unit === "characters" ? t.errors.characters(formatCount(language, amount)) : formatCount(language, amount);
}

const textOf = (texts: Readonly<Record<string, string>>, code: string): string | null =>
  (Object.hasOwn(texts, code) && texts[code]) || null;

/** What may pass by itself; the model says when, or it takes a minute or so. */
const PASSES: ReadonlySet<string> = new Set(["model_overloaded", "model_rate_limited", "model_unavailable"]);

/** Why an answer failed, in the person's language. */
export function answerErrorText(t: Messages, error: AnswerError): string {
  const text = textOf(t.errors.answer, error.code);
  if (text === null) return t.errors.answerUnknown;
  if (!PASSES.has(error.code)) return text;
  const againAtMs = error.retry_at ? Date.parse(error.retry_at) : NaN;
  return `${text} ${againAtMs > Date.now() ? t.errors.retryAfter(formatClock(getLanguage(), againAtMs)) : t.errors.retrySoon}`;
}
