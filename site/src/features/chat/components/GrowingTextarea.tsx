import { useEffect, useRef, type ClipboardEventHandler, type Ref } from "react";

import { cx } from "@/lib/classNames";
import { isOfInputMethod } from "@/lib/inputMethod";
import { FINE_POINTER } from "@/lib/mediaQuery";

interface GrowingTextareaProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  /** Enter without Shift; on touch screens Enter is a new line. */
  onSubmit: () => void;
  id?: string;
  placeholder?: string;
  describedBy?: string | undefined;
  isFocusedAtStart?: boolean;
  onPaste?: ClipboardEventHandler<HTMLTextAreaElement>;
  ref?: Ref<HTMLTextAreaElement>;
}

const TEXT_CLASSES = "w-full max-h-[40dvh] px-1.5 py-1 text-base leading-normal";

export function GrowingTextarea({
  label,
  value,
  onChange,
  onSubmit,
  isFocusedAtStart,
  describedBy,
  ...native
}: GrowingTextareaProps) {
  const root = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const textarea = root.current?.querySelector("textarea");
    if (!isFocusedAtStart || !textarea) return;
    textarea.focus();
    textarea.setSelectionRange(textarea.value.length, textarea.value.length);
  }, [isFocusedAtStart]);
  return (
    <div ref={root} className="autosize">
      {/* Of a very long text the first part is copied: it is past the highest height anyway. */}
      <div data-copy aria-hidden="true" className={cx(TEXT_CLASSES, "overflow-hidden")}>
        {`${value.slice(0, 5_000)}\u200b`}
      </div>
      <textarea
        {...native}
        aria-label={label}
        aria-describedby={describedBy}
        rows={1}
        dir="auto"
        className={cx(TEXT_CLASSES, "resize-none bg-transparent outline-none placeholder:text-muted")}
        value={value}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          const isPlainEnter = event.key === "Enter" && !event.shiftKey && !isOfInputMethod(event.nativeEvent);
          if (!isPlainEnter || !window.matchMedia(FINE_POINTER).matches) return;
          event.preventDefault();
          onSubmit();
        }}
      />
    </div>
  );
}
