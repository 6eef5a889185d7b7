/** What a refusal says to whoever wrote a comment: what happened, and what to do. */
import { ApiError, retryAtMs } from "@/api/client";
import { errorText } from "@/entities/errors/errorText";
import { getLanguage, t } from "@/i18n";
import { commentTexts } from "@/i18n/comments";
import { formatMoment } from "@/lib/format";

/** Visible characters of a name: what the server counts, and a field's length does not. */
const MOST_OF_A_NAME = 40;

export function commentErrorText(error: unknown): string {
  const texts = commentTexts.now();
  if (!(error instanceof ApiError)) return errorText(t(), error);
  const againAtMs = retryAtMs(error);
  if (againAtMs !== null) return `${texts.errors.rate_limited} ${texts.again(formatMoment(getLanguage(), againAtMs))}`;
  const { code } = error;
  const { field } = error.extra;
  if (code === "not_found") return field === "sectionId" ? texts.errors.section_gone : texts.errors.gone;
  if (code === "invalid_request") {
    return field === "display_name" ? texts.errors.name_refused(MOST_OF_A_NAME) : errorText(t(), error);
  }
  const known: Readonly<Record<string, unknown>> = texts.errors;
  const text = Object.hasOwn(known, code) ? known[code] : null;
  return typeof text === "string" ? text : errorText(t(), error);
}
