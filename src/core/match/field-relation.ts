// How two comparisons of the same field relate: whether the one holds wherever the other does, or nowhere.
import { normalize, type Range } from '../datatype/range.ts';
import type { FieldTest } from './field-match.ts';
import { interfaceMatches } from './interface-pattern.ts';

/** `covers`: the first holds for every packet for which the second does. `excludes`: they never hold together. */
type Relation = 'covers' | 'excludes';

/** The relation as far as the values alone show it; `width` is that of the field in bits. */
export function relationOf(one: FieldTest, other: FieldTest, width: number): Relation | undefined {
  if (one.value.kind === 'names' && other.value.kind === 'names')
    return one.op === '==' && other.op === '==' ? ofNames(one.value.names, other.value.names) : undefined;
  const [mine, others] = [acceptedBy(one, width), acceptedBy(other, width)];
  return mine && others && ofRanges(mine, others);
}

function ofNames(mine: readonly string[], others: readonly string[]): Relation | undefined {
  if (others.every((other) => mine.some((name) => interfaceMatches(name, other)))) return 'covers';
  return others.some((other) => mine.some((name) => meets(name, other))) ? undefined : 'excludes';
}

function ofRanges(mine: readonly Range[], others: readonly Range[]): Relation | undefined {
  if (others.every((other) => mine.some(({ lo, hi }) => lo <= other.lo && other.hi <= hi))) return 'covers';
  return others.every((other) => mine.every((range) => apart(range, other))) ? 'excludes' : undefined;
}

function meets(one: string, other: string): boolean {
  return interfaceMatches(one, other) || interfaceMatches(other, one);
}

function apart(one: Range, other: Range): boolean {
  return one.hi < other.lo || other.hi < one.lo;
}

/** The numbers for which it holds, sorted and apart; undefined where that is more than a list of ranges. */
function acceptedBy({ op, mask, value }: FieldTest, width: number): readonly Range[] | undefined {
  if (value.kind !== 'ranges' || mask !== undefined) return undefined;
  const ranges = normalize(value.ranges);
  const limit = ranges[0]?.lo;
  if (limit === undefined) return undefined;
  const last = (1n << BigInt(width)) - 1n;
  switch (op) {
    case '==':
      return ranges;
    case '!=':
      return gaps(ranges, last);
    case '<':
      return [{ lo: 0n, hi: limit - 1n }];
    case '<=':
      return [{ lo: 0n, hi: limit }];
    case '>':
      return [{ lo: limit + 1n, hi: last }];
    case '>=':
      return [{ lo: limit, hi: last }];
    case 'any':
    case 'none':
      return undefined;
  }
}

function gaps(ranges: readonly Range[], last: bigint): readonly Range[] {
  const starts = [0n, ...ranges.map(({ hi }) => hi + 1n)];
  const ends = [...ranges.map(({ lo }) => lo - 1n), last];
  return starts.flatMap((lo, at) => {
    const hi = ends[at] ?? last;
    return lo <= hi ? [{ lo, hi }] : [];
  });
}
