import { useEffect, useRef, type RefObject } from "react";

/**
 * For a list from which things go, with the focus in them: it goes on to the row that stands there now, or the last one,
 * or the list. Rows have `data-row` and a button, the list a `tabIndex`.
 */
export function useFocusKept<T extends HTMLElement>(): RefObject<T | null> {
  const list = useRef<T>(null);
  useEffect(() => {
    const root = list.current;
    if (!root) return;
    let last: Element | null = null;
    let at = -1;
    const rows = (): HTMLElement[] => [...root.querySelectorAll<HTMLElement>("[data-row]")];
    const onFocus = ({ target }: FocusEvent): void => {
      last = target as Element;
      at = rows().findIndex((row) => row.contains(last));
    };
    const observer = new MutationObserver(() => {
      if (!last || last.isConnected || document.activeElement !== document.body) return;
      last = null;
      const left = rows();
      ((left[at] ?? left.at(-1))?.querySelector<HTMLElement>("button") ?? root).focus();
    });
    root.addEventListener("focusin", onFocus);
    observer.observe(root, { childList: true, subtree: true });
    return () => {
      root.removeEventListener("focusin", onFocus);
      observer.disconnect();
    };
  }, []);
  return list;
}
