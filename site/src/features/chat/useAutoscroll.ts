/**
 * Keeps the end in view while an answer grows, until the reader scrolls up; then it stays where the reader is, also
 * when earlier messages come in above. What the reader opens (an edit, the thinking) moves nothing.
 */
import { useCallback, useEffect, useLayoutEffect, useRef, useState, type RefObject } from "react";

const AT_END_PX = 40;
const SHOW_JUMP_PX = 160;
/** How long after a wheel, key or drag a move of the page is the reader's. */
const INTENT_MS = 1_000;
/** What comes right after: figures below an answer that has ended, colours in code that was just opened. */
const AFTERGROWTH_MS = 1_500;
const UPWARD_KEYS: ReadonlySet<string> = new Set(["ArrowUp", "PageUp", "Home", "Tab", " "]);

const distanceToEnd = (element: HTMLElement): number => element.scrollHeight - element.scrollTop - element.clientHeight;

export interface AutoscrollOptions {
  /** A new one starts at its end. */
  threadKey: string;
  /** Changes when something is put in above. */
  firstKey: string;
  /** Whether the end is being written. */
  isGrowing: boolean;
}

export function useAutoscroll({ threadKey, firstKey, isGrowing }: AutoscrollOptions) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const growsUntil = useRef(0);
  const last = useRef({ top: 0, height: 0, fromBottom: 0 });
  const [isAway, setAway] = useState(false);
  const readerUntil = useReaderIntent(scroller);

  const remember = useCallback((element: HTMLElement): void => {
    const { scrollTop: top, scrollHeight: height } = element;
    last.current = { top, height, fromBottom: height - top };
    setAway(distanceToEnd(element) > SHOW_JUMP_PX);
  }, []);

  const toEnd = useCallback((): void => {
    isFollowing.current = true;
    const element = scroller.current;
    if (!element) return;
    element.scrollTop = element.scrollHeight;
    remember(element);
  }, [remember]);

  const onScroll = useCallback((): void => {
    const element = scroller.current;
    if (!element) return;
    const { top, height } = last.current;
    // Content that shrinks moves the page up as well: without a reader's doing that is no scrolling.
    const isReader = performance.now() < readerUntil.current || element.scrollHeight === height;
    if (distanceToEnd(element) <= AT_END_PX) isFollowing.current = true;
    else if (element.scrollTop < top && isReader) isFollowing.current = false;
    remember(element);
  }, [remember, readerUntil]);

  // Each thread starts at its end.
  useLayoutEffect(toEnd, [threadKey, toEnd]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && !isFollowing.current) element.scrollTop = element.scrollHeight - last.current.fromBottom;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- What comes in above moves what is read.
  }, [firstKey]);

  useLayoutEffect(() => {
    growsUntil.current = isGrowing ? Infinity : performance.now() + AFTERGROWTH_MS;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- A thread that was just opened grows as well.
  }, [isGrowing, threadKey, firstKey]);

  useEffect(() => {
    const element = scroller.current;
    if (!element || !content.current) return;
    const observer = new ResizeObserver((entries) => {
      const isWindow = entries.some((entry) => entry.target === element);
      const isGrowth = performance.now() < growsUntil.current;
      if (isFollowing.current && (isWindow || isGrowth)) return toEnd();
      if (distanceToEnd(element) > AT_END_PX) isFollowing.current = false;
      remember(element);
    });
    observer.observe(content.current);
    observer.observe(element);
    return () => observer.disconnect();
  }, [toEnd, remember]);

  return { scroller, content, onScroll, isAway, toEnd };
}

/** Until when moves of the page are the reader's own, on the clock of `performance.now()`. */
function useReaderIntent(scroller: RefObject<HTMLElement | null>) {
  const until = useRef(0);
  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const onIntent = (event: Event): void => {
      if (event instanceof KeyboardEvent && !UPWARD_KEYS.has(event.key)) return;
      // A press on the scroller itself is one on its scrollbar.
      if (event.type === "pointerdown" && event.target !== element) return;
      until.current = event.type === "pointerdown" ? Infinity : performance.now() + INTENT_MS;
    };
    const onRelease = (): void => {
      until.current = Math.min(until.current, performance.now() + INTENT_MS);
    };
    const intents = ["wheel", "touchmove", "keydown", "pointerdown"] as const;
    for (const name of intents) element.addEventListener(name, onIntent, { passive: true });
    window.addEventListener("pointerup", onRelease);
    return () => {
      for (const name of intents) element.removeEventListener(name, onIntent);
      window.removeEventListener("pointerup", onRelease);
    };
  }, [scroller]);
  return until;
}
