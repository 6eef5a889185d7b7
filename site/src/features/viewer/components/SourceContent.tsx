import { useLayoutEffect, useRef } from "react";

import type { FilePage } from "@/api/types";
import { useT, type Messages } from "@/i18n";
import type { ViewerTarget } from "@/lib/viewer";
import { LoadFailed } from "@/entities/errors/LoadFailed";
import { Skeleton } from "@/ui/Skeleton";

import type { Source } from "../useSource";
import { Notice } from "./Notice";
import { PageText } from "./PageText";
import { Quote } from "./Quote";
import { SourceImage } from "./SourceImage";

interface SourceContentProps {
  target: ViewerTarget;
  /** Of the page that is looked at. */
  number: number;
  source: Source;
  onDownload: () => void;
}

/** What scrolls between the viewer's head and its foot. */
export function SourceContent({ target, number, source, onDownload }: SourceContentProps) {
  const t = useT();
  const scroller = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    // Each page is read from its top, unless a quote on it comes into view.
    if (scroller.current) scroller.current.scrollTop = 0;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- With each page that is turned to.
  }, [target, number]);
  return (
    <div
      ref={scroller}
      role="region"
      aria-label={t.citations.viewer.pageText}
      aria-busy={source.kind === "loading"}
      // Scrolled by the keyboard too.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="min-h-0 flex-1 overflow-y-auto p-4 -outline-offset-2 wide:p-5"
    >
      <Content target={target} number={number} source={source} onDownload={onDownload} />
    </div>
  );
}

function Content({ target, number, source, onDownload }: SourceContentProps) {
  const t = useT();
  const words = t.citations.viewer;
  const quote = number === target.page ? (target.quote ?? null) : null;
  switch (source.kind) {
    case "loading":
      return <Loading />;
    case "deleted":
      return <Notice>{words.deleted}</Notice>;
    case "image":
      return <SourceImage target={target} onDownload={onDownload} />;
    case "failed":
      return <Notice onDownload={onDownload}>{words.failedFile}</Notice>;
    case "scanned":
      return <Wordless words={words.scanned} quote={quote} onDownload={onDownload} />;
    case "not-read-yet":
      return <Notice>{words.notReadYet}</Notice>;
    case "no-such-page":
      return <Notice>{words.noSuchPage}</Notice>;
    case "error":
      return <LoadFailed text={words.loadFailed} error={source.error} onRetry={source.retry} />;
    case "page":
      if (source.page.text.trim() === "") {
        return <Wordless words={wordsFor(words, source.page)} quote={quote} onDownload={onDownload} />;
      }
      return <PageText page={source.page} quote={quote} />;
    default:
      return source satisfies never;
  }
}

/** A page without text, of which something may have been quoted that was seen. */
function Wordless({ words, quote, onDownload }: { words: string; quote: string | null; onDownload: () => void }) {
  return (
    <div className="space-y-4">
      {quote !== null && quote.trim() !== "" && <Quote text={quote} />}
      <Notice onDownload={onDownload}>{words}</Notice>
    </div>
  );
}

function wordsFor(words: Messages["citations"]["viewer"], { by_sight: isSeen, locator }: FilePage): string {
  if (isSeen) return words.seen;
  if (locator.picture || locator.garbled) return words.unread;
  return locator.unreadable ? words.unreadable : words.empty;
}

function Loading() {
  const t = useT();
  return (
    <div role="status" aria-label={t.app.loading} className="space-y-3">
      {["w-11/12", "w-full", "w-4/5", "w-full", "w-2/3"].map((width, line) => (
        // oxlint-disable-next-line react/no-array-index-key
        <Skeleton key={line} className={`h-4 ${width}`} />
      ))}
    </div>
  );
}
