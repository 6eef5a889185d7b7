import { useEffect, useState } from "react";

import { useT } from "@/i18n";
import { twinTexts, useTwinTexts } from "@/i18n/twin";
import { announce } from "@/lib/announcer";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import { twinErrorText } from "../api/problems";
import { isChanged } from "../api/twins";
import type { Edits } from "../api/useEdits";

interface SaveBarProps<T> {
  edits: Edits<T>;
  labelOf: (name: keyof T) => string;
  /** What is wrong with what was typed. */
  problems?: readonly string[];
  onSave: (value: T) => Promise<unknown>;
}

/** Saves what was typed. Where the twin was changed meanwhile it is kept, what clashes is named, and it is saved when asked again. */
export function SaveBar<T extends object>({ edits, labelOf, problems = [], onSave }: SaveBarProps<T>) {
  const t = useT();
  const texts = useTwinTexts();
  const [isBusy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const isLate = edits.clashes.length > 0 || isChanged(failure);
  const save = async (): Promise<void> => {
    setBusy(true);
    setFailure(null);
    try {
      await onSave(edits.value);
      announce(twinTexts.now().saved);
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  useEffect(() => {
    if (!edits.isChanged) return;
    // The browser asks before the page goes with what was typed.
    const keep = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", keep);
    return () => window.removeEventListener("beforeunload", keep);
  }, [edits.isChanged]);
  const takeTheirs = (): void => {
    for (const name of edits.clashes) edits.drop(name);
    setFailure(null);
  };
  if (!edits.isChanged && failure === null) return null;
  return (
    <div className="sticky bottom-3 z-10 space-y-2 rounded-xl border border-line bg-raised p-3 shadow-float">
      {edits.isChanged && isLate && (
        <Alert tone="notice" {...(edits.clashes.length > 0 && { action: { label: texts.takeTheirs, run: takeTheirs } })}>
          {texts.changed} {edits.clashes.length > 0 && texts.changedToo(edits.clashes.map(labelOf).join(", "))}
        </Alert>
      )}
      {failure !== null && !isChanged(failure) && <Alert>{twinErrorText(failure)}</Alert>}
      {problems.map((problem) => (
        <p key={problem} role="alert" className="text-sm text-danger">
          {problem}
        </p>
      ))}
      {edits.isChanged && (
        <div className="flex flex-wrap gap-2">
          <Button isSmall variant="primary" disabled={isBusy || problems.length > 0} onClick={() => void save()}>
            {isBusy ? t.app.loading : texts.save}
          </Button>
          <Button isSmall variant="quiet" disabled={isBusy} onClick={() => edits.drop()}>
            {texts.discard}
          </Button>
        </div>
      )}
    </div>
  );
}
