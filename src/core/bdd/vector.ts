// Numbers of several bits, each bit a function, against constants. Built from the last bit up: where bits are variables in
// their order, a node costs one step, and ten thousand ranges are one walk over their borders.
import type { Bdd, Node } from './bdd.ts';

/** Both ends belong to it. */
export interface NumberRange {
  readonly lo: bigint;
  readonly hi: bigint;
}

/** Whether the number, most significant bit first, is this one. */
export function equals(bdd: Bdd, bits: readonly Node[], value: bigint): Node {
  if (value < 0n || value >> BigInt(bits.length) !== 0n) return 0;
  return bits.reduceRight<Node>((rest, bit, at) => {
    const isSet = (value >> BigInt(bits.length - 1 - at)) & 1n;
    return isSet ? bdd.ite(bit, rest, 0) : bdd.ite(bit, 0, rest);
  }, 1);
}

/** Whether it is not above the value. */
export function atMost(bdd: Bdd, bits: readonly Node[], value: bigint): Node {
  return inRange(bdd, bits, { lo: 0n, hi: value });
}

/** Whether it is not below the value. */
export function atLeast(bdd: Bdd, bits: readonly Node[], value: bigint): Node {
  return bdd.not(atMost(bdd, bits, value - 1n));
}

/** Whether it is in the range; never if that ends before it begins. */
export function inRange(bdd: Bdd, bits: readonly Node[], range: NumberRange): Node {
  return inRanges(bdd, bits, [range]);
}

/** Whether it is in one of the ranges: in any order, and they may overlap. */
export function inRanges(bdd: Bdd, bits: readonly Node[], ranges: readonly NumberRange[]): Node {
  const walk = { bdd, bits, ...bordersOf(ranges, bits.length) };
  return between(walk, 0, 0, walk.count, 0);
}

/** Where membership begins or ends: values in order, in words of 32 bits, most significant first, filled up at the end. */
interface Borders {
  readonly words: Uint32Array;
  /** How many words a value has. */
  readonly stride: number;
  readonly count: number;
}

interface Walk extends Borders {
  readonly bdd: Bdd;
  readonly bits: readonly Node[];
}

/**
 * The function of the bits from `bit` on, where the borders from `from` to `to` have the bits before in common.
 * `inside` is 1 if the values before the first of them belong to a range.
 */
function between(walk: Walk, bit: number, from: number, to: number, inside: number): Node {
  if (from === to) return inside;
  if (to - from === 1 && isClearFrom(walk, from, bit)) return inside ^ 1;
  const middle = firstSet(walk, bit, from, to);
  const low = between(walk, bit + 1, from, middle, inside);
  const high = between(walk, bit + 1, middle, to, inside ^ ((middle - from) & 1));
  return walk.bdd.ite(walk.bits[bit] ?? 0, high, low);
}

/** Whether the border has no bit set from this one on. */
function isClearFrom({ words, stride }: Walk, border: number, bit: number): boolean {
  const word = bit >>> 5;
  if (word < stride && (words[border * stride + word] ?? 0) << (bit & 31) !== 0) return false;
  for (let at = word + 1; at < stride; at++) if (words[border * stride + at] !== 0) return false;
  return true;
}

/** The first of some borders that has the bit. */
function firstSet({ words, stride }: Walk, bit: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const word = words[middle * stride + (bit >>> 5)] ?? 0;
    if (((word << (bit & 31)) & 0x8000_0000) === 0) low = middle + 1;
    else high = middle;
  }
  return low;
}

function bordersOf(ranges: readonly NumberRange[], width: number): Borders {
  const end = 1n << BigInt(width);
  const values = joined(ranges, end).flatMap(({ lo, hi }) => (hi + 1n < end ? [lo, hi + 1n] : [lo]));
  const stride = Math.max(1, Math.ceil(width / 32));
  const fill = BigInt(stride * 32 - width);
  const words = new Uint32Array(values.length * stride);
  for (const [border, value] of values.entries()) {
    let rest = value << fill;
    for (let at = stride - 1; at >= 0; at--) {
      words[border * stride + at] = Number(rest & 0xffff_ffffn);
      rest >>= 32n;
    }
  }
  return { words, stride, count: values.length };
}

/** The same values in order, in ranges that neither overlap nor touch and end below `end`. */
function joined(ranges: readonly NumberRange[], end: bigint): readonly NumberRange[] {
  const cut = ranges.map(({ lo, hi }) => ({ lo: lo < 0n ? 0n : lo, hi: hi >= end ? end - 1n : hi }));
  const sorted = cut.filter(({ lo, hi }) => lo <= hi).toSorted((one, other) => (one.lo < other.lo ? -1 : 1));
  const all: { lo: bigint; hi: bigint }[] = [];
  for (const range of sorted) {
    const last = all.at(-1);
    if (!last || range.lo > last.hi + 1n) all.push({ ...range });
    else if (range.hi > last.hi) last.hi = range.hi;
  }
  return all;
}
