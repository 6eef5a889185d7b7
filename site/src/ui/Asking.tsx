/** A question before something is done, with what else it asks for. */
import { useState, type ReactNode, type SyntheticEvent } from "react";

import { useT } from "@/i18n";

import { Alert } from "./Alert";
import { Button } from "./Button";
import { Dialog } from "./Dialog";

interface AskingProps {
  title: string;
  lead: ReactNode;
  submitLabel: string;
  variant?: "primary" | "danger";
  isRefused?: boolean;
  children?: ReactNode;
  /** What went wrong, in words. */
  errorText: (error: unknown) => string;
  /** Rejects with what went wrong; the question stays then. */
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
}

export function Asking({ title, lead, submitLabel, variant = "primary", isRefused = false, children, errorText, onSubmit, onClose }: AskingProps) {
  const t = useT();
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy || isRefused) return;
    setBusy(true);
    setProblem(null);
    try {
      await onSubmit();
      onClose();
    } catch (error) {
      setProblem(errorText(error));
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} lead={lead} onClose={onClose}>
      <form className="space-y-4" aria-busy={isBusy} onSubmit={(event) => void submit(event)}>
        {children}
        {problem !== null && <Alert>{problem}</Alert>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button isSmall onClick={onClose}>
            {t.app.cancel}
          </Button>
          <Button type="submit" isSmall variant={variant} disabled={isBusy || isRefused}>
            {isBusy ? t.app.loading : submitLabel}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
