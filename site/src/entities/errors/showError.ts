/** A notice of what failed, with the way to report it. */
import { SessionExpiredError } from "@/api/client";
import { t } from "@/i18n";
import { showToast } from "@/ui/toasts";

import { problemOf } from "./problemReport";
import { copyReport } from "./ReportProblem";

/** Long enough to read it and to decide to report it. */
const SHOWN_MS = 12_000;

/** text: what to tell of it. error: as it was thrown, whose request the report names. subject: as of any notice. */
export function showError(text: string, error: unknown, subject?: string): void {
  const report = { label: t().errors.report, run: () => void copyReport(problemOf(error)) };
  // Whoever has to sign in again is told so where they do it.
  const action = error instanceof SessionExpiredError ? {} : { action: report };
  showToast({ text, isError: true, durationMs: SHOWN_MS, ...action, ...(subject !== undefined && { subject }) });
}
