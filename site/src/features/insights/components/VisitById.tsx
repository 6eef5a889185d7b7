/** What is kept of one visit, for a visitor who names it: to hand it over, or to erase it. */
import { useId, useRef, useState, type SyntheticEvent } from "react";

import { useT } from "@/i18n";
import { useInsightsTexts } from "@/i18n/insights";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { showToast } from "@/ui/toasts";

import { useVisitById, visitErrorText } from "../api/insights";
import { saveJson } from "../csv";

export function VisitById({ handle }: { handle: string }) {
  const headingId = useId();
  const t = useT();
  const texts = useInsightsTexts().visit;
  const visits = useVisitById(handle);
  const [typed, setTyped] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [isAsked, setAsked] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = typed.trim();
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    if (id === "" || isBusy) return;
    setBusy(true);
    setProblem(null);
    await act().catch((error: unknown) => setProblem(visitErrorText(error)));
    setBusy(false);
  };
  const download = async (): Promise<void> => saveJson(`visit-${id}.json`, await visits.read(id));
  const erase = async (): Promise<void> => {
    setAsked(false);
    await visits.erase(id);
    // Its button has nothing to erase any more.
    field.current?.focus();
    setTyped("");
    showToast({ text: texts.erased });
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    void attempt(download);
  };
  return (
    <section aria-labelledby={headingId} className="space-y-3">
      <h2 id={headingId} className="text-lg font-semibold tracking-tight">
        {texts.title}
      </h2>
      <form className="space-y-3" aria-busy={isBusy} onSubmit={submit}>
        <Field ref={field} label={texts.id} hint={texts.hint} autoComplete="off" spellCheck={false} value={typed} onValue={setTyped} />
        {problem !== null && <Alert>{problem}</Alert>}
        <div className="flex flex-wrap gap-2">
          <Button type="submit" isSmall icon="download" disabled={id === ""}>
            {texts.download}
          </Button>
          <Button isSmall variant="danger" disabled={id === ""} onClick={() => setAsked(true)}>
            {texts.erase}
          </Button>
        </div>
      </form>
      {isAsked && (
        <Dialog title={texts.eraseTitle} lead={texts.eraseLead(id)} onClose={() => setAsked(false)}>
          <div className="flex flex-wrap justify-end gap-2">
            <Button isSmall onClick={() => setAsked(false)}>
              {t.app.cancel}
            </Button>
            <Button isSmall variant="danger" onClick={() => void attempt(erase)}>
              {texts.eraseForGood}
            </Button>
          </div>
        </Dialog>
      )}
    </section>
  );
}
