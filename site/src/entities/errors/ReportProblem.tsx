import { t as texts, useT } from "@/i18n";
import { Button } from "@/ui/Button";
import { showToast } from "@/ui/toasts";

import { problemReport, type Problem } from "./problemReport";

/** Copies what the owner needs to find what went wrong. */
export function ReportProblem({ problem }: { problem: Problem }) {
  const t = useT();
  return (
    <Button isSmall onClick={() => void copyReport(problem)}>
      {t.errors.report}
    </Button>
  );
}

export async function copyReport(problem: Problem): Promise<void> {
  try {
    await navigator.clipboard.writeText(problemReport(problem));
    showToast({ text: texts().errors.reportCopied });
  } catch {
    showToast({ text: texts().chat.copyFailed, isError: true });
  }
}
