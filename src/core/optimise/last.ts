// The last place at which something stood, told apart by what it does.

/** Of two places the last, and the last that does something else than that one; -1 where there is none. */
export interface Last {
  at: number;
  does: number;
  otherwise: number;
}

/** None. */
export function never(): Last {
  return { at: -1, does: -1, otherwise: -1 };
}

/** Takes note of a place, in any order. */
export function note(last: Last, at: number, does: number): void {
  if (does === last.does) last.at = Math.max(last.at, at);
  else if (at > last.at) {
    last.otherwise = last.at;
    last.at = at;
    last.does = does;
  } else last.otherwise = Math.max(last.otherwise, at);
}

/** The last place that does something else than this. */
export function lastBut({ at, does: latest, otherwise }: Last, does: number): number {
  return latest === does ? otherwise : at;
}

/** The last places of ranges of numbers. */
export interface LastOfRanges {
  readonly note: (lo: bigint, hi: bigint, at: number, does: number) => void;
  /** The last place of a range that has a number in common with this one, and does something else. */
  readonly lastBut: (lo: bigint, hi: bigint, does: number) => number;
}

/** Numbers of a node: the last place, what it does, and the last that does something else. */
const size = 3;

/**
 * For ranges whose ends are known before: sorted, each end once, `hi` as `hi + 1`. A segment tree: each range is noted at
 * the few nodes that are exactly it, and at all nodes above as something that is below.
 */
export function lastOfRanges(ends: readonly bigint[]): LastOfRanges {
  let leaves = 1;
  while (leaves < ends.length) leaves *= 2;
  const whole = new Int32Array(2 * leaves * size).fill(-1);
  const within = new Int32Array(2 * leaves * size).fill(-1);
  const leafOf = (end: bigint): number => leaves + countBelow(ends, end);
  return {
    note: (lo, hi, at, does) => {
      const [first, behind] = [leafOf(lo), leafOf(hi + 1n)];
      for (let [left, right] = [first, behind]; left < right; left >>= 1, right >>= 1) {
        if (left % 2 === 1) noteAt(whole, left++, at, does);
        if (right % 2 === 1) noteAt(whole, --right, at, does);
      }
      for (let node = first; node > 0; node >>= 1) noteAt(within, node, at, does);
      for (let node = behind - 1; node > 0; node >>= 1) noteAt(within, node, at, does);
    },
    lastBut: (lo, hi, does) => {
      const [first, behind] = [leafOf(lo), leafOf(hi + 1n)];
      let last = -1;
      for (let [left, right] = [first, behind]; left < right; left >>= 1, right >>= 1) {
        if (left % 2 === 1) last = Math.max(last, lastAt(whole, left, does), lastAt(within, left++, does));
        if (right % 2 === 1) last = Math.max(last, lastAt(whole, --right, does), lastAt(within, right, does));
      }
      for (let node = first; node > 0; node >>= 1) last = Math.max(last, lastAt(whole, node, does));
      for (let node = behind - 1; node > 0; node >>= 1) last = Math.max(last, lastAt(whole, node, does));
      return last;
    },
  };
}

/** How many of the ends come before one; they are sorted. */
function countBelow(ends: readonly bigint[], end: bigint): number {
  let [low, high] = [0, ends.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ends[middle] ?? 0n) < end) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** As `note` does it. */
function noteAt(nodes: Int32Array, node: number, at: number, does: number): void {
  const place = node * size;
  const last = nodes[place] ?? -1;
  if (does === nodes[place + 1]) nodes[place] = Math.max(last, at);
  else if (at > last) {
    nodes[place + 2] = last;
    nodes[place] = at;
    nodes[place + 1] = does;
  } else nodes[place + 2] = Math.max(nodes[place + 2] ?? -1, at);
}

/** As `lastBut` does it. */
function lastAt(nodes: Int32Array, node: number, does: number): number {
  const place = node * size;
  return (nodes[place + 1] === does ? nodes[place + 2] : nodes[place]) ?? -1;
}
