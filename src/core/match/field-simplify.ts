// One form for comparisons that mean the same, so that what was written with a mask in one back end compares equal to
// what another writes without.
import type { DataType } from '../datatype/define.ts';
import { prefixLength, single } from '../datatype/range.ts';
import type { FieldTest } from './field-match.ts';

/** The number that a test compares with, where it is exactly one. */
export function singleValue({ value }: FieldTest): bigint | undefined {
  if (value.kind !== 'ranges' || value.ranges.length !== 1) return undefined;
  const [range] = value.ranges;
  return range && range.lo === range.hi ? range.lo : undefined;
}

/** The same test without a mask, where there is such a form: nft lists it in that form too. */
export function simplify(type: DataType, test: FieldTest): FieldTest {
  const { op, mask } = test;
  const number = singleValue(test);
  if (mask === undefined || number === undefined || (op !== '==' && op !== '!=')) return test;
  if (type.bitmask) return number === 0n ? bitTest(op, mask) : test;
  const all = (1n << BigInt(type.width)) - 1n;
  if (mask === all) return { op, value: test.value };
  return type.prefixes ? prefixTest(test, { number, wild: all ^ mask }, type.width) : test;
}

function bitTest(op: '==' | '!=', mask: bigint): FieldTest {
  return {
    op: op === '==' ? 'none' : 'any',
    value: { kind: 'ranges', ranges: [single(mask)] },
  };
}

function prefixTest(test: FieldTest, cut: { number: bigint; wild: bigint }, width: number): FieldTest {
  const range = { lo: cut.number, hi: cut.number | cut.wild };
  const isPrefix = range.hi - range.lo === cut.wild && prefixLength(range, width) !== undefined;
  return isPrefix ? { op: test.op, value: { kind: 'ranges', ranges: [range] } } : test;
}
