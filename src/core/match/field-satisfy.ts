// The other way round: a value that a field must have for a comparison to hold.
import type { DataType } from '../datatype/define.ts';
import { contains, type Range } from '../datatype/range.ts';
import type { Elements } from '../ir/ruleset.ts';
import type { FieldTest } from './field-match.ts';

/** A value for which the test holds, near to `actual` where that is a number; undefined where there is none. */
export function satisfyingValue(
  test: FieldTest,
  elements: Elements,
  type: DataType,
  actual: bigint | string,
): bigint | string | undefined {
  if (elements.kind === 'names') return satisfyingName(test, elements.names);
  if (typeof actual === 'string') return undefined;
  const mask = test.mask ?? (1n << BigInt(type.width)) - 1n;
  const masked = satisfyingNumber(test, elements.ranges, mask);
  return masked === undefined ? undefined : (actual & ~mask) | masked;
}

/** For `!=` a name that no policy is likely to have; the caller tries it out anyway. */
function satisfyingName(test: FieldTest, names: readonly string[]): string | undefined {
  return test.op === '!=' ? 'other0' : names[0]?.replace(/\*$/, '0');
}

function satisfyingNumber(test: FieldTest, ranges: readonly Range[], mask: bigint): bigint | undefined {
  const limit = ranges[0]?.lo;
  if (limit === undefined) return test.op === '!=' ? 0n : undefined;
  const inside = (value: bigint): bigint | undefined => (value >= 0n && value <= mask ? value : undefined);
  switch (test.op) {
    case '==':
    case '>=':
    case '<=':
      return inside(limit);
    case '<':
      return inside(limit - 1n);
    case '>':
      return inside(limit + 1n);
    case '!=':
      return outside(ranges, mask);
    case 'any':
      return limit & -limit;
    case 'none':
      return 0n;
  }
}

/** The first number next to one of the ranges that is in none of them. */
function outside(ranges: readonly Range[], mask: bigint): bigint | undefined {
  const neighbours = ranges.flatMap(({ lo, hi }) => [hi + 1n, lo - 1n]);
  return neighbours.find((value) => value >= 0n && value <= mask && !contains(ranges, value));
}
