/** What a refusal says to an owner at work on a twin: what happened, and what to do. */
import { ApiError } from "@/api/client";
import type { TwinSource } from "@/api/types";
import { answerErrorText, errorText } from "@/entities/errors/errorText";
import { t } from "@/i18n";
import { twinTexts } from "@/i18n/twin";

import type { ArchiveProblem } from "../linkedin/zip";

/** Known by its name: its class comes with the code that opens archives. */
const isArchiveError = (error: unknown): error is Error & { problem: ArchiveProblem } =>
  error instanceof Error && error.name === "ArchiveError" && "problem" in error;

export function twinErrorText(error: unknown): string {
  const texts = twinTexts.now();
  if (isArchiveError(error)) return texts.archiveErrors[error.problem];
  if (!(error instanceof ApiError)) return errorText(t(), error);
  const field = error.code === "invalid_request" ? textOf(texts.fieldErrors, String(error.extra["field"])) : undefined;
  return field ?? textOf(texts.errors, error.code) ?? errorText(t(), error);
}

/** Why a source could not be read; an unknown code says what the server said. */
export const sourceErrorText = (error: NonNullable<TwinSource["error"]>): string =>
  textOf(twinTexts.now().sourceErrors, error.code) ?? answerErrorText(t(), error);

const textOf = (known: Readonly<Record<string, string>>, code: string): string | undefined =>
  Object.hasOwn(known, code) ? known[code] : undefined;
