// The other way round: a value that a field must have for a comparison to hold.
import type { DataType } from '../datatype/define.ts';
import { contains, type Range } from '../datatype/range.ts';
import type { Elements } from '../ir/ruleset.ts';
import type { FieldTest } from './field-match.ts';

/** Which of so many to take. */
type Choose = (count: number) => number;

/** A value for which the test holds, near to `actual` where that is a number; undefined where there is none. */
export function satisfyingValue(
  test: FieldTest,
  elements: Elements,
  type: DataType,
  actual: bigint | string,
  choose: Choose = () => 0,
): bigint | string | undefined {
  if (elements.kind === 'names') return satisfyingName(test, elements.names, choose);
  if (typeof actual === 'string') return undefined;
  const mask = test.mask ?? (1n << BigInt(type.width)) - 1n;
  const masked = satisfyingNumber(test, elements.ranges, mask, choose);
  return masked === undefined ? undefined : (actual & ~mask) | masked;
}

/** For `!=` a name that no policy is likely to have; the caller tries it out anyway. */
function satisfyingName(test: FieldTest, names: readonly string[], choose: Choose): string | undefined {
  return test.op === '!=' ? 'other0' : names[choose(names.length)]?.replace(/\*$/, '0');
}

function satisfyingNumber(
  test: FieldTest,
  ranges: readonly Range[],
  mask: bigint,
  choose: Choose,
): bigint | undefined {
  const limit = ranges[0]?.lo;
  if (limit === undefined) return test.op === '!=' ? 0n : undefined;
  const inside = (value: bigint): bigint | undefined => (value >= 0n && value <= mask ? value : undefined);
  switch (test.op) {
    case '==':
      return inside(valueIn(ranges, choose));
    case '>=':
    case '<=':
      return inside(limit);
    case '<':
      return inside(limit - 1n);
    case '>':
      return inside(limit + 1n);
    case '!=':
      return outside(ranges, mask, choose);
    case 'any':
      return limit & -limit;
    case 'none':
      return 0n;
  }
}

/** A number in one of the ranges: its first, its last or one between. */
function valueIn(ranges: readonly Range[], choose: Choose): bigint {
  const { lo, hi } = ranges[choose(ranges.length)] ?? { lo: 0n, hi: 0n };
  const places = [lo, hi, lo + (BigInt(choose(2 ** 31)) % (hi - lo + 1n))];
  return places[choose(places.length)] ?? lo;
}

/** A number next to one of the ranges that is in none of them. */
function outside(ranges: readonly Range[], mask: bigint, choose: Choose): bigint | undefined {
  const neighbours = ranges.flatMap(({ lo, hi }) => [hi + 1n, lo - 1n]);
  const free = neighbours.filter((value) => value >= 0n && value <= mask && !contains(ranges, value));
  return free[choose(free.length)];
}
