import { useLayoutEffect, type RefObject } from "react";

import { placeBeside } from "./placeBeside";

/** Keeps a floating box beside its anchor, also while what is around it scrolls: answers do so by themselves while they grow. */
export function usePlaced(box: RefObject<HTMLElement | null>, anchor: RefObject<HTMLElement | null>): void {
  useLayoutEffect(() => {
    const place = (): void => {
      if (box.current && anchor.current) placeBeside(box.current, anchor.current);
    };
    place();
    window.addEventListener("scroll", place, { capture: true, passive: true });
    window.addEventListener("resize", place);
    return () => {
      window.removeEventListener("scroll", place, { capture: true });
      window.removeEventListener("resize", place);
    };
  }, [box, anchor]);
}
