// Which of several sets of values is the shortest to write.
import type { Bdd, Node } from '../bdd/bdd.ts';
import { inRanges } from '../bdd/vector.ts';
import { prefixLength, type Range } from '../datatype/range.ts';
import { bitsOf, type Dimension, rangesOf } from './dimension.ts';

/** Longer lists of ranges are taken as they are. */
const most = 64;

/** How long a set is when it is written: ranges, or those of its complement and a word. */
export function costOf(bdd: Bdd, dimension: Dimension, values: Node): number {
  if (values === 1) return 0;
  const [of, but] = [values, bdd.not(values)].map((one) => lengthOf(bdd, dimension, one));
  return Math.min(of ?? 0, (but ?? 0) + 1);
}

function lengthOf(bdd: Bdd, dimension: Dimension, values: Node): number {
  const ranges = rangesOf(bdd, dimension, values, most);
  if (!ranges) return most + bdd.size(values);
  return ranges.reduce((sum, range) => sum + lengthOfRange(dimension, range), 0);
}

/** A range that is no prefix is written as two addresses. */
function lengthOfRange({ shape, variables }: Dimension, range: Range): number {
  return shape === 'ranges' || prefixLength(range, variables.length) !== undefined ? 1 : 2;
}

/** The shortest set with all that is needed and nothing that is not allowed; the smaller one of two that are alike. */
export function simplest(bdd: Bdd, dimension: Dimension, needed: Node, allowed: Node): Node {
  if (allowed === 1) return 1;
  if (allowed === needed) return needed;
  const joined = joinedWithin(bdd, dimension, needed, allowed);
  return [needed, joined, allowed].reduce((short, one) =>
    costOf(bdd, dimension, one) < costOf(bdd, dimension, short) ? one : short,
  );
}

/** With what lies between its parts, as far as that is allowed. */
function joinedWithin(bdd: Bdd, dimension: Dimension, needed: Node, allowed: Node): Node {
  const [parts, bounds] = [needed, allowed].map((one) => rangesOf(bdd, dimension, one, most));
  if (!parts || !bounds) return needed;
  const joined = bounds.flatMap((bound) => {
    const inside = parts.filter(({ lo }) => bound.lo <= lo && lo <= bound.hi);
    const [first, last] = [inside[0], inside.at(-1)];
    return first && last ? [shortestWithin(dimension, { lo: first.lo, hi: last.hi }, bound)] : [];
  });
  return inRanges(bdd, bitsOf(bdd, dimension), joined);
}

/** The range, or the whole bound or the smallest prefix around it where that is shorter. */
function shortestWithin(dimension: Dimension, range: Range, bound: Range): Range {
  const around = prefixAround(range);
  const isInside = bound.lo <= around.lo && around.hi <= bound.hi;
  return [range, ...(isInside ? [around] : []), bound].reduce((short, one) =>
    lengthOfRange(dimension, one) < lengthOfRange(dimension, short) ? one : short,
  );
}

function prefixAround({ lo, hi }: Range): Range {
  const host = BigInt((lo ^ hi).toString(2).length);
  const size = lo === hi ? 1n : 1n << host;
  return { lo: lo - (lo % size), hi: lo - (lo % size) + size - 1n };
}
