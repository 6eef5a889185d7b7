import { useT } from "@/i18n";
import { locatorText } from "@/entities/files/locator";
import { openViewer } from "@/lib/viewer";
import { Cut } from "@/ui/Cut";
import { Icon } from "@/ui/icons";

import { targetOf, type Source } from "./parts";

/** What a finished answer rests on, folded away: the markers in its text lead to the same pages. */
export function SourceList({ sources }: { sources: readonly Source[] }) {
  const t = useT();
  if (sources.length === 0) return null;
  return (
    <details className="group/sources" data-printed>
      <summary className="-ml-1.5 flex min-h-8 w-fit list-none items-center gap-1 rounded-lg px-1.5 text-sm text-muted hover:bg-hover hover:text-ink [@media(pointer:coarse)]:min-h-11 [&::-webkit-details-marker]:hidden">
        <span className="transition-transform group-open/sources:rotate-90">
          <Icon name="chevronRight" size={16} />
        </span>
        {t.citations.sources(sources.length)}
      </summary>
      <ol className="mt-1 flex flex-col">
        {sources.map((source) => (
          <SourceRow key={source.number} source={source} />
        ))}
      </ol>
    </details>
  );
}

function SourceRow({ source: { number, citation } }: { source: Source }) {
  const t = useT();
  return (
    <li>
      <button
        type="button"
        className="flex min-h-8 w-full min-w-0 items-center gap-2 rounded-lg px-1.5 text-left text-sm hover:bg-hover [@media(pointer:coarse)]:min-h-11"
        onClick={(event) => {
          // The viewer gives the focus back to where it was; not every browser puts it on what is clicked.
          event.currentTarget.focus();
          openViewer(targetOf(citation));
        }}
      >
        <span className="w-5 shrink-0 text-right text-xs text-muted tabular-nums">{number}</span>
        <Cut className="min-w-0">{citation.name}</Cut>
        <span className="max-w-[50%] shrink-0 truncate text-muted">{locatorText(t, citation.locator)}</span>
      </button>
    </li>
  );
}
