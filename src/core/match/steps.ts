// What is done to the bits of a field before its value is used: `(field & keep) ^ flip` or a shift, one behind the other
// (net/netfilter/nft_bitwise.c).

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
