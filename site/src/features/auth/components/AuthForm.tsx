/** The frame of every form before the chat: heading, fields, one error, one button. */
import { useState, type ReactNode, type SyntheticEvent } from "react";

import { NetworkError } from "@/api/client";
import { useT } from "@/i18n";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import { AuthError, type AuthErrorCode } from "../api/provider";

export interface AuthFormProps {
  title: string;
  lead?: string;
  submitLabel: string;
  /** Throws AuthError or NetworkError; anything else is shown as unknown. */
  onSubmit: () => Promise<void>;
  onBack?: () => void;
  children: ReactNode;
}

export function AuthForm({ title, lead, submitLabel, onSubmit, onBack, children }: AuthFormProps) {
  const t = useT();
  const [error, setError] = useState<AuthErrorCode | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    setError(null);
    setBusy(true);
    try {
      await onSubmit();
    } catch (reason) {
      setError(codeOf(reason));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="space-y-5" onSubmit={(event) => void submit(event)} aria-busy={isBusy}>
      <header className="space-y-1.5">
        <h1 className="text-2xl font-semibold tracking-tight">{title}</h1>
        {lead && <p className="text-muted">{lead}</p>}
      </header>
      {error && <Alert>{t.auth.errors[error]}</Alert>}
      {children}
      <Button type="submit" variant="primary" className="w-full" disabled={isBusy}>
        {isBusy ? t.app.loading : submitLabel}
      </Button>
      {onBack && (
        <Button variant="quiet" className="w-full" onClick={onBack}>
          {t.auth.backToSignIn}
        </Button>
      )}
    </form>
  );
}

function codeOf(reason: unknown): AuthErrorCode {
  if (reason instanceof AuthError) return reason.code;
  // A lazy chunk that cannot be loaded throws a TypeError: offline, like a request that fails.
  return reason instanceof NetworkError || reason instanceof TypeError ? "network" : "unknown";
}
