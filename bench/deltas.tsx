/** An answer as it grows, drawn delta by delta, each within one frame: what `deltas.py` has Chromium run. */
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";

import { Markdown } from "@/features/chat/markdown/Markdown";
import "@/styles.css";

interface Drawn {
  ms: number;
  byDelta: number[];
  lastMs: number;
}

function draw(text: string, deltas: number): Drawn {
  const place = document.body.appendChild(document.createElement("main"));
  const root = createRoot(place);
  const shown = (end: number, isGrowing: boolean): number => {
    const began = performance.now();
    flushSync(() => root.render(<Markdown text={text.slice(0, end)} isGrowing={isGrowing} />));
    void place.offsetHeight; // has it laid out
    return performance.now() - began;
  };
  const byDelta = Array.from({ length: deltas }, (_, at) => shown(Math.ceil((text.length * (at + 1)) / deltas), true));
  const lastMs = shown(text.length, false);
  root.unmount();
  place.remove();
  return { ms: byDelta.reduce((sum, ms) => sum + ms, 0), byDelta, lastMs };
}

Object.assign(window, { draw });
