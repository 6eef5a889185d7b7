import { useT } from "@/i18n";
import { errorText } from "@/lib/errorText";

import { Alert } from "./Alert";

/** What could not be loaded, why, and the way to try it again. */
export function LoadFailed({ text, error, onRetry }: { text: string; error: Error; onRetry: () => unknown }) {
  const t = useT();
  return (
    <Alert action={{ label: t.app.tryAgain, run: () => void onRetry() }}>
      {text} {errorText(t, error)}
    </Alert>
  );
}
