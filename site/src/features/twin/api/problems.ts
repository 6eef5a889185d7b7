/** What a refusal says to an owner at work on a twin: what happened, and what to do. */
import { ApiError } from "@/api/client";
import { errorText } from "@/entities/errors/errorText";
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
  const known: Readonly<Record<string, string>> = texts.errors;
  const text = Object.hasOwn(known, error.code) ? known[error.code] : undefined;
  return text ?? errorText(t(), error);
}
