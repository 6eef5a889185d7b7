/** Random cases that can be had again: each run of a property is told its seed when it fails. */

export type Random = () => number;

/** mulberry32 */
export function seeded(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export function randomly(runs: number, property: (random: Random) => void): void {
  for (let seed = 1; seed <= runs; seed += 1) {
    try {
      property(seeded(seed));
    } catch (error) {
      throw new Error(`The property fails with seed ${seed}.`, { cause: error });
    }
  }
}

export function shuffled<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .toSorted((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
