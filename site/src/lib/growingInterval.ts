const FIRST_MS = 4_000;
const SLOWEST_MS = 60_000;

/** How long to wait before something is looked at again: the longer nothing has changed, the longer. */
export class GrowingInterval {
  #seen: string | null = null;
  #sinceMs = 0;

  /** seen: what was found last, equal while nothing changes; null: there is nothing to wait for. Answers ms. */
  after(seen: string | null): number | false {
    const now = Date.now();
    if (seen !== this.#seen) this.#sinceMs = now;
    this.#seen = seen;
    if (seen === null) return false;
    // In steps: a timer that is set anew with each other number would never run out.
    const doublings = Math.floor(Math.log2(Math.max(2, (now - this.#sinceMs) / FIRST_MS))) - 1;
    return Math.min(SLOWEST_MS, FIRST_MS * 2 ** doublings);
  }
}
