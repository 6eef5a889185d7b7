/** A small "i" that tells more when it is asked: by a press, a tap or a key. Escape and a press elsewhere close it. */
import { useEffect, useId, useRef, useState, type ReactNode, type RefObject } from "react";

import { usePlaced } from "@/lib/usePlaced";

import { IconButton } from "./Button";

export function InfoButton({ label, children }: { label: string; children: ReactNode }) {
  const id = useId();
  const root = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    if (!isOpen) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      // Taken: the same key stops the answer.
      event.preventDefault();
      setOpen(false);
    };
    const onPress = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as Node)) setOpen(false);
    };
    document.addEventListener("keydown", onKeyDown, { capture: true });
    document.addEventListener("pointerdown", onPress);
    return () => {
      document.removeEventListener("keydown", onKeyDown, { capture: true });
      document.removeEventListener("pointerdown", onPress);
    };
  }, [isOpen]);
  return (
    <span ref={root} className="inline-flex" onBlur={(event) => !root.current?.contains(event.relatedTarget) && setOpen(false)}>
      <IconButton
        ref={button}
        icon="info"
        size="small"
        label={label}
        aria-expanded={isOpen}
        aria-controls={isOpen ? id : undefined}
        onClick={() => setOpen(!isOpen)}
      />
      {isOpen && (
        <Told id={id} label={label} anchor={button}>
          {children}
        </Told>
      )}
    </span>
  );
}

function Told({ id, label, anchor, children }: { id: string; label: string; anchor: RefObject<HTMLElement | null>; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  usePlaced(box, anchor);
  return (
    <div
      ref={box}
      id={id}
      role="group"
      aria-label={label}
      // What is pressed in it does not close it.
      tabIndex={-1}
      className="animate-rise fixed z-30 max-w-[calc(100vw-0.75rem)] rounded-xl border border-line bg-raised px-3.5 py-2.5 text-sm text-ink shadow-float"
    >
      {children}
    </div>
  );
}
