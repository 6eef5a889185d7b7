import { useRef, type RefObject } from "react";

import { useT } from "@/i18n";
import { locatorText } from "@/entities/files/locator";
import { usePlaced } from "@/lib/usePlaced";
import { Cut } from "@/ui/Cut";
import { Icon } from "@/ui/icons";

import type { Marker } from "./parts";

interface CitationPopoverProps {
  /** Of the quotes, which describe the marker. */
  id: string;
  marker: Marker;
  anchor: RefObject<HTMLElement | null>;
  onOpen: () => void;
}

/** Of a page, lines end where its column did: in a quote they run on, and only what is set apart stands apart. */
const running = (text: string): string => text.trim().replace(/[^\S\n]*\n\s*\n\s*/g, "\n\n").replace(/(?<!\n)[^\S\n]*\n[^\S\n]*(?!\n)/g, " ");

/** What a marker quotes. Of spans, because it stands in the middle of a paragraph. */
export function CitationPopover({ id, marker, anchor, onOpen }: CitationPopoverProps) {
  const t = useT();
  const box = useRef<HTMLSpanElement>(null);
  const { citation } = marker.source;
  usePlaced(box, anchor);
  return (
    <span
      ref={box}
      // Safari focuses no button that is pressed: the box keeps the focus inside, so that the quote stays until the click.
      tabIndex={-1}
      className="citation-popover animate-rise fixed z-30 flex max-h-80 w-80 max-w-[calc(100vw-0.75rem)] flex-col gap-1.5 overflow-y-auto rounded-xl border border-line bg-raised p-3 text-ink shadow-float"
    >
      <span className="flex flex-col">
        <Cut className="font-medium">{citation.name}</Cut>
        <span className="text-xs text-muted">{locatorText(t, citation.locator)}</span>
      </span>
      <span id={id} className="flex flex-col gap-1.5">
        {marker.citations.map(({ cited_text: text }) => (
          <span key={text} className="border-l-2 border-accent pl-2.5 wrap-anywhere whitespace-pre-line">
            {t.citations.quote(running(text))}
          </span>
        ))}
      </span>
      <button
        type="button"
        className="-mx-1.5 -mb-1 inline-flex min-h-9 w-fit items-center gap-1 rounded-lg px-1.5 font-medium text-accent hover:bg-hover [@media(pointer:coarse)]:min-h-11"
        onClick={onOpen}
      >
        {t.citations.open}
        <Icon name="chevronRight" size={16} />
      </button>
    </span>
  );
}
