// The first of many by some order, without keeping all of them.

/** Keeps the best. */
export interface Top<Item> {
  /** False where no more items are needed. */
  wants(): boolean;
  add(item: Item): void;
  /** The best first; of equal ones that which came first. */
  items(): readonly Item[];
}

/** At most `limit` items; without a rank the first that come. */
export function topOf<Item>(limit: number, rank?: (item: Item) => number): Top<Item> {
  let kept: Item[] = [];
  const sorted = (): Item[] =>
    rank ? kept.toSorted((one, other) => rank(other) - rank(one)).slice(0, limit) : kept;
  const wants = () => rank !== undefined || kept.length < limit;
  return {
    wants,
    add(item) {
      if (!wants()) return;
      kept.push(item);
      if (kept.length >= 2 * limit + 1000) kept = sorted();
    },
    items: sorted,
  };
}
