/** The step of the sign-in that is shown, each with an entry of the browser's history: Back goes one back, and stays on the site. */
import { useEffect, useState } from "react";

import type { SignInStep } from "../api/provider";

export type Step = "sign-in" | "sign-up" | "forgot" | Exclude<SignInStep, "done">;

interface Entry {
  step: Step;
  /** How many entries are between it and the first step. */
  depth: number;
}

const first: Entry = { step: "sign-in", depth: 0 };

/** Kept beside what others keep in an entry. */
const entryOf = (state: unknown): Entry => (state as { signIn?: Entry } | null)?.signIn ?? first;

export function useSteps() {
  const [entry, setEntry] = useState(first);
  useEffect(() => {
    // After a reload the first step is shown; what was typed for a later one is gone.
    if (entryOf(history.state).depth > 0) history.replaceState(null, "");
    const onBack = ({ state }: PopStateEvent): void => setEntry(entryOf(state));
    window.addEventListener("popstate", onBack);
    return () => window.removeEventListener("popstate", onBack);
  }, []);
  return {
    step: entry.step,
    goTo: (step: Step): void => {
      const next = { step, depth: entry.depth + 1 };
      history.pushState({ signIn: next }, "");
      setEntry(next);
    },
    /** To the first step; the entries of the others are left behind. */
    toStart: (): void => {
      setEntry(first);
      if (entry.depth > 0) history.go(-entry.depth);
    },
  };
}
