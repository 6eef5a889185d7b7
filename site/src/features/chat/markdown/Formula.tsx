/** A formula, drawn once KaTeX is here; until then, and where KaTeX does not know how, its source as it was written. */
import { memo, useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";

type Draw = (tex: string, element: HTMLElement, isDisplay: boolean) => boolean;

let loaded: Draw | null = null;

function useDraw(): Draw | null {
  const [draw, setDraw] = useState<Draw | null>(() => loaded);
  useEffect(() => {
    if (draw) return;
    let isCurrent = true;
    const load = async (): Promise<void> => {
      const module = await import("./katex");
      loaded = module.draw;
      if (isCurrent) setDraw(() => module.draw);
    };
    load().catch(() => undefined); // Offline: the source stays.
    return () => {
      isCurrent = false;
    };
  }, [draw]);
  return draw;
}

interface FormulaProps {
  tex: string;
  isDisplay: boolean;
  /** What is copied with the text around it. */
  source: string;
  /** What stands there instead, when it is not the source itself. */
  undrawn?: ReactNode;
}

export const Formula = memo(function Formula({ tex, isDisplay, source, undrawn = source }: FormulaProps) {
  const draw = useDraw();
  const place = useRef<HTMLSpanElement>(null);
  const [isDrawn, setIsDrawn] = useState(false);
  const [isWide, setIsWide] = useState(false);
  useLayoutEffect(() => {
    const element = place.current;
    if (!draw || !element) return;
    setIsDrawn(draw(tex, element, isDisplay));
  }, [draw, tex, isDisplay]);
  useEffect(() => {
    const element = place.current;
    if (!isDrawn || !isDisplay || !element) return;
    // Not measured at once: each formula would have the whole answer laid out again.
    const observer = new ResizeObserver(() => setIsWide(element.scrollWidth > element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, [isDrawn, isDisplay]);
  return (
    <span dir="ltr" className="formula" data-display={isDisplay && isDrawn ? "" : undefined}>
      {isDrawn ? (
        <span aria-hidden="true" className="formula-source">
          {source}
        </span>
      ) : (
        undrawn
      )}
      {/* A wide one scrolls, so the keyboard has to reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <span ref={place} className="formula-drawn" tabIndex={isWide ? 0 : undefined} />
    </span>
  );
});
