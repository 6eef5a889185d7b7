/** Short notices at the edge of the page: what was done, what failed, and the way back. */
import { useEffect, useEffectEvent, useRef, type RefObject } from "react";

import { useT } from "@/i18n";
import { cx } from "@/lib/classNames";
import { createStore, useStore } from "@/lib/store";
import { useFocusBack } from "@/lib/useFocusBack";

import { IconButton } from "./Button";

export interface Toast {
  text: string;
  /** A later notice of the same subject takes its place: what it says, or offers to undo, no longer holds. */
  subject?: string;
  isError?: boolean;
  durationMs?: number;
  action?: { label: string; run: () => void };
}

const DEFAULT_MS = 6_000;
const MOST_SHOWN = 3;

const toasts = createStore<readonly (Toast & { id: number })[]>([]);
let lastId = 0;

export function showToast(toast: Toast): void {
  lastId += 1;
  const others = toasts.get().filter(({ subject }) => subject === undefined || subject !== toast.subject);
  toasts.set([...others, { ...toast, id: lastId }].slice(-MOST_SHOWN));
}

/** Nothing of one person is shown to the next. */
export const clearToasts = (): void => toasts.set([]);

const dismiss = (id: number): void => toasts.set(toasts.get().filter((toast) => toast.id !== id));

export function Toasts() {
  const shown = useStore(toasts);
  const box = useRef<HTMLDivElement>(null);
  useRoomMade(box);
  return (
    // Below the header on a phone, above the foot of the sidebar elsewhere: where `ToastRoom` keeps what is there clear.
    <div
      ref={box}
      className="pointer-events-none fixed inset-x-0 top-12 z-50 flex flex-col items-center gap-2 p-3 wide:top-auto wide:right-auto wide:bottom-26 wide:items-start wide:p-4 wide:pb-3 print:hidden"
    >
      {shown.map((toast) => (
        <ToastCard key={toast.id} {...toast} />
      ))}
    </div>
  );
}

const ROOM = "--toasts";

/** Notices cover nothing: what stands where they are shown makes room for them. */
export const ToastRoom = ({ isAside = false }: { isAside?: boolean }) => (
  <div aria-hidden="true" className={cx("h-(--toasts,0px) shrink-0 print:hidden", isAside ? "hidden wide:block" : "wide:hidden")} />
);

/** Tells how high the notices are. */
function useRoomMade(box: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const { style } = document.documentElement;
    const observer = new ResizeObserver(() => {
      style.setProperty(ROOM, `${element.childElementCount > 0 ? element.offsetHeight : 0}px`);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      style.removeProperty(ROOM);
    };
  }, [box]);
}

function ToastCard({ id, text, isError, action, durationMs = DEFAULT_MS }: Toast & { id: number }) {
  const t = useT();
  const { onFocus, goBack } = useFocusBack();
  const card = useRef<HTMLDivElement>(null);
  const close = (): void => {
    goBack();
    dismiss(id);
  };
  const expire = useEffectEvent((): void => {
    if (card.current?.contains(document.activeElement)) goBack();
    dismiss(id);
  });
  useEffect(() => {
    const timer = setTimeout(() => expire(), durationMs);
    return () => clearTimeout(timer);
  }, [durationMs]);
  return (
    <div
      ref={card}
      role={isError ? "alert" : "status"}
      onFocus={onFocus}
      className={cx(
        "animate-rise pointer-events-auto flex max-w-md items-start gap-1 rounded-xl border py-1.5 pr-1.5 pl-4 text-sm shadow-float wide:max-w-64",
        isError ? "border-danger/40 bg-danger-soft text-danger" : "border-line bg-raised text-ink",
      )}
    >
      <div className="flex min-w-0 flex-1 flex-wrap items-center gap-x-3 py-1.5">
        <span className="line-clamp-4 min-w-0 grow basis-40 wrap-anywhere">{text}</span>
        {action && (
          <button
            type="button"
            className="-mx-2.5 rounded-lg px-2.5 py-1 font-medium text-accent hover:bg-hover [@media(pointer:coarse)]:py-3"
            onClick={() => {
              close();
              action.run();
            }}
          >
            {action.label}
          </button>
        )}
      </div>
      <IconButton icon="close" label={t.app.dismiss} size="small" onClick={close} />
    </div>
  );
}
