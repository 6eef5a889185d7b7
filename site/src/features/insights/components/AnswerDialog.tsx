import { useState } from "react";

import type { Question } from "@/api/types";
import { useInsightsTexts } from "@/i18n/insights";
import { Asking } from "@/ui/Asking";
import { Field } from "@/ui/Field";
import { TextArea } from "@/ui/TextArea";

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
  const texts = useInsightsTexts().asked;
  const [title, setTitle] = useState(() => [...question.text.replaceAll(/\s+/g, " ").trim()].slice(0, LONGEST_TITLE).join(""));
  const [text, setText] = useState("");
  return (
    <Asking
      title={texts.dialogTitle}
      lead={
        <blockquote dir="auto" className="max-h-40 overflow-y-auto border-l-2 border-line pl-3 whitespace-pre-line wrap-anywhere">
          {question.text}
        </blockquote>
      }
      submitLabel={texts.save}
      isRefused={text.trim() === ""}
      errorText={questionErrorText}
      onSubmit={() => onSubmit({ text: text.trim(), title: title.trim() })}
      onClose={onClose}
    >
      <Field label={texts.noteTitle} maxLength={LONGEST_TITLE} value={title} onValue={setTitle} />
      <TextArea label={texts.note} hint={texts.noteHint} required maxLength={LONGEST_NOTE} value={text} onValue={setText} />
    </Asking>
  );
}
