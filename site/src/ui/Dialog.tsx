/**
 * A question over the page: the focus stays in it and goes back to where it came from, Escape and a click beside it
 * close it. Toasts stay reachable, so it is no modal <dialog>.
 */
import { useEffect, useId, useRef, type KeyboardEvent, type ReactNode } from "react";
import { createPortal } from "react-dom";

import { focusHeading } from "@/lib/focusHeading";
import { isOfInputMethod } from "@/lib/inputMethod";
import { useStable } from "@/lib/useStable";

interface DialogProps {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
  onClose: () => void;
}

const REACHABLE = "input:not([disabled]), button:not([disabled]), textarea, a[href]";

export function Dialog({ title, lead, children, onClose }: DialogProps) {
  const id = useId();
  const panel = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    panel.current?.querySelector<HTMLElement>(REACHABLE)?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
      // What was asked about went, with the button that asked: its list may know what follows, else the page goes on.
      else queueMicrotask(() => document.activeElement === document.body && focusHeading());
    };
  }, []);
  // No dependencies: a button that is disabled while it is pressed drops the focus, and what its answer shows gives it back.
  useEffect(() => {
    if (document.activeElement === document.body) panel.current?.querySelector<HTMLElement>(REACHABLE)?.focus();
  });
  useEscapeOutside(onClose);
  return createPortal(
    <div className="fixed inset-0 z-40 grid place-items-center overflow-y-auto p-4">
      <div className="fixed inset-0 bg-black/40" aria-hidden="true" onClick={onClose} />
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Keys of a dialog. */}
      <div
        ref={panel}
        role="dialog"
        // What is pressed beside its fields leaves the focus in it.
        tabIndex={-1}
        aria-modal="true"
        aria-labelledby={`${id}-title`}
        aria-describedby={lead ? `${id}-lead` : undefined}
        className="animate-rise relative w-full max-w-md space-y-4 rounded-2xl border border-line bg-raised p-5 shadow-float"
        onKeyDown={(event) => onDialogKey(event, onClose)}
      >
        <div className="space-y-1.5">
          <h2 id={`${id}-title`} className="text-lg font-semibold tracking-tight wrap-anywhere">
            {title}
          </h2>
          {lead && (
            <div id={`${id}-lead`} className="text-sm text-muted">
              {lead}
            </div>
          )}
        </div>
        {children}
      </div>
    </div>,
    document.body,
  );
}

/** Wherever the focus was dropped to; inside, the dialog itself takes the key. */
function useEscapeOutside(close: () => void): void {
  const onEscape = useStable(close);
  useEffect(() => {
    const listener = (event: globalThis.KeyboardEvent): void => {
      if (event.key !== "Escape" || event.defaultPrevented || isOfInputMethod(event)) return;
      // Escape stops an answer otherwise.
      event.preventDefault();
      event.stopPropagation();
      onEscape();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, [onEscape]);
}

function onDialogKey(event: KeyboardEvent<HTMLDivElement>, close: () => void): void {
  if (isOfInputMethod(event.nativeEvent)) return;
  if (event.key === "Escape") {
    event.preventDefault();
    event.stopPropagation();
    close();
    return;
  }
  if (event.key !== "Tab") return;
  const reachable = [...event.currentTarget.querySelectorAll<HTMLElement>(REACHABLE)];
  const edge = event.shiftKey ? reachable[0] : reachable.at(-1);
  if (document.activeElement !== edge) return;
  event.preventDefault();
  (event.shiftKey ? reachable.at(-1) : reachable[0])?.focus();
}
