/**
 * Which tab works on a record that all of them can read: the one that holds its Web Lock. The lock ends with the tab,
 * so that another one can take over what was left behind. Where there are no locks, every tab works on what it finds.
 */
export class Ownership {
  readonly #locks: LockManager | undefined;
  /** Held, or asked for: what ends it, once it is held. */
  readonly #wanted = new Map<string, (() => void) | null>();
  readonly #asked = new Map<string, Promise<boolean>>();
  /** Records that another tab had when they were last looked at, and whether it had let go of them by then. */
  readonly #foreign = new Map<string, "held" | "free">();

  constructor(locks: LockManager | undefined = globalThis.navigator?.locks) {
    this.#locks = locks;
  }

  /**
   * Whether this tab works on a record. What another tab had is only taken over when it was free twice in a row, so
   * that a tab that is being reloaded can take up its own.
   */
  claim(name: string): Promise<boolean> {
    if (!this.#locks || this.#wanted.get(name)) return Promise.resolve(true);
    const asked = this.#asked.get(name) ?? this.#ask(name, this.#locks).finally(() => this.#asked.delete(name));
    this.#asked.set(name, asked);
    return asked;
  }

  release(name: string): void {
    this.#wanted.get(name)?.();
    this.#wanted.delete(name);
    this.#foreign.delete(name);
  }

  dispose(): void {
    for (const name of this.#wanted.keys()) this.release(name);
  }

  async #ask(name: string, locks: LockManager): Promise<boolean> {
    if (this.#foreign.has(name) && !(await this.#isFreeAgain(name, locks))) return false;
    const isOwn = await this.#request(name, locks);
    if (isOwn) this.#foreign.delete(name);
    else this.#foreign.set(name, "held");
    return isOwn;
  }

  async #isFreeAgain(name: string, locks: LockManager): Promise<boolean> {
    const { held = [] } = await locks.query();
    const wasFree = this.#foreign.get(name) === "free";
    const isFree = !held.some((lock) => lock.name === name);
    this.#foreign.set(name, isFree ? "free" : "held");
    return isFree && wasFree;
  }

  #request(name: string, locks: LockManager): Promise<boolean> {
    this.#wanted.set(name, null);
    return new Promise((resolve) => {
      const hold = (lock: Lock | null): Promise<void> | undefined => {
        const isOwn = lock !== null && this.#wanted.has(name);
        if (!isOwn) this.#wanted.delete(name);
        resolve(isOwn);
        return isOwn ? new Promise((release) => this.#wanted.set(name, release)) : undefined;
      };
      // Refused where the page may have no storage: then no other tab shares any.
      locks.request(name, { ifAvailable: true }, hold).catch(() => resolve(true));
    });
  }
}
