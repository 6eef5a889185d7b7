/** Which marker's quote is shown: one at a time on the whole page. */
import { useCallback, useEffect, useSyncExternalStore, type RefObject } from "react";

import { createStore } from "@/lib/store";

/** How long the pointer may take from the marker to its quote. */
const LEAVE_MS = 200;

const shownId = createStore<string | null>(null);

export interface Popover {
  isOpen: boolean;
  show: () => void;
  hide: () => void;
  hideSoon: () => void;
}

/** id: of the marker. root: what holds marker and quote; a press elsewhere hides the quote, and so does Escape. */
export function usePopover(id: string, root: RefObject<HTMLElement | null>): Popover {
  const isOpen = useSyncExternalStore(shownId.subscribe, () => shownId.get() === id);
  const show = useCallback(() => {
    clearTimeout(leaving);
    shownId.set(id);
  }, [id]);
  const hide = useCallback(() => {
    if (shownId.get() === id) shownId.set(null);
  }, [id]);
  const hideSoon = useCallback(() => {
    clearTimeout(leaving);
    leaving = setTimeout(hide, LEAVE_MS);
  }, [hide]);
  useEffect(() => {
    if (!isOpen) return;
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      // Taken: the same key stops the answer.
      event.preventDefault();
      hide();
    };
    const onPointerDown = (event: PointerEvent): void => {
      if (!root.current?.contains(event.target as Node)) hide();
    };
    document.addEventListener("keydown", onKeyDown, { capture: true });
    document.addEventListener("pointerdown", onPointerDown);
    return () => {
      document.removeEventListener("keydown", onKeyDown, { capture: true });
      document.removeEventListener("pointerdown", onPointerDown);
    };
  }, [isOpen, hide, root]);
  useEffect(() => hide, [hide]);
  return { isOpen, show, hide, hideSoon };
}

let leaving: ReturnType<typeof setTimeout> | undefined;
