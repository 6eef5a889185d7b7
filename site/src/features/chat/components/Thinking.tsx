import { useState } from "react";

import { useT } from "@/i18n";
import { cx } from "@/lib/classNames";
import { Icon } from "@/ui/icons";

import { Markdown } from "../markdown/Markdown";

/** What the model thought before it answered: folded away, for whoever wants to know, and drawn for them alone. */
export function Thinking({ text, isGrowing }: { text: string; isGrowing: boolean }) {
  const t = useT();
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="group/thinking" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary className="-ml-1.5 flex w-fit list-none items-center gap-1 rounded-lg px-1.5 py-1 text-sm text-muted hover:bg-hover hover:text-ink [&::-webkit-details-marker]:hidden">
        <span className="transition-transform group-open/thinking:rotate-90">
          <Icon name="chevronRight" size={16} />
        </span>
        <span className={cx(isGrowing && "animate-shimmer")}>{isGrowing ? t.chat.thinkingNow : t.chat.thinking}</span>
      </summary>
      <div className="thinking mt-1 ml-2 border-l-2 border-line pl-4 wrap-anywhere">
        {isOpen && <Markdown text={text} isGrowing={isGrowing} />}
      </div>
    </details>
  );
}
