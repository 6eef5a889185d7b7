import { useId } from "react";

interface ChoiceProps<T extends string> {
  label: string;
  options: readonly { value: T; label: string; lang?: string }[];
  value: T;
  onChange: (value: T) => void;
}

/** One of a few options, side by side: radio buttons that look like one control. */
export function Choice<T extends string>({ label, options, value, onChange }: ChoiceProps<T>) {
  const name = useId();
  return (
    <fieldset>
      <legend className="sr-only">{label}</legend>
      <div className="inline-flex w-full gap-0.5 rounded-xl bg-hover p-0.5">
        {options.map((option) => (
          <label
            key={option.value}
            lang={option.lang}
            className="flex-1 cursor-pointer rounded-[0.625rem] px-2 py-1.5 text-center text-sm text-muted transition-colors has-checked:bg-raised has-checked:text-ink has-checked:shadow-sm has-focus-visible:outline-2 has-focus-visible:outline-accent"
          >
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={option.value === value}
              onChange={() => onChange(option.value)}
            />
            {option.label}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
