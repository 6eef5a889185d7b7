/** How the viewer's panel behaves among what is on the page. */
import { useLayoutEffect, useRef, type RefObject } from "react";

import { focusComposer } from "@/lib/focusComposer";

/** While the panel covers the columns beside it, neither keyboard nor screen reader get there. */
export function useCovering(panel: RefObject<HTMLElement | null>, isCovering: boolean): void {
  useLayoutEffect(() => {
    const own = panel.current;
    if (!isCovering || !own?.parentElement) return;
    const covered = [...own.parentElement.children].filter((element) => element !== own && !element.hasAttribute("inert"));
    for (const element of covered) element.setAttribute("inert", "");
    return () => {
      for (const element of covered) element.removeAttribute("inert");
    };
  }, [panel, isCovering]);
}

/** The focus goes to the panel with each page that is opened, and back to what opened it in the end. */
export function usePanelFocus(panel: RefObject<HTMLElement | null>, opened: object): void {
  const opener = useRef<Element | null>(null);
  useLayoutEffect(() => {
    const focused = document.activeElement;
    if (!panel.current?.contains(focused)) opener.current = focused;
    panel.current?.focus({ preventScroll: true });
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- With each page that is opened.
  }, [panel, opened]);
  useLayoutEffect(
    () => () => {
      const focused = document.activeElement;
      // Unless the focus went elsewhere by itself.
      if (focused !== document.body && !panel.current?.contains(focused)) return;
      const back = opener.current;
      if (back instanceof HTMLElement && back.isConnected && back !== document.body) back.focus({ preventScroll: true });
      else focusComposer();
    },
    [panel],
  );
}
