/** What somebody has whom no owner has let in yet. */
import { useState } from "react";

import { SessionExpiredError } from "@/api/client";
import { useSession, type Identity } from "@/features/auth";
import { useT } from "@/i18n";
import { errorText } from "@/entities/errors/errorText";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Mark } from "@/ui/icons";
import { LanguageSwitch } from "@/ui/LanguageSwitch";

import { useSignOut } from "./useSignOut";

export default function WaitingPage({ identity }: { identity: Identity }) {
  const t = useT();
  const session = useSession();
  const signOut = useSignOut(identity.userId);
  const [isAsking, setAsking] = useState(false);
  const [answer, setAnswer] = useState<{ text: string; isError: boolean } | null>(null);
  const ask = async (): Promise<void> => {
    setAsking(true);
    setAnswer(null);
    try {
      // Whoever was let in meanwhile has the chat in place of this page.
      await session.refresh();
      setAnswer({ text: t.waiting.notYet, isError: false });
    } catch (error) {
      if (!(error instanceof SessionExpiredError)) setAnswer({ text: errorText(t, error), isError: true });
    } finally {
      setAsking(false);
    }
  };
  return (
    <main className="mx-auto flex min-h-dvh max-w-md flex-col items-start justify-center gap-6 px-6 py-10">
      <Mark size={40} />
      <div className="space-y-2">
        <h1 className="text-2xl font-semibold tracking-tight text-balance">{t.waiting.title}</h1>
        <p className="text-muted">{t.waiting.lead}</p>
        <p className="text-muted">{t.waiting.already}</p>
      </div>
      <p className="text-sm text-muted">
        {t.settings.signedInAs} <span className="break-all text-ink">{identity.email}</span>
      </p>
      {answer && <Alert tone={answer.isError ? "error" : "notice"}>{answer.text}</Alert>}
      <div className="flex flex-wrap gap-2">
        <Button variant="primary" disabled={isAsking} onClick={() => void ask()}>
          {isAsking ? t.app.loading : t.waiting.check}
        </Button>
        <Button variant="quiet" onClick={() => signOut.begin(0, "here")}>
          {t.settings.signOut}
        </Button>
      </div>
      <LanguageSwitch />
    </main>
  );
}
