import { memo, useDeferredValue, useEffect, useState, type ReactNode } from "react";

import { useT } from "@/i18n";
import { CopyButton } from "@/ui/CopyButton";

import type { Highlighted } from "./highlight";

/** Longer code stays plain: colouring it would hold up the page. */
const LONGEST_HIGHLIGHTED_CHARACTERS = 60_000;

export const CodeBlock = memo(function CodeBlock({ code, language }: { code: string; language: string }) {
  const t = useT();
  const highlighted = useHighlighted(useDeferredValue(code), language);
  return (
    <figure dir="ltr" className="overflow-hidden rounded-xl border border-line bg-code">
      <figcaption className="flex min-h-9 items-center justify-between gap-2 border-b border-line py-0.5 pr-1 pl-3.5 text-xs text-muted">
        <span className="font-mono">{language || t.chat.code.toLowerCase()}</span>
        <CopyButton text={code} label={t.chat.copyCode} />
      </figcaption>
      <pre
        // Long lines scroll, so the keyboard has to reach them.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="overflow-x-auto px-3.5 py-3 font-mono text-[0.84375rem] leading-relaxed -outline-offset-2"
      >
        <code>{highlighted ?? code}</code>
      </pre>
    </figure>
  );
});

type Highlight = (code: string, language: string) => Highlighted | null;

let loaded: Highlight | null = null;

/** The code in colours, once the highlighter is here; null where it does not know the language. */
function useHighlighted(code: string, language: string): ReactNode {
  const [highlight, setHighlight] = useState<Highlight | null>(() => loaded);
  const isWanted = language !== "" && code.length <= LONGEST_HIGHLIGHTED_CHARACTERS;
  useEffect(() => {
    if (highlight || !isWanted) return;
    let isCurrent = true;
    const load = async (): Promise<void> => {
      const module = await import("./highlight");
      loaded = module.highlight;
      if (isCurrent) setHighlight(() => module.highlight);
    };
    load().catch(() => undefined); // Offline: the code stays plain.
    return () => {
      isCurrent = false;
    };
  }, [highlight, isWanted]);
  const tree = highlight && isWanted ? highlight(code, language) : null;
  return tree && render(tree);
}

function render(nodes: Highlighted): ReactNode[] {
  return nodes.map((node, index) =>
    typeof node === "string" ? (
      node
    ) : (
      // Recomputed as a whole with each change of the code.
      // oxlint-disable-next-line react/no-array-index-key
      <span key={index} className={`tok-${node.scope}`}>
        {render(node.children)}
      </span>
    ),
  );
}
