// The few largest of many, and the rest as one.

/** The largest by a measure, in falling order, and those that are left over. */
export interface Folded<T> {
  readonly shown: readonly T[];
  readonly rest: readonly T[];
}

/** So many are shown; a rest of one is shown, too, as it takes no more room than saying so. */
export function foldedBy<T>(items: readonly T[], most: number, measure: (item: T) => number): Folded<T> {
  const sorted = items.toSorted((a, b) => measure(b) - measure(a));
  const shown = sorted.length === most + 1 ? most + 1 : most;
  return { shown: sorted.slice(0, shown), rest: sorted.slice(shown) };
}
