// Ways in which modules of iptables compare what nft's fields do: ranges, single values, values under masks, presence.
import type { DataType } from '../../datatype/define.ts';
import { type Range, toPrefixes } from '../../datatype/range.ts';
import { evaluatesTo, type FieldTest } from '../field-match.ts';
import {
  always,
  eachItem,
  fewValues,
  maskedValues,
  moduleOption,
  plainTest,
  unsupported,
} from '../iptables-condition.ts';
import type { Condition, Words } from '../iptables-spelling.ts';

/** An option that takes one value or range, and may be negated. */
export interface RangeOption {
  readonly key: string;
  readonly type: DataType;
  readonly module: string;
  readonly option: string;
  /** The number of the protocol that the rule must name. */
  readonly protocol?: number;
  /** The option takes one value only: the most that a comparison may stand for. */
  readonly most?: number;
  readonly write?: (range: Range) => string;
}

/** `--ahspi 5:9`; several ranges become several rules, or several modules of one where none of them is meant. */
export function rangeCondition(test: FieldTest, spec: RangeOption): Condition {
  const { key, type, module, option, protocol, most, write = rangeWord } = spec;
  const plain = plainTest(test, type.width);
  const single = plain && most !== undefined ? fewValues(plain.ranges, most) : undefined;
  const ranges = most === undefined ? plain?.ranges : single?.map((value) => ({ lo: value, hi: value }));
  if (!plain || !ranges) return unsupported(key, test);
  const { negated } = plain;
  return eachItem(ranges, { negated, protocol }, (range) =>
    moduleOption(module, negated, option, write(range)),
  );
}

/** `5`, `5:9`. */
export function rangeWord({ lo, hi }: Range): string {
  return lo === hi ? `${lo}` : `${lo}:${hi}`;
}

/** `10.0.0.0/8`; ranges that are no prefix become several. */
export function prefixCondition(test: FieldTest, spec: RangeOption): Condition {
  const plain = plainTest(test, spec.type.width);
  if (!plain) return unsupported(spec.key, test);
  const { negated } = plain;
  const { width, format } = spec.type;
  const prefixes = plain.ranges.flatMap((range) => toPrefixes(range, width));
  return eachItem(prefixes, { negated }, ({ lo, hi }) => {
    const length = width - (hi - lo + 1n).toString(2).length + 1;
    return moduleOption(
      spec.module,
      negated,
      spec.option,
      `${format(lo)}${length === width ? '' : `/${length}`}`,
    );
  });
}

/** `--realm 0x10/0xff`; `names` are those that the tool prints. */
export function maskedCondition(
  test: FieldTest,
  { key, type, module, option }: RangeOption,
  names: ReadonlyMap<bigint, string>,
): Condition {
  const items = maskedValues(test, type);
  if (!items) return unsupported(key, test);
  const negated = test.op === '!=';
  const all = (1n << BigInt(type.width)) - 1n;
  return eachItem(items, { negated }, ({ value, mask }) => {
    const hex = `0x${value.toString(16)}`;
    const word = mask === all ? (names.get(value) ?? hex) : `${hex}/0x${mask.toString(16)}`;
    return moduleOption(module, negated, option, word);
  });
}

/** One way to ask whether something is there, and one whether it is not. */
export function presenceCondition(
  test: FieldTest,
  key: string,
  { there, missing }: { readonly there: Words; readonly missing: Words },
  protocol?: number,
): Condition {
  const [present, absent] = [evaluatesTo(test, 1n), evaluatesTo(test, 0n)];
  if (present === undefined || absent === undefined) return unsupported(key, test);
  if (present === absent) return present ? always(protocol) : { kind: 'never' };
  const alternatives = [[present ? there : missing]];
  return { kind: 'any', alternatives, ...(protocol !== undefined && { protocol }) };
}
