import { useId, useState, type InputHTMLAttributes, type ReactNode, type Ref } from "react";

import { useT } from "@/i18n";
import { cx } from "@/lib/classNames";

import { IconButton } from "./Button";

export interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
  label: string;
  value: string;
  onValue: (value: string) => void;
  hint?: ReactNode;
  ref?: Ref<HTMLInputElement>;
}

/** A labelled text input; passwords can be shown. */
export function Field({ label, hint, type = "text", className, onValue, ...native }: FieldProps) {
  const t = useT();
  const id = useId();
  const [isShown, setShown] = useState(false);
  const isPassword = type === "password";
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <div className="relative">
        <input
          id={id}
          type={isPassword && isShown ? "text" : type}
          aria-describedby={hint ? `${id}-hint` : undefined}
          className={cx(
            "h-11 w-full rounded-xl border border-line-strong/70 bg-raised px-3.5 text-base outline-offset-1 placeholder:text-muted",
            isPassword && "pr-12",
          )}
          onChange={(event) => onValue(event.target.value)}
          {...native}
        />
        {isPassword && (
          <IconButton
            icon={isShown ? "eyeOff" : "eye"}
            label={isShown ? t.auth.hidePassword : t.auth.showPassword}
            aria-pressed={isShown}
            className="absolute top-1 right-1"
            onClick={() => setShown(!isShown)}
          />
        )}
      </div>
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
          {hint}
        </p>
      )}
    </div>
  );
}
