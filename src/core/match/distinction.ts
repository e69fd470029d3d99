// What a condition tells packets apart by: fields, and the values at which its answer may change. What classifies many
// packets at once takes those between two such values for alike.
import type { Range } from '../datatype/range.ts';
import type { Field } from '../field/define.ts';
import type { SetElements } from '../ir/ruleset.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import type { Selector } from './selector.ts';

/** A field that is compared with these values, after `& mask` where one is given. */
export interface Distinction {
  readonly field: Field;
  readonly mask?: bigint;
  readonly values: readonly Atom[];
  /** Single bits are looked at, so that any two values may differ. */
  readonly bits?: true;
}

/** What the values of one field are compared with. */
export function atomsOf(elements: SetElements): readonly Atom[] {
  switch (elements.kind) {
    case 'ranges':
      return elements.ranges;
    case 'names':
      return elements.names;
    case 'tuples':
      return elements.tuples.flatMap(([first, ...others]) =>
        first !== undefined && others.length === 0 ? [first] : [],
      );
  }
}

/** Each field of a concatenation by itself: no more than that is needed for the lookup to come out the same. */
export function distinctionsOfTuples(
  selectors: readonly Selector[],
  tuples: readonly (Tuple | 'any')[],
): readonly Distinction[] {
  return selectors.map(({ field }, at) => ({
    field,
    values: tuples.flatMap((tuple) => (tuple === 'any' ? [] : (tuple[at] ?? []))),
  }));
}

/** The numbers that, masked, are in the range: one range where the mask leaves the upper bits; undefined otherwise. */
export function beforeMask({ lo, hi }: Range, mask: bigint, width: number): Range | undefined {
  const rest = ((1n << BigInt(width)) - 1n) ^ mask;
  const isPrefix = (rest & (rest + 1n)) === 0n;
  return isPrefix ? { lo: (lo + rest) & ~rest, hi: hi | rest } : undefined;
}
