// Ranges of whole numbers: the common form of addresses, prefixes, ports and marks.

/** All whole numbers from `lo` to `hi`, both included. */
export interface Range {
  readonly lo: bigint;
  readonly hi: bigint;
}

/** The range of one number. */
export function single(value: bigint): Range {
  return { lo: value, hi: value };
}

/** Whether a number lies in any of the ranges. */
export function contains(ranges: readonly Range[], value: bigint): boolean {
  return ranges.some((range) => range.lo <= value && value <= range.hi);
}

/** Sorted, with overlapping and adjacent ranges joined. */
export function normalize(ranges: readonly Range[]): readonly Range[] {
  const sorted = ranges.toSorted((a, b) => (a.lo < b.lo ? -1 : a.lo > b.lo ? 1 : 0));
  const joined: Range[] = [];
  for (const range of sorted) {
    const last = joined.at(-1);
    if (last && range.lo <= last.hi + 1n) {
      joined[joined.length - 1] = { lo: last.lo, hi: range.hi > last.hi ? range.hi : last.hi };
    } else joined.push(range);
  }
  return joined;
}

/** The length of the prefix that is exactly this range in a space of `width` bits, or undefined. */
export function prefixLength(range: Range, width: number): number | undefined {
  const size = range.hi - range.lo + 1n;
  if ((size & (size - 1n)) !== 0n || range.lo % size !== 0n) return undefined;
  return width - (size.toString(2).length - 1);
}

/** The range of addresses that share the first `length` bits with `value`. */
export function prefixRange(value: bigint, length: number, width: number): Range {
  const size = 1n << BigInt(width - length);
  const lo = value - (value % size);
  return { lo, hi: lo + size - 1n };
}

/** The smallest list of prefixes that covers exactly this range. */
export function toPrefixes(range: Range, width: number): readonly Range[] {
  const prefixes: Range[] = [];
  let lo = range.lo;
  while (lo <= range.hi) {
    let size = 1n;
    while (lo % (size * 2n) === 0n && lo + size * 2n - 1n <= range.hi && size * 2n <= 1n << BigInt(width))
      size *= 2n;
    prefixes.push({ lo, hi: lo + size - 1n });
    lo += size;
  }
  return prefixes;
}
