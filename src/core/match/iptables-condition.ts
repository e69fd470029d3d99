// Shared ways of saying a comparison in iptables: what may be repeated, what needs several rules, what can't be said.
import type { DataType } from '../datatype/define.ts';
import { type Range, toPrefixes } from '../datatype/range.ts';
import type { FieldTest } from './field-match.ts';
import { singleValue } from './field-simplify.ts';
import { setOptions } from './ipset-type.ts';
import type { Condition, IptablesReader, IptablesTarget, ReadContext, Words } from './iptables-spelling.ts';

/** A comparison as numbers that are meant, or not meant. */
export interface PlainTest {
  readonly negated: boolean;
  readonly ranges: readonly Range[];
}

/** The comparison as plain ranges; undefined if it looks at single bits or refers to a set. */
export function plainTest(test: FieldTest, width: number): PlainTest | undefined {
  const { op, mask, value } = test;
  if (mask !== undefined || value.kind !== 'ranges' || op === 'any' || op === 'none') return undefined;
  if (op === '==' || op === '!=') return { negated: op === '!=', ranges: value.ranges };
  const range = orderedRange(op, singleValue(test) ?? 0n, (1n << BigInt(width)) - 1n);
  return { negated: false, ranges: range.lo <= range.hi ? [range] : [] };
}

function orderedRange(op: '<' | '>' | '<=' | '>=', limit: bigint, last: bigint): Range {
  if (op === '<' || op === '<=') return { lo: 0n, hi: op === '<' ? limit - 1n : limit };
  return { lo: op === '>' ? limit + 1n : limit, hi: last };
}

/** Always true, given the protocol. */
export function always(protocol?: number): Condition {
  return { kind: 'any', alternatives: [[]], ...(protocol !== undefined && { protocol }) };
}

/** An option of a module, with its `-m`. */
export function moduleOption(module: string, negated: boolean, ...words: readonly string[]): Words {
  return { words: ['-m', module, ...(negated ? ['!'] : []), ...words] };
}

/** Any of the items, each in a rule of its own; or none of them, all in one rule, because modules may be repeated. */
export function eachItem<Item>(
  items: readonly Item[],
  { negated, protocol }: { readonly negated: boolean; readonly protocol?: number | undefined },
  write: (item: Item) => Words,
): Condition {
  if (items.length === 0) return negated ? always(protocol) : { kind: 'never' };
  const words = items.map(write);
  const alternatives = negated ? [words] : words.map((one) => [one]);
  return { kind: 'any', alternatives, ...(protocol !== undefined && { protocol }) };
}

/** Asks for a whole header of the protocol, which fragments do not have (net/netfilter/xt_tcpudp.c: tcp_mt). */
export function header(protocol: 'tcp' | 'udp'): Words {
  return { words: ['-m', protocol], onlyModule: true };
}

/** A named set, which ipset holds; `side` is whose address or port is looked up. */
export function namedSet(test: FieldTest, target: IptablesTarget, side: 'src' | 'dst'): Words | undefined {
  if (test.value.kind !== 'set' || test.mask !== undefined) return undefined;
  return moduleOption('set', test.op === '!=', '--match-set', target.ipset(test.value.name), side);
}

/** Reads `--match-set NAME src` where it is known that the set holds values of this type. */
export function namedSetReader(
  type: DataType,
  side: 'src' | 'dst',
  fits: (context: ReadContext, negated: boolean) => boolean,
): IptablesReader<FieldTest> {
  return {
    module: 'set',
    options: setOptions,
    takes: 'together',
    read: ([given, more], context) => {
      const [name = '', sides] = given?.words ?? [];
      const set = given?.option === '--match-set' ? context.ipset?.(name) : undefined;
      if (!given || more || sides !== side || set?.type !== type.name || !fits(context, given.negated))
        return undefined;
      return { op: given.negated ? '!=' : '==', value: { kind: 'set', name } };
    },
  };
}

/** Why iptables has no option for a comparison. */
export function unsupported(key: string, test: FieldTest): Condition {
  const what = test.value.kind === 'set' ? 'look this up in a named set' : 'make this comparison';
  return { kind: 'unsupported', why: `iptables can't ${what} for \`${key}\`` };
}

/** The single numbers of some ranges, if they are few. */
export function fewValues(ranges: readonly Range[], most: number): readonly bigint[] | undefined {
  const values: bigint[] = [];
  for (const { lo, hi } of ranges) {
    if (hi - lo >= BigInt(most - values.length)) return undefined;
    for (let value = lo; value <= hi; value++) values.push(value);
  }
  return values;
}

/** A comparison as values under masks, which is how iptables looks at marks: a range is several of them. */
export function maskedValues(test: FieldTest, type: DataType): readonly Masked[] | undefined {
  const all = (1n << BigInt(type.width)) - 1n;
  if (test.mask !== undefined && test.value.kind === 'ranges' && (test.op === '==' || test.op === '!=')) {
    const values = fewValues(test.value.ranges, 64);
    return values?.map((value) => ({ value, mask: test.mask ?? all }));
  }
  return plainTest(test, type.width)
    ?.ranges.flatMap((range) => toPrefixes(range, type.width))
    .map(({ lo, hi }) => ({ value: lo, mask: all ^ (hi - lo) }));
}

/** All numbers whose bits under the mask are these. */
export interface Masked {
  readonly value: bigint;
  readonly mask: bigint;
}
