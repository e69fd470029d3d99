// Sets of classes as intervals: a flat list of first and last class, ascending, none of which touch.

/** First and last class of each interval, one behind the other. */
export type Intervals = Int32Array;

/** The classes in both. */
export function intersection(some: Intervals, others: Intervals): Intervals {
  const found: number[] = [];
  for (let a = 0, b = 0; a < some.length && b < others.length; ) {
    const [lo, hi] = [some[a] ?? 0, some[a + 1] ?? 0];
    const [from, to] = [others[b] ?? 0, others[b + 1] ?? 0];
    if (lo <= to && from <= hi) found.push(Math.max(lo, from), Math.min(hi, to));
    if (hi < to) a += 2;
    else b += 2;
  }
  return Int32Array.from(found);
}

/** Whether a class is in one of the intervals that stand in `words`, so many numbers from `from` on. */
export function includes(words: Int32Array, from: number, length: number, value: number): boolean {
  let [low, high] = [0, length >> 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((words[from + 2 * middle + 1] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return 2 * low < length && (words[from + 2 * low] ?? 0) <= value;
}
