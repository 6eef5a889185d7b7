import { useId, useState, type SyntheticEvent } from "react";

import type { Question } from "@/api/types";
import { useT } from "@/i18n";
import { useInsightsTexts } from "@/i18n/insights";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";

import { questionErrorText } from "../api/insights";

/** As the API takes them. */
const LONGEST_TITLE = 300;
const LONGEST_NOTE = 8_000;

interface AnswerDialogProps {
  question: Question;
  /** Rejects with what went wrong; the question stays then, and what was written. */
  onSubmit: (note: { text: string; title: string }) => Promise<unknown>;
  onClose: () => void;
}

export function AnswerDialog({ question, onSubmit, onClose }: AnswerDialogProps) {
  const t = useT();
  const texts = useInsightsTexts().asked;
  const id = useId();
  const [title, setTitle] = useState(() => [...question.text.replaceAll(/\s+/g, " ").trim()].slice(0, LONGEST_TITLE).join(""));
  const [text, setText] = useState("");
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (isBusy || text.trim() === "") return;
    setBusy(true);
    setProblem(null);
    try {
      await onSubmit({ text: text.trim(), title: title.trim() });
      onClose();
    } catch (error) {
      setProblem(questionErrorText(error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title={texts.dialogTitle}
      lead={
        <blockquote dir="auto" className="max-h-40 overflow-y-auto border-l-2 border-line pl-3 whitespace-pre-line wrap-anywhere">
          {question.text}
        </blockquote>
      }
      onClose={onClose}
    >
      <form className="space-y-4" aria-busy={isBusy} onSubmit={(event) => void submit(event)}>
        <Field label={texts.noteTitle} maxLength={LONGEST_TITLE} value={title} onValue={setTitle} />
        <div>
          <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
            {texts.note}
          </label>
          <textarea
            id={id}
            aria-describedby={`${id}-hint`}
            dir="auto"
            required
            rows={6}
            maxLength={LONGEST_NOTE}
            className="w-full rounded-xl border border-line-strong/70 bg-raised px-3.5 py-2.5 text-base outline-offset-1"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
            {texts.noteHint}
          </p>
        </div>
        {problem !== null && <Alert>{problem}</Alert>}
        <div className="flex flex-wrap justify-end gap-2">
          <Button isSmall onClick={onClose}>
            {t.app.cancel}
          </Button>
          <Button type="submit" isSmall variant="primary" disabled={isBusy || text.trim() === ""}>
            {isBusy ? t.app.loading : texts.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
