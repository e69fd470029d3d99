// Words as values of the type that they are compared with.
import { nearestWord } from '../../diagnostic/meant.ts';
import { fail } from './problem.ts';
import type { Expression, OperationSyntax, Place, RangeSyntax, WordSyntax } from './syntax.ts';
import type { Constant, Prefix, Range, Slot, Text } from './term.ts';
import type { NftType } from './types.ts';

/** A value of a slot. */
export function evaluateWord({ text, at }: WordSyntax, slot: Slot | undefined): Constant | Text {
  if (!slot) fail('HK5601', `expected a statement, found \`${text}\``, at);
  if (slot.type.base === 'text') return evaluateText(text, slot, at);
  const value = slot.type.parse(text);
  if (value === undefined) return noSuchValue(text, slot.type, at);
  return { kind: 'constant', type: slot.type, value: checkSize(value, slot, text, at), bits: slot.bits };
}

function noSuchValue(text: string, { label, constants }: NftType, at: Place): never {
  return fail('HK5604', `\`${text}\` is not ${label}`, at, nearestWord(text, constants));
}

function checkSize(value: bigint, { bits, max }: Slot, text: string, at: Place): bigint {
  const limit = max ?? (1n << BigInt(bits)) - 1n;
  if (bits > 0 && value > limit) fail('HK5604', `\`${text}\` is above ${limit}, the largest value here`, at);
  return value;
}

function evaluateText(text: string, { type, bits }: Slot, at: Place): Text {
  if (text === '') fail('HK5604', 'a name cannot be empty', at);
  if (type.name === 'iface_index' && /^(?:exists|missing)$/.test(text))
    fail('HK5604', `\`${text}\` stands alone, not in a set`, at);
  if (text === '*') fail('HK5604', 'a name cannot be all wildcard', at);
  // The index of a name is what the kernel compares, not its bytes.
  const room = (type.name === 'iface_index' ? 16 : bits / 8) - 1;
  const { length } = text.replace(/\*$/, '');
  if (bits > 0 && length > room) fail('HK5604', `\`${text}\` has more than ${room} characters`, at);
  return { kind: 'text', type, text };
}

/** What both ends of a range have in common is their type; the lower one comes first. */
export function evaluateRange({ at }: RangeSyntax, low: Constant, high: Constant): Range {
  if (low.value > high.value) fail('HK5604', 'the range ends before it begins', at);
  return { kind: 'range', low, high };
}

/** The bits behind the prefix are cleared; one that is as long as the type is a single value. */
export function evaluatePrefix(base: Constant, length: number, at: Place): Prefix | Constant {
  if (length > base.bits) fail('HK5604', `the prefix is longer than ${base.bits} bits`, at);
  if (length === base.bits) return base;
  const rest = BigInt(base.bits - length);
  return { kind: 'prefix', base: { ...base, value: (base.value >> rest) << rest }, length };
}

/** An operation on two values that are known. */
export function fold({ operator, at }: OperationSyntax, left: Constant, right: Constant): Constant {
  const all = (1n << BigInt(left.bits)) - 1n;
  const value = calculate(operator, left.value, right.value) & all;
  if (right.value > all) fail('HK5604', `the operand is larger than ${left.bits} bits`, at);
  return { ...left, value };
}

function calculate(operator: OperationSyntax['operator'], left: bigint, right: bigint): bigint {
  switch (operator) {
    case '&':
      return left & right;
    case '|':
      return left | right;
    case '^':
      return left ^ right;
    case '<<':
      return left << (right & 0xffn);
    case '>>':
      return left >> (right & 0xffn);
  }
}

/** Something that has to be a single value. */
export function asConstant(term: { readonly kind: string } | Constant, at: Expression['at']): Constant {
  if (isConstant(term)) return term;
  return fail('HK5604', 'this has to be a single value', at);
}

function isConstant(term: { readonly kind: string }): term is Constant {
  return term.kind === 'constant';
}
