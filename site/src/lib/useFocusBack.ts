import { useRef, type FocusEvent } from "react";

/** For what goes away by a button of its own: the focus goes back to where it came from. */
export function useFocusBack() {
  const from = useRef<EventTarget | null>(null);
  return {
    onFocus: ({ currentTarget, relatedTarget }: FocusEvent): void => {
      // null: it came from another window, or from nowhere.
      if (relatedTarget && !currentTarget.contains(relatedTarget)) from.current = relatedTarget;
    },
    goBack: (): void => {
      if (from.current instanceof HTMLElement && from.current.isConnected) from.current.focus({ preventScroll: true });
    },
  };
}
