import { useState, type ReactNode, type SyntheticEvent } from "react";

import { useT } from "@/i18n";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

import { twinErrorText } from "../api/problems";

interface AskingProps {
  title: string;
  lead: ReactNode;
  submitLabel: string;
  variant?: "primary" | "danger";
  isRefused?: boolean;
  children?: ReactNode;
  /** Rejects with what went wrong; the question stays then. */
  onSubmit: () => Promise<unknown>;
  onClose: () => void;
}

/** A question before something is done. */
export function Asking({ title, lead, submitLabel, variant = "primary", isRefused = false, children, onSubmit, onClose }: AskingProps) {
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
      setProblem(twinErrorText(error));
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
