import { useLanguage, useT } from "@/i18n";
import { refusedTexts } from "@/lib/files/fileText";
import type { Refused } from "@/lib/files/uploads";

import { Alert } from "./Alert";
import { IconButton } from "./Button";

/** What was not even uploaded, and why. */
export function RefusedFiles({ refused, onDismiss }: { refused: readonly Refused[]; onDismiss: () => void }) {
  const t = useT();
  const language = useLanguage();
  if (refused.length === 0) return null;
  return (
    <Alert actions={<IconButton icon="close" size="small" label={t.app.dismiss} onClick={onDismiss} />}>
      <ul className="max-h-40 space-y-1 overflow-y-auto">
        {refusedTexts({ t, language }, refused).map((text) => (
          <li key={text}>{text}</li>
        ))}
      </ul>
    </Alert>
  );
}
