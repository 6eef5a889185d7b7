import { useId, type ReactNode, type TextareaHTMLAttributes } from "react";

interface TextAreaProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "onChange"> {
  label: string;
  value: string;
  hint?: ReactNode;
  onValue: (value: string) => void;
}

/** A labelled text of several lines, as high as what is in it. */
export function TextArea({ label, value, hint, onValue, ...native }: TextAreaProps) {
  const id = useId();
  return (
    <div>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <div className="autosize rounded-xl border border-line-strong/70 bg-raised px-3.5 py-2 has-focus-visible:outline-2 has-focus-visible:outline-offset-1 has-focus-visible:outline-accent">
        <div data-copy aria-hidden="true" className="min-h-18">{`${value}\u200b`}</div>
        <textarea
          id={id}
          dir="auto"
          aria-describedby={hint ? `${id}-hint` : undefined}
          className="resize-none bg-transparent text-base outline-none placeholder:text-muted"
          value={value}
          onChange={(event) => onValue(event.target.value)}
          {...native}
        />
      </div>
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
