// Comparisons that only ask for one of some values, as those values and back: so that rules that differ in them can be
// put together.
import { normalize, type Range, single } from '../datatype/range.ts';
import type { Field } from '../field/define.ts';
import type { Tuple } from '../ir/tuple.ts';
import { bitsOf } from './field-language.ts';
import type { FieldTest } from './field-match.ts';
import { singleValue } from './field-simplify.ts';
import { interfaceMatches } from './interface-pattern.ts';
import type { TupleValue } from './reader.ts';

/** What is compared; `oneBit`: its values have one bit each. */
export interface Compared {
  readonly field: Field;
  readonly oneBit?: true;
}

/** The values, if the test asks for nothing else and has them itself. */
export function valuesOf(test: FieldTest, { field, oneBit }: Compared): readonly Tuple[] | undefined {
  const { op, mask, value } = test;
  const bits = oneBit && op === 'any' ? singleValue(test) : undefined;
  if (bits !== undefined) return bitsOf(bits).map((bit) => [single(bit)]);
  if (op !== '==' || mask !== undefined || field.type.bitmask || value.kind === 'set') return undefined;
  return value.kind === 'names' ? value.names.map((name) => [name]) : value.ranges.map((range) => [range]);
}

/** The test that asks for one of the values. What others hold already is left out. */
export function testOf(value: TupleValue, { field, oneBit }: Compared): FieldTest {
  if (value.kind === 'set') return { op: '==', value };
  const atoms = value.tuples.flat();
  if (field.type.text) {
    const names = outermost(atoms.filter((atom) => typeof atom === 'string'));
    return { op: '==', value: { kind: 'names', names, ...(names.length > 1 && { braces: true }) } };
  }
  const given = atoms.filter((atom) => typeof atom !== 'string');
  if (oneBit) return { op: 'any', value: { kind: 'ranges', ranges: [single(sumOf(given))] } };
  const ranges = field.type.width < narrow ? overlapping(given) : normalize(given);
  return { op: '==', value: { kind: 'ranges', ranges, ...(ranges.length > 1 && { braces: true }) } };
}

/** Values of fewer bits are kinds of things, neighbours of which make no range that anybody thinks of. */
const narrow = 16;

/** Sorted; what overlaps is joined, neighbours are not. */
function overlapping(ranges: readonly Range[]): readonly Range[] {
  const joined: Range[] = [];
  for (const range of ranges.toSorted((a, b) => (a.lo < b.lo ? -1 : 1))) {
    const last = joined.at(-1);
    if (!last || last.hi < range.lo) joined.push(range);
    else if (last.hi < range.hi) joined[joined.length - 1] = { lo: last.lo, hi: range.hi };
  }
  return joined;
}

function sumOf(bits: readonly Range[]): bigint {
  return bits.reduce((sum, { lo }) => sum | lo, 0n);
}

/** In their order, without repetition and without those that a pattern among them holds. */
function outermost(names: readonly string[]): readonly string[] {
  const unique = [...new Set(names)];
  const patterns = unique.filter((name) => name.endsWith('*'));
  return unique.filter((name) => !patterns.some((one) => one !== name && interfaceMatches(one, name)));
}
