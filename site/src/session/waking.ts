/** Has what answers made ready when somebody begins to type after a silence, in which it may have gone to sleep. */

export const SILENCE_MS = 5 * 60_000;

interface WakerOptions {
  wake: () => Promise<unknown>;
  now: () => number;
}

export class Waker {
  readonly #options: WakerOptions;
  #lastMs: number;

  /** From now on: opening the site has woken it already. */
  constructor(options: WakerOptions) {
    this.#options = options;
    this.#lastMs = options.now();
  }

  /** Something was typed. It only saves time, so nobody hears of a failure. */
  typed(): void {
    const now = this.#options.now();
    const silence = now - this.#lastMs;
    this.#lastMs = now;
    if (silence >= SILENCE_MS) this.#options.wake().catch(() => undefined);
  }
}
