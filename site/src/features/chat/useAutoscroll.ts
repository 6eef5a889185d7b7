/**
 * Keeps the end in view while it grows, until the reader scrolls up; then it stays where the reader is, also when
 * earlier messages come in above.
 */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

/** How long after a wheel, key or drag a move of the page is the reader's. */
const INTENT_MS = 1_000;
const UPWARD_KEYS: ReadonlySet<string> = new Set(["ArrowUp", "PageUp", "Home", "Tab", " "]);
const AT_END_PX = 40;
const SHOW_JUMP_PX = 160;

const distanceToEnd = (element: HTMLElement): number => element.scrollHeight - element.scrollTop - element.clientHeight;

/** threadKey: a new one starts at its end. firstKey: changes when something is put in above. */
export function useAutoscroll(threadKey: string, firstKey: string) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const isFollowing = useRef(true);
  const readerUntil = useRef(0);
  const last = useRef({ top: 0, fromBottom: 0 });
  const [isAway, setAway] = useState(false);

  const remember = useCallback((element: HTMLElement): void => {
    last.current = { top: element.scrollTop, fromBottom: element.scrollHeight - element.scrollTop };
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
    if (distanceToEnd(element) <= AT_END_PX) isFollowing.current = true;
    // Content that shrinks moves the page up as well; only what the reader does ends the following.
    else if (element.scrollTop < last.current.top && performance.now() < readerUntil.current) isFollowing.current = false;
    remember(element);
  }, [remember]);

  useEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const onIntent = (event: Event): void => {
      if (event instanceof KeyboardEvent && !UPWARD_KEYS.has(event.key)) return;
      // A press on the scroller itself is one on its scrollbar.
      if (event.type === "pointerdown" && event.target !== element) return;
      readerUntil.current = event.type === "pointerdown" ? Infinity : performance.now() + INTENT_MS;
    };
    const onRelease = (): void => {
      readerUntil.current = Math.min(readerUntil.current, performance.now() + INTENT_MS);
    };
    const intents = ["wheel", "touchmove", "keydown", "pointerdown"] as const;
    for (const name of intents) element.addEventListener(name, onIntent, { passive: true });
    window.addEventListener("pointerup", onRelease);
    return () => {
      for (const name of intents) element.removeEventListener(name, onIntent);
      window.removeEventListener("pointerup", onRelease);
    };
  }, []);

  // Each thread starts at its end.
  useLayoutEffect(toEnd, [threadKey, toEnd]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element && !isFollowing.current) element.scrollTop = element.scrollHeight - last.current.fromBottom;
    // oxlint-disable-next-line react/exhaustive-effect-dependencies -- What comes in above moves what is read.
  }, [firstKey]);

  useEffect(() => {
    const element = scroller.current;
    if (!element || !content.current) return;
    const observer = new ResizeObserver(() => (isFollowing.current ? toEnd() : remember(element)));
    observer.observe(content.current);
    observer.observe(element);
    return () => observer.disconnect();
  }, [toEnd, remember]);

  return { scroller, content, onScroll, isAway, toEnd };
}
