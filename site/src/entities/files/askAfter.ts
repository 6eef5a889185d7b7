/** How long a file that is being read may be silent before the server is asked about it. Pure. */

export const POLL_MS = 2_500;
/** While frames are pushed. */
export const SILENCE_MS = 6_000;
/** While nobody looks at the page. */
export const HIDDEN_MS = 15_000;
export const SLOWEST_MS = 30_000;
/** Answers without news before the pauses begin to grow. */
const PATIENCE = 3;

interface Situation {
  /** How many answers in a row told nothing new. */
  quiet: number;
  isPushed: boolean;
  isHidden: boolean;
}

export function askAfterMs({ quiet, isPushed, isHidden }: Situation): number {
  const leastMs = Math.max(isPushed ? SILENCE_MS : POLL_MS, isHidden ? HIDDEN_MS : 0);
  return Math.min(SLOWEST_MS, leastMs * 2 ** Math.max(0, quiet - PATIENCE));
}

/** A server that is overloaded is asked later at once: as after this many answers without news. */
export const afterRefusal = (quiet: number): number => Math.max(quiet, PATIENCE) + 1;
