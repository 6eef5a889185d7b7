import { useEffect, useId, useRef, useState } from "react";

import { isOfInputMethod } from "@/lib/inputMethod";

interface NameFormProps {
  label: string;
  name: string;
  /** How much of the name is selected at first; left out: all of it. */
  selected?: number;
  maxLength?: number;
  /** Why it cannot be called this; null: it can. */
  problemOf?: (name: string) => string | null;
  onSave: (name: string) => void;
  onClose: () => void;
}

/** A name as a field, in place: Enter or leaving it saves what has changed, Escape does not. */
export function NameForm({ label, name, selected = name.length, maxLength, problemOf, onSave, onClose }: NameFormProps) {
  const problemId = useId();
  const input = useRef<HTMLInputElement>(null);
  // As it was when the person began: what arrives meanwhile neither disturbs the typing nor is undone by leaving it.
  const [first] = useState({ name, selected });
  const [typed, setTyped] = useState(name);
  const problem = problemOf?.(typed) ?? null;
  useEffect(() => {
    input.current?.focus();
    input.current?.setSelectionRange(0, first.selected);
  }, [first]);
  const save = (): void => {
    const chosen = typed.trim();
    if (problem === null && chosen !== "" && chosen !== first.name) onSave(chosen);
    onClose();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (problem === null) save();
      }}
    >
      <input
        ref={input}
        aria-label={label}
        aria-invalid={problem !== null}
        aria-describedby={problem === null ? undefined : problemId}
        className="h-10 w-full rounded-lg border border-line-strong bg-raised px-2.5 text-base wide:text-[0.9375rem]"
        maxLength={maxLength}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onBlur={save}
        onKeyDown={(event) => {
          if (event.key !== "Escape" || isOfInputMethod(event.nativeEvent)) return;
          event.stopPropagation();
          onClose();
        }}
      />
      {problem !== null && (
        <p id={problemId} role="alert" className="mt-1 text-sm text-danger">
          {problem}
        </p>
      )}
    </form>
  );
}
