/** A text of limited length, plain; what goes wrong stands beneath it, and it is kept meanwhile. */
import { useEffect, useId, useRef, useState, type ReactNode } from "react";

import { retryAtMs } from "@/api/client";
import { useLanguage, useT } from "@/i18n";
import { useCommentTexts } from "@/i18n/comments";
import { formatCount } from "@/lib/format";
import { isOfInputMethod } from "@/lib/inputMethod";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import { commentErrorText } from "../problems";

/** The rest of the text's room is told from here on. */
const TOLD_FROM = 200;

interface TextFormProps {
  label: string;
  placeholder?: string;
  submitLabel: string;
  busyLabel?: string;
  text: string;
  limit: number;
  isFocused?: boolean;
  /** Above the button. */
  children?: ReactNode;
  onText: (text: string) => void;
  /** Rejects with what went wrong. */
  onSubmit: (text: string) => Promise<unknown>;
  /** undefined: there is nothing to go back to. */
  onCancel?: () => void;
}

export function TextForm({ label, placeholder, submitLabel, busyLabel, text, limit, isFocused, children, onText, onSubmit, onCancel }: TextFormProps) {
  const t = useT();
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  /** Until then it is refused again; null: it need not wait. */
  const [waitsUntilMs, setWaitsUntilMs] = useState<number | null>(null);
  const isWaiting = waitsUntilMs !== null;
  useEffect(() => {
    if (!isFocused) return;
    box.current?.focus();
    box.current?.setSelectionRange(box.current.value.length, box.current.value.length);
  }, [isFocused]);
  useEffect(() => {
    if (waitsUntilMs === null) return;
    const timer = setTimeout(() => {
      setWaitsUntilMs(null);
      setProblem(null);
    }, waitsUntilMs - Date.now());
    return () => clearTimeout(timer);
  }, [waitsUntilMs]);
  const length = [...text.trim()].length;
  const isRefused = length === 0 || length > limit;
  const submit = async (): Promise<void> => {
    if (isBusy || isRefused || isWaiting) return;
    setBusy(true);
    setProblem(null);
    try {
      await onSubmit(text.trim());
    } catch (error) {
      setProblem(commentErrorText(error));
      setWaitsUntilMs(retryAtMs(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="space-y-2"
      aria-busy={isBusy}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div className="autosize rounded-xl border border-line-strong/70 bg-raised px-3 py-2 has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-accent">
        <div data-copy aria-hidden="true" className="min-h-18">{`${text}\u200b`}</div>
        <textarea
          ref={box}
          aria-label={label}
          aria-describedby={`${id}-room`}
          aria-invalid={length > limit}
          placeholder={placeholder}
          dir="auto"
          className="resize-none bg-transparent text-base outline-none placeholder:text-muted"
          value={text}
          onChange={(event) => onText(event.target.value)}
          onKeyDown={(event) => {
            if (isOfInputMethod(event.nativeEvent)) return;
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void submit();
            if (event.key !== "Escape" || !onCancel) return;
            event.stopPropagation();
            onCancel();
          }}
        />
      </div>
      <p id={`${id}-room`} className={length > limit ? "text-sm text-danger" : "text-sm text-muted"}>
        <Room left={limit - length} />
      </p>
      {problem !== null && <Alert tone={isWaiting ? "notice" : "error"}>{problem}</Alert>}
      {children}
      <div className="flex flex-wrap items-center gap-2">
        <Button type="submit" isSmall variant="primary" disabled={isBusy || isRefused || isWaiting}>
          {isBusy ? (busyLabel ?? t.app.loading) : submitLabel}
        </Button>
        {onCancel && (
          <Button isSmall variant="quiet" onClick={onCancel}>
            {t.app.cancel}
          </Button>
        )}
      </div>
    </form>
  );
}

function Room({ left }: { left: number }) {
  const texts = useCommentTexts();
  const language = useLanguage();
  if (left < 0) return texts.over(-left, formatCount(language, -left));
  return left < TOLD_FROM ? texts.left(left, formatCount(language, left)) : texts.hint;
}
