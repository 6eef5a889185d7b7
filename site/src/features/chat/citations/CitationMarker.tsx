/** A number in the text that stands for a source: its quote shows by itself, a click or Enter opens the page. */
import { memo, use, useId, useRef, type PointerEvent } from "react";

import { useT } from "@/i18n";
import { locatorText } from "@/entities/files/locator";
import { openViewer } from "@/lib/viewer";

import { CitationPopover } from "./CitationPopover";
import { MarkersContext } from "./context";
import { usePopover } from "./openPopover";
import { targetOf, type Marker } from "./parts";

/** index: among the markers of the answer around it. */
export function CitationMarker({ index }: { index: number }) {
  const marker = use(MarkersContext)[index];
  return marker ? <MarkerButton marker={marker} /> : null;
}

/** Drawn once while an answer grows around it: long answers have hundreds. */
const MarkerButton = memo(function MarkerButton({ marker }: { marker: Marker }) {
  const t = useT();
  const id = useId();
  const root = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const popover = usePopover(id, root);
  const wasShown = useRef(false);
  const { number, citation } = marker.source;
  const open = (): void => {
    // The viewer gives the focus back to where it was.
    button.current?.focus({ preventScroll: true });
    popover.hide();
    const quoted = marker.citations[0] ?? citation;
    openViewer(targetOf(quoted));
  };
  return (
    <span
      ref={root}
      className="citation-group"
      onPointerEnter={(event) => isMouse(event) && popover.show()}
      onPointerLeave={(event) => isMouse(event) && popover.hideSoon()}
      onBlur={(event) => !root.current?.contains(event.relatedTarget) && popover.hide()}
    >
      <sup className="citation-place">
        <button
          ref={button}
          type="button"
          className="citation"
          aria-label={t.citations.marker(number, citation.name, locatorText(t, citation.locator))}
          aria-describedby={popover.isOpen ? id : undefined}
          onPointerDown={(event) => {
            // A finger sees the quote first: its second tap, or the quote's own button, opens the page.
            wasShown.current = isMouse(event) || popover.isOpen;
          }}
          onFocus={(event) => event.currentTarget.matches(":focus-visible") && popover.show()}
          onClick={(event) => {
            const isKeyboard = event.detail === 0;
            if (isKeyboard || wasShown.current) open();
            else popover.show();
          }}
        >
          {number}
        </button>
      </sup>
      {popover.isOpen && <CitationPopover id={id} marker={marker} anchor={button} onOpen={open} />}
    </span>
  );
});

const isMouse = (event: PointerEvent): boolean => event.pointerType !== "touch";
