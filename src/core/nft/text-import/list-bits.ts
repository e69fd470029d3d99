// Operations on bits as the kernel keeps them: all of `&`, `|` and `^` as one mask and one value to exclusive-or with
// (nftables: src/netlink_linearize.c: netlink_gen_bitwise_bool, src/netlink_delinearize.c: netlink_parse_bitwise_bool).
import type { Constant, Operation, Term } from './term.ts';

/** An operation with everything that can be folded folded: what it is done to, and at most one of each. */
export function foldOperations(term: Operation): Term {
  if (term.operator === '<<' || term.operator === '>>') return { ...term, left: foldLeft(term.left) };
  const { right } = term;
  const all = (1n << BigInt(right.bits)) - 1n;
  let mask = all;
  let flip = 0n;
  const chain: Operation[] = [];
  let inner: Term = term;
  while (inner.kind === 'operation' && inner.operator !== '<<' && inner.operator !== '>>') {
    chain.unshift(inner);
    inner = inner.left;
  }
  for (const { operator, right: operand } of chain) {
    const [keep, change] = effectOf(operator, operand.value, all);
    flip = change ^ (flip & keep);
    mask &= keep;
  }
  return rebuild(foldLeft(inner), mask, flip, right, all);
}

function foldLeft(term: Term): Term {
  return term.kind === 'operation' ? foldOperations(term) : term;
}

/** Which bits an operation keeps, and which it turns around then. */
function effectOf(operator: Operation['operator'], value: bigint, all: bigint): readonly [bigint, bigint] {
  if (operator === '&') return [value, 0n];
  return operator === '|' ? [all & ~value, value] : [all, value];
}

function rebuild(inner: Term, mask: bigint, flip: bigint, model: Constant, all: bigint): Term {
  const set = (mask & flip) ^ flip;
  const turned = flip & mask;
  const kept = mask | set;
  const steps: readonly (readonly [Operation['operator'], bigint, boolean])[] = [
    ['&', kept, kept !== all],
    ['^', turned, turned !== 0n],
    ['|', set, set !== 0n],
  ];
  return steps
    .filter(([, , isThere]) => isThere)
    .reduce<Term>(
      (left, [operator, value]) => ({ kind: 'operation', operator, left, right: { ...model, value } }),
      inner,
    );
}

/** The length of the prefix that a mask is; undefined where it has holes or does not begin at the top. */
export function maskLength({ value, bits }: Constant): number | undefined {
  const digits = value.toString(2).padStart(bits, '0');
  return /^1*0*$/.test(digits) ? digits.lastIndexOf('1') + 1 : undefined;
}
