// The classes of an ordered part: between two borders all values are alike. Finding one takes a table of equal steps from
// the lowest to the highest border, and from there a search among the few borders in a step.
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
export function orderedClasses(borders: readonly bigint[], width: 16 | 32 | 128): OrderedClasses {
  return width === 128 ? wideClasses(borders) : narrowClasses(borders);
}

function narrowClasses(borders: readonly bigint[]): OrderedClasses {
  const starts = uniqueFrom0(Uint32Array.from(borders, Number).toSorted());
  const last = starts.length - 1;
  const [lowest, highest] = [starts[1] ?? 0xffff_ffff, starts[last] ?? 0];
  const shift = shiftFor(highest - lowest, starts.length);
  const first = firstInSteps(starts, lowest, highest, shift);
  const classOf = (value: number): number => {
    if (value < lowest) return 0;
    if (value >= highest) return last;
    const step = (value - lowest) >>> shift;
    return lastUpTo(starts, value, first[step] ?? 0, first[step + 1] ?? 0);
  };
  return {
    count: starts.length,
    startingAt: (border) => classOf(Number(border)),
    classOf,
    classOfWords: () => 0,
    bytes: starts.byteLength + first.byteLength,
  };
}

/** For each class there are some steps, so that few classes begin in one. */
const stepsForClass = 4;

/** How many bits a step has, where a span of numbers is cut into steps. */
function shiftFor(span: number, classes: number): number {
  let shift = 0;
  while (shift < 31 && span / 2 ** shift > stepsForClass * classes) shift++;
  return shift;
}

/** With 0, and each number once. */
function uniqueFrom0(sorted: Uint32Array): Uint32Array {
  const isNew = (value: number, at: number) => value !== (at === 0 ? 0 : sorted[at - 1]);
  const others = sorted.filter(isNew);
  const found = new Uint32Array(others.length + 1);
  found.set(others, 1);
  return found;
}

/** The class of the first number of each step. */
function firstInSteps(starts: Uint32Array, lowest: number, highest: number, shift: number): Uint32Array {
  const steps = Math.max(0, Math.floor((highest - lowest) / 2 ** shift)) + 2;
  const first = new Uint32Array(steps).fill(starts.length - 1);
  let at = 0;
  for (let step = 0; step < steps; step++) {
    while (at + 1 < starts.length && (starts[at + 1] ?? 0) <= lowest + step * 2 ** shift) at++;
    first[step] = at;
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

function wideClasses(given: readonly bigint[]): OrderedClasses {
  const sorted = [0n, ...new Set(given)].toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const borders = sorted.filter((one, at) => at === 0 || one !== sorted[at - 1]);
  const places = new Map(borders.map((border, place) => [border, place]));
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
  const startingAt = (border: bigint) => places.get(border) ?? 0;
  return { count: borders.length, startingAt, classOf: () => 0, classOfWords, bytes: starts.byteLength };
}

function isUpTo(some: Uint32Array, from: number, others: Uint32Array, at: number): boolean {
  for (let word = 0; word < 4; word++) {
    const [one = 0, other = 0] = [some[from + word], others[at + word]];
    if (one !== other) return one < other;
  }
  return true;
}
