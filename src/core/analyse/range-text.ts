// Sets of numbers as a person writes them: names of sets and services, prefixes, ranges, single values.
import { normalize, prefixLength, type Range } from '../datatype/range.ts';

/** Values that have a name of their own. */
export interface NamedRanges {
  readonly name: string;
  readonly ranges: readonly Range[];
}

/** How values of a column are written. */
export interface RangeStyle {
  readonly width: number;
  readonly write: (range: Range) => readonly string[];
  /** Those that come first are preferred. */
  readonly named: readonly NamedRanges[];
  /** Values of which it does not matter whether they are in it. */
  readonly open?: readonly Range[];
}

/** Before what a set lacks. */
export const allBut = 'all but ';

/**
 * The set, or what it lacks where that is shorter; nothing for a set that lacks nothing that matters. Ranges are in order
 * and do not touch.
 */
export function writeRanges(ranges: readonly Range[], style: RangeStyle): string {
  const { width, open = [] } = style;
  const named = style.named.map((one) => ({ ...one, ranges: rangesWithout(one.ranges, open) }));
  const whole = { lo: 0n, hi: (1n << BigInt(width)) - 1n };
  const [has, lacks] = [rangesWithout(ranges, open), rangesWithout(rangesWithout([whole], ranges), open)].map(
    (some) => partsOf(some, { ...style, named }),
  );
  if (lacks?.length === 0 && open.length > 0) return '';
  const [said, but] = [has?.join(', ') ?? '', `${allBut}${lacks?.join(', ') ?? ''}`];
  if (!has || !lacks || has.length < lacks.length) return said;
  return has.length === lacks.length && said.length <= but.length ? said : but;
}

/** A name stands for what would else be as many parts: a service in the middle of a range is none of them. */
function partsOf(ranges: readonly Range[], style: RangeStyle): readonly string[] {
  const names: string[] = [];
  let left = ranges;
  for (const one of style.named) {
    if (one.ranges.length === 0 || rangesWithout(one.ranges, left).length > 0) continue;
    const others = rangesWithout(left, one.ranges);
    if (others.length >= left.length) continue;
    names.push(one.name);
    left = others;
  }
  return [...names, ...left.flatMap((range) => style.write(range))];
}

/** One value, or the first and the last. */
export function writeRange({ lo, hi }: Range, format: (value: bigint) => string): readonly string[] {
  return [lo === hi ? format(lo) : `${format(lo)}-${format(hi)}`];
}

/** A prefix where it is one. */
export function writePrefix(
  range: Range,
  width: number,
  format: (value: bigint) => string,
): readonly string[] {
  const length = prefixLength(range, width);
  return length === undefined || length === width
    ? writeRange(range, format)
    : [`${format(range.lo)}/${length}`];
}

/** The values of the first ranges that the others do not have. */
export function rangesWithout(ranges: readonly Range[], others: readonly Range[]): readonly Range[] {
  return normalize(others).reduce<readonly Range[]>(
    (left, other) => left.flatMap((range) => without(range, other)),
    normalize(ranges),
  );
}

function without({ lo, hi }: Range, other: Range): readonly Range[] {
  if (other.hi < lo || hi < other.lo) return [{ lo, hi }];
  return [
    { lo, hi: other.lo - 1n },
    { lo: other.hi + 1n, hi },
  ].filter((part) => part.lo <= part.hi);
}
