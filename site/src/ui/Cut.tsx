import type { ElementType, PointerEvent, ReactNode } from "react";

import { cx } from "@/lib/classNames";

interface CutProps {
  children: ReactNode;
  as?: ElementType;
  className?: string;
}

/** One line, cut where there is no room for more; a tooltip says all of what is cut, and nothing says twice what is not. */
export function Cut({ children, as: Element = "span", className }: CutProps) {
  return (
    <Element className={cx("truncate", className)} onPointerEnter={tellWhole}>
      {children}
    </Element>
  );
}

function tellWhole({ currentTarget: element }: PointerEvent<HTMLElement>): void {
  if (element.scrollWidth > element.clientWidth) element.title = element.textContent;
  else element.removeAttribute("title");
}
