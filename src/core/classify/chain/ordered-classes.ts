// The classes of an ordered part: between two borders all values are alike. Finding one takes a table of the upper 16
// bits, and from there a search among the borders that share them.
import { wordsOf } from '../borders.ts';

/** The classes of the values of one part, from 0. */
export interface OrderedClasses {
  readonly count: number;
  /** The class that begins with this border. */
  startingAt(border: bigint): number;
  /** Of a number below 2^32. */
  classOf(value: number): number;
  /** Of an IPv6 address, whose four words stand in `words` from `at` on. */
  classOfWords(words: Uint32Array, at: number): number;
  readonly bytes: number;
}

/** `borders`: the first value of each class but the lowest, in any order and repeated; `width`: bits of a value. */
export function orderedClasses(borders: Iterable<bigint>, width: 16 | 32 | 128): OrderedClasses {
  const sorted = [0n, ...new Set(borders)].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const unique = sorted.filter((one, at) => at === 0 || one !== sorted[at - 1]);
  const places = new Map(unique.map((border, place) => [border, place]));
  const startingAt = (border: bigint) => places.get(border) ?? 0;
  const lookup = width === 128 ? wideLookup(unique) : narrowLookup(unique, width);
  return { count: unique.length, startingAt, ...lookup };
}

type Lookup = Pick<OrderedClasses, 'classOf' | 'classOfWords' | 'bytes'>;

/** Fewer borders are searched without a table. */
const fewBorders = 32;

function narrowLookup(borders: readonly bigint[], width: number): Lookup {
  const starts = Uint32Array.from(borders, Number);
  const shift = width - 16;
  const first = starts.length > fewBorders ? firstByUpperBits(starts, shift) : undefined;
  const classOf = first
    ? (value: number) => {
        const upper = value >>> shift;
        return lastUpTo(starts, value, first[upper] ?? 0, first[upper + 1] ?? 0);
      }
    : (value: number) => lastUpTo(starts, value, 0, starts.length - 1);
  return { classOf, classOfWords: () => 0, bytes: starts.byteLength + (first?.byteLength ?? 0) };
}

/** The class of the least number with each value of the upper bits. */
function firstByUpperBits(starts: Uint32Array, shift: number): Uint32Array {
  const first = new Uint32Array(65_537).fill(starts.length - 1);
  let at = 0;
  for (let upper = 0; upper < 65_536; upper++) {
    while (at + 1 < starts.length && (starts[at + 1] ?? 0) <= upper * 2 ** shift) at++;
    first[upper] = at;
  }
  return first;
}

/** The place of the last start that is not above the value, between two places. */
function lastUpTo(starts: Uint32Array, value: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((starts[middle] ?? 0) <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

function wideLookup(borders: readonly bigint[]): Lookup {
  const starts = new Uint32Array(4 * borders.length);
  for (const [place, border] of borders.entries()) starts.set(wordsOf(border), 4 * place);
  const classOfWords = (words: Uint32Array, at: number) => {
    let [low, high] = [0, borders.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (isUpTo(starts, 4 * middle, words, at)) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return { classOf: () => 0, classOfWords, bytes: starts.byteLength };
}

function isUpTo(some: Uint32Array, from: number, others: Uint32Array, at: number): boolean {
  for (let word = 0; word < 4; word++) {
    const [one = 0, other = 0] = [some[from + word], others[at + word]];
    if (one !== other) return one < other;
  }
  return true;
}
