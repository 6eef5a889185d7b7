import { useEffect, useId, useRef } from "react";

import { useT } from "@/i18n";
import { Button } from "@/ui/Button";

interface SignOutQuestionProps {
  /** Messages that the server does not have. */
  unsentCount: number;
  onCancel: () => void;
  onConfirm: () => void;
}

/** Messages that were said to be kept are not dropped without a word. The page behind it is inert. */
export function SignOutQuestion({ unsentCount, onCancel, onConfirm }: SignOutQuestionProps) {
  const t = useT();
  const id = useId();
  const cancel = useRef<HTMLButtonElement>(null);
  useEffect(() => cancel.current?.focus(), []);
  return (
    <div className="fixed inset-0 z-50 grid place-items-center bg-black/40 p-4">
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Escape closes a dialog. */}
      <div
        role="alertdialog"
        aria-modal="true"
        aria-labelledby={`${id}-title`}
        aria-describedby={`${id}-lead`}
        className="w-full max-w-md space-y-3 rounded-2xl border border-line bg-raised p-5 shadow-float"
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          event.preventDefault();
          onCancel();
        }}
      >
        <p id={`${id}-title`} className="font-medium">
          {t.settings.signOutQuestion(unsentCount)}
        </p>
        <p id={`${id}-lead`} className="text-sm text-muted">
          {t.settings.signOutLead}
        </p>
        <div className="flex flex-wrap justify-end gap-2">
          <Button ref={cancel} isSmall onClick={onCancel}>
            {t.app.cancel}
          </Button>
          <Button isSmall variant="danger" onClick={onConfirm}>
            {t.settings.signOutConfirm}
          </Button>
        </div>
      </div>
    </div>
  );
}
