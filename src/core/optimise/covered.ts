// Whether rules that are known hold for all packets that meet some conditions. Found by what the rules ask: of each kind
// of rule, those that agree in all fields but one are kept as one list of values of that field.
import type { Range } from '../datatype/range.ts';
import type { Atom } from '../ir/tuple.ts';
import type { Condition } from './seen.ts';
import { holds, isPoint, textOfAtom } from './values.ts';

export interface Cover {
  readonly add: (conditions: readonly Condition[]) => void;
  /** Whether every packet that meets these meets those of one of the rules that were added; false where that is not evident. */
  readonly covers: (conditions: readonly Condition[]) => boolean;
}

/** The values of one field for which some rules hold. */
interface Values {
  readonly points: Set<string>;
  readonly patterns: string[];
  /** Sorted, and neither overlapping nor adjacent. */
  readonly ranges: Range[];
}

/** With more conditions only rules that ask all of them, or one, or none are looked for. */
const mostConditions = 6;

/** No rules. */
export function createCover(): Cover {
  const found = new Map<string, Values>();
  const whole = new Set<string>();
  const kinds = new Set<number>();
  return {
    add: (conditions) => {
      whole.add(keyOf(conditions));
      kinds.add(kindsOf(conditions));
      for (const one of conditions) {
        if (one.selection?.keys.length !== 1) continue;
        const key = keyOf(conditions, one);
        const values = found.get(key) ?? { points: new Set(), patterns: [], ranges: [] };
        found.set(key, values);
        for (const atom of one.selection.tuples.flat()) addAtom(values, atom);
      }
    },
    covers: (conditions) =>
      subsetsOf(conditions).some(
        (some) =>
          kinds.has(kindsOf(some)) &&
          (whole.has(keyOf(some)) || some.some((one) => isHeld(found.get(keyOf(some, one)), one))),
      ),
  };
}

/** Rules with other kinds of conditions are not looked for; a few may seem alike that are not. */
function kindsOf(conditions: readonly Condition[]): number {
  return conditions.reduce((bits, { kind }) => bits | (1 << (kind % 31)), 0);
}

/** Values of one field only: of several at once a rule is covered by the same condition. */
function isHeld(values: Values | undefined, { selection }: Condition): boolean {
  if (!values || selection?.keys.length !== 1) return false;
  return selection.tuples.every(([atom]) => atom !== undefined && isIn(values, atom));
}

/** All of them, or all but one, of which the field is kept. */
function keyOf(conditions: readonly Condition[], left?: Condition): string {
  let key = left ? `${left.kind}:` : '';
  for (const one of conditions) if (one !== left) key += `${one.id},`;
  return key;
}

function subsetsOf(conditions: readonly Condition[]): readonly (readonly Condition[])[] {
  if (conditions.length > mostConditions) return [conditions, ...conditions.map((one) => [one]), []];
  const subsets: (readonly Condition[])[] = [[]];
  for (const one of conditions) subsets.push(...subsets.map((some) => [...some, one]));
  return subsets;
}

function addAtom(values: Values, atom: Atom): void {
  if (isPoint(atom)) values.points.add(textOfAtom(atom));
  else if (typeof atom === 'string') values.patterns.push(atom);
  else addRange(values.ranges, atom);
}

function isIn(values: Values, atom: Atom): boolean {
  if (values.points.has(textOfAtom(atom))) return true;
  if (typeof atom === 'string') return values.patterns.some((pattern) => holds(pattern, atom));
  const range = values.ranges[countUpTo(values.ranges, atom.lo) - 1];
  return range !== undefined && holds(range, atom);
}

/** Joins it with those that it overlaps or touches. */
function addRange(ranges: Range[], { lo, hi }: Range): void {
  const before = ranges[countUpTo(ranges, lo) - 1];
  const first = countUpTo(ranges, lo) - (before && before.hi + 1n >= lo ? 1 : 0);
  const behind = countUpTo(ranges, hi + 1n);
  const last = ranges[behind - 1];
  const joined = {
    lo: before && before.hi + 1n >= lo ? before.lo : lo,
    hi: last && last.hi > hi ? last.hi : hi,
  };
  ranges.splice(first, behind - first, joined);
}

/** How many of the ranges begin at the number or before it. */
function countUpTo(ranges: readonly Range[], number: bigint): number {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.lo ?? 0n) <= number) low = middle + 1;
    else high = middle;
  }
  return low;
}
