import { useCallback, useLayoutEffect, useRef } from "react";

/** A callback that keeps its identity and does what the latest rendering's does. Not to be called while rendering. */
export function useStable<A extends unknown[], R>(callback: (...args: A) => R): (...args: A) => R {
  const latest = useRef(callback);
  useLayoutEffect(() => {
    latest.current = callback;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
