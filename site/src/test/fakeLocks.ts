/** Web Locks in memory, as far as the site uses them: each test's tabs share one of these. */
export class FakeLocks implements LockManager {
  readonly #held = new Set<string>();

  async request<T>(name: string, ...rest: unknown[]): Promise<Awaited<T>> {
    const hold = rest.at(-1) as LockGrantedCallback<T>;
    await Promise.resolve();
    if (this.#held.has(name)) return await hold(null);
    this.#held.add(name);
    try {
      return await hold({ name, mode: "exclusive" } as Lock);
    } finally {
      this.#held.delete(name);
    }
  }

  async query(): Promise<LockManagerSnapshot> {
    return { held: [...this.#held].map((name) => ({ name, mode: "exclusive" as const, clientId: "" })), pending: [] };
  }
}
