// Values in classes: between two borders all of them are alike.
import type { Range } from '../datatype/range.ts';

/** The classes of the values of one part of a packet. */
export interface Borders {
  /** The first value of each class but the lowest, in order. */
  readonly values: readonly bigint[];
  /** The class of a number below 2^32. */
  classOf(value: number): number;
  /** The class of an IPv6 address, whose four words stand in `words` from `at` on. */
  classOfWords(words: Uint32Array, at: number): number;
}

/** Tells the values in each of these ranges from all others. `isWide`: they are of 128 bits, otherwise of 32 at most. */
export function bordersOf(ranges: readonly Range[], isWide: boolean): Borders {
  const most = 1n << (isWide ? 128n : 32n);
  const all = new Set(ranges.flatMap(({ lo, hi }) => [lo, hi + 1n]).filter((one) => one > 0n && one < most));
  const sorted = [...all].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (!isWide) {
    const numbers = Float64Array.from(sorted, Number);
    return { values: sorted, classOf: (value) => countUpTo(numbers, value), classOfWords: () => 0 };
  }
  const words = Uint32Array.from(sorted.flatMap(wordsOf));
  return {
    values: sorted,
    classOf: () => 0,
    classOfWords: (address, at) => countWordsUpTo(words, address, at),
  };
}

/** An IPv6 address as four words, the most significant first. */
export function wordsOf(value: bigint): readonly number[] {
  return [96n, 64n, 32n, 0n].map((shift) => Number((value >> shift) & 0xffff_ffffn));
}

/** How many of the sorted numbers are not above the value. */
function countUpTo(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The same of numbers of four words, the most significant first. */
function countWordsUpTo(sorted: Uint32Array, words: Uint32Array, at: number): number {
  let [low, high] = [0, sorted.length / 4];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isUpTo(sorted, middle * 4, words, at)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isUpTo(some: Uint32Array, from: number, others: Uint32Array, at: number): boolean {
  for (let word = 0; word < 4; word++) {
    const [one = 0, other = 0] = [some[from + word], others[at + word]];
    if (one !== other) return one < other;
  }
  return true;
}
