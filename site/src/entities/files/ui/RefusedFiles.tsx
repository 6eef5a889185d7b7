import { useLanguage, useT } from "@/i18n";
import { refusedTexts } from "../fileText";
import type { Refused } from "../uploads";
import { useFocusBack } from "@/lib/useFocusBack";

import { Alert } from "@/ui/Alert";
import { IconButton } from "@/ui/Button";

/** What was not even uploaded, and why. */
export function RefusedFiles({ refused, onDismiss }: { refused: readonly Refused[]; onDismiss: () => void }) {
  const t = useT();
  const language = useLanguage();
  const { onFocus, goBack } = useFocusBack();
  if (refused.length === 0) return null;
  const dismiss = (): void => {
    goBack();
    onDismiss();
  };
  return (
    <Alert actions={<IconButton icon="close" size="small" label={t.app.dismiss} onFocus={onFocus} onClick={dismiss} />}>
      <ul className="max-h-40 space-y-1 overflow-y-auto">
        {refusedTexts({ t, language }, refused).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Alert>
  );
}
