/** One page of a file beside the chat, with what was quoted of it; over the chat where there is no room beside it. */
import { useRef, useState, type KeyboardEvent } from "react";

import { useT, useLanguage } from "@/i18n";
import { announce } from "@/lib/announcer";
import { cx } from "@/lib/classNames";
import { DOT, formatCount } from "@/lib/format";
import { cutText } from "@/entities/files/fileText";
import { locatorText } from "@/entities/files/locator";
import { FileNotes } from "@/entities/files/ui/FileNotes";
import { useMediaQuery } from "@/lib/mediaQuery";
import type { ViewerTarget } from "@/lib/viewer";
import { IconButton } from "@/ui/Button";
import { Ending } from "@/ui/Ending";

import { useDownload, useKeeping } from "../api/source";
import { leaveViewer, useWayBack } from "../history";
import { useCovering, usePanelFocus } from "../panel";
import { useSource } from "../useSource";
import { Earlier } from "./Earlier";
import { PageNavigation } from "./PageNavigation";
import { SourceContent } from "./SourceContent";

/** Conversations, chat and page side by side. */
const ROOM_BESIDE = "(min-width: 72rem)";

export function Viewer({ target }: { target: ViewerTarget }) {
  const t = useT();
  const language = useLanguage();
  const isBeside = useMediaQuery(ROOM_BESIDE);
  const panel = useRef<HTMLDivElement>(null);
  const [page, setPage] = usePage(target);
  const [isAsCited, showAsNow] = useAsCited(target);
  const { source, known, pages, unit, keptUntil } = useSource(target, page, isAsCited);
  const keep = useKeeping(target.file_id, panel);
  const { download, isPreparing } = useDownload(target.file_id);
  useCovering(panel, !isBeside);
  useWayBack(!isBeside);
  usePanelFocus(panel, target);
  const words = t.citations.viewer;
  const cut = cutText({ t, language }, known ?? {});
  const locator = source.kind === "page" ? source.page.locator : page === target.page ? target.locator : undefined;
  const isSeen = source.kind === "scanned" || (source.kind === "page" && source.page.by_sight);
  const goTo = (next: number): void => {
    if (next === page || next < 1 || (pages !== null && next > pages)) return;
    setPage(next);
    const { name } = words.units[unit];
    announce(pages === null ? `${name} ${next}` : words.position(name, formatCount(language, next), formatCount(language, pages)));
  };
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions -- Escape closes, arrows turn the page.
    <div
      ref={panel}
      role={isBeside ? "region" : "dialog"}
      aria-modal={isBeside ? undefined : true}
      aria-label={words.region(target.name)}
      tabIndex={-1}
      className={cx(
        "flex flex-col bg-side -outline-offset-2 print:hidden",
        isBeside ? "w-[min(32rem,38vw)] shrink-0 border-l border-line" : "fixed inset-0 z-40 pt-[env(safe-area-inset-top)] pr-[env(safe-area-inset-right)] pb-[env(safe-area-inset-bottom)] pl-[env(safe-area-inset-left)]",
      )}
      onKeyDown={(event) => onPanelKey(event, page, goTo)}
    >
      <div className="flex min-h-14 shrink-0 items-center gap-1 border-b border-line px-2">
        {!isBeside && <IconButton icon="chevronLeft" size="large" label={words.back} onClick={leaveViewer} />}
        <div className="min-w-0 flex-1 px-1.5">
          <h2 className="truncate text-[0.9375rem] font-medium" title={target.name}>
            {target.name}
          </h2>
          {locator && (
            <p className="truncate text-xs text-muted">
              {locatorText(t, locator)}
              {isSeen && `${DOT}${words.bySight}`}
            </p>
          )}
        </div>
        {source.kind !== "deleted" && (
          <IconButton icon="download" size="large" label={words.download} disabled={isPreparing} onClick={download} />
        )}
        {isBeside && <IconButton icon="close" size="large" label={words.close} onClick={leaveViewer} />}
      </div>
      {cut && <p className="shrink-0 border-b border-line px-4 py-2 text-xs text-notice wide:px-5">{cut}</p>}
      {source.kind === "page" && source.page.earlier ? (
        <Earlier
          onNow={() => {
            showAsNow();
            panel.current?.focus();
          }}
        />
      ) : (
        <FileNotes notes={known?.notes} className="max-h-28 shrink-0 overflow-y-auto border-b border-line px-4 py-2 text-xs wide:px-5" />
      )}
      {source.kind !== "deleted" && (
        <div className="px-2 pt-2 empty:hidden">
          <Ending until={keptUntil} says={t.retention.file} onKeep={keep} />
        </div>
      )}
      <SourceContent target={target} number={page} source={source} onDownload={download} />
      {source.kind !== "deleted" && source.kind !== "image" && <PageNavigation unit={unit} page={page} pages={pages} goTo={goTo} />}
    </div>
  );
}

/** Whether pages are shown as they were when they were cited: until the present reading is asked for. */
function useAsCited(target: ViewerTarget) {
  const [asNow, setAsNow] = useState<ViewerTarget | null>(null);
  return [asNow !== target, () => setAsNow(target)] as const;
}

/** The page that is shown: what was opened, until another one is turned to. */
function usePage(target: ViewerTarget) {
  const opened = { target, page: Math.max(1, target.page) };
  const [held, setHeld] = useState(opened);
  const { page } = held.target === target ? held : opened;
  return [page, (next: number) => setHeld({ target, page: next })] as const;
}

function onPanelKey(event: KeyboardEvent<HTMLElement>, page: number, goTo: (page: number) => void): void {
  if (event.key === "Escape") {
    // A quote that was shown is hidden first.
    if (event.defaultPrevented) return;
    // Taken: the same key stops the answer.
    event.preventDefault();
    event.stopPropagation();
    leaveViewer();
    return;
  }
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (step === undefined || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  // These keys have another meaning in a field, and where a wide table scrolls.
  const { target } = event;
  if (target instanceof HTMLInputElement || (target instanceof HTMLElement && target.scrollWidth > target.clientWidth)) return;
  event.preventDefault();
  goTo(page + step);
}
