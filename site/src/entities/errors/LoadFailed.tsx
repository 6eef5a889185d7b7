import { useT } from "@/i18n";
import { errorText } from "./errorText";
import { problemOf } from "./problemReport";
import { ReportProblem } from "./ReportProblem";

import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

/** What could not be loaded, why, and the way to try it again. */
export function LoadFailed({ text, error, onRetry }: { text: string; error: Error; onRetry: () => unknown }) {
  const t = useT();
  const retry = (
    <Button
      isSmall
      onClick={({ currentTarget }) => {
        focusAround(currentTarget);
        onRetry();
      }}
    >
      {t.app.tryAgain}
    </Button>
  );
  return (
    <Alert
      actions={
        <>
          {retry}
          <ReportProblem problem={problemOf(error)} />
        </>
      }
    >
      {text} {errorText(t, error)}
    </Alert>
  );
}

/** The button goes while it is tried: the focus waits in the part of the page that is loaded. */
function focusAround(button: Element): void {
  const around = button.closest<HTMLElement>("[tabindex], section, nav, main");
  if (!around) return;
  if (!around.hasAttribute("tabindex")) around.tabIndex = -1;
  around.focus({ preventScroll: true });
}
