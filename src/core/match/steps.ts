// What is done to the bits of a field before its value is used: `(field & keep) ^ flip` or a shift, one behind the other
// (net/netfilter/nft_bitwise.c).
import type { Bdd, Node } from '../bdd/bdd.ts';
import type { Field } from '../field/define.ts';
import type { FieldSymbol } from '../field/symbolic.ts';

/** `by` is to the left, negative to the right. */
export type Step =
  | { readonly kind: 'bits'; readonly keep: bigint; readonly flip: bigint }
  | { readonly kind: 'shift'; readonly by: bigint };

export const operators = ['lshift', 'rshift', 'and', 'xor', 'or'] as const;
export type BitOperator = (typeof operators)[number];

/** Which operator binds tighter, as in nft: the lower number. */
export const strength: Readonly<Record<BitOperator, number>> = {
  lshift: 0,
  rshift: 0,
  and: 1,
  xor: 2,
  or: 3,
};

function allBits(width: number): bigint {
  return (1n << BigInt(width)) - 1n;
}

/** The steps with one operation more; operations on bits that follow each other are one step. */
export function addStep(
  steps: readonly Step[],
  operator: BitOperator,
  number: bigint,
  width: number,
): readonly Step[] {
  if (operator === 'lshift' || operator === 'rshift')
    return [...steps, { kind: 'shift', by: operator === 'lshift' ? number : -number }];
  const last = steps.at(-1);
  const before = last?.kind === 'bits' ? last : { keep: allBits(width), flip: 0n };
  const kept = last?.kind === 'bits' ? steps.slice(0, -1) : steps;
  return [...kept, { kind: 'bits', ...combine(before, operator, number) }];
}

interface Bits {
  readonly keep: bigint;
  readonly flip: bigint;
}

function combine({ keep, flip }: Bits, operator: 'and' | 'xor' | 'or', number: bigint): Bits {
  if (operator === 'and') return { keep: keep & number, flip: flip & number };
  if (operator === 'xor') return { keep, flip: flip ^ number };
  return { keep: keep & ~number, flip: (flip & ~number) | number };
}

/** The value after all steps, within the width of its type. */
export function applySteps(steps: readonly Step[], value: bigint, width: number): bigint {
  return steps.reduce((before, step) => applyStep(step, before) & allBits(width), value);
}

function applyStep(step: Step, value: bigint): bigint {
  if (step.kind === 'bits') return (value & step.keep) ^ step.flip;
  return step.by >= 0n ? value << step.by : value >> -step.by;
}

/** The field with its bits changed, for all packets. */
export function symbolOfSteps(field: Field, steps: readonly Step[]): FieldSymbol {
  return {
    kind: 'worked out',
    value: (symbols) => {
      const value = symbols.read(field);
      if (value.kind === 'name') return value;
      return { ...value, bits: steps.reduce((bits, step) => stepBits(symbols.bdd, step, bits), value.bits) };
    },
  };
}

function stepBits(bdd: Bdd, step: Step, bits: readonly Node[]): readonly Node[] {
  return step.kind === 'shift' ? shiftedBits(bits, step.by) : changedBits(bdd, bits, step);
}

/** The bits of all packets, by so many places to the left; negative to the right. */
export function shiftedBits(bits: readonly Node[], by: bigint): readonly Node[] {
  return bits.map((_, at) => bits[at + Number(by)] ?? 0);
}

/** `(bits & keep) ^ flip` for all packets. */
export function changedBits(bdd: Bdd, bits: readonly Node[], { keep, flip }: Bits): readonly Node[] {
  const isSet = (number: bigint, at: number) => (number >> BigInt(bits.length - 1 - at)) & 1n;
  return bits.map((bit, at) => {
    const kept = isSet(keep, at) ? bit : 0;
    return isSet(flip, at) ? bdd.not(kept) : kept;
  });
}

/** The operations of a step in nft's order (src/netlink_delinearize.c: netlink_parse_bitwise_bool); none without effect. */
export function operationsOf(step: Step, width: number): readonly (readonly [BitOperator, bigint])[] {
  if (step.kind === 'shift') return [step.by >= 0n ? ['lshift', step.by] : ['rshift', -step.by]];
  const { keep, flip } = step;
  const set = flip & ~keep & allBits(width);
  const all: readonly (readonly [BitOperator, bigint])[] = [
    ['and', keep | set],
    ['xor', flip & keep],
    ['or', set],
  ];
  return all.filter(([operator, number]) => number !== (operator === 'and' ? allBits(width) : 0n));
}
