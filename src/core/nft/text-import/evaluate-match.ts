// Comparisons with their types (nftables: src/evaluate.c: expr_evaluate_relational).
import {
  checkShape,
  type Evaluation,
  evaluate,
  evaluateReference,
  evaluateSet,
} from './evaluate-expression.ts';
import { fail } from './problem.ts';
import { learnFrom } from './protocol-context.ts';
import type { Comparison, Expression, Place, RangeSyntax } from './syntax.ts';
import { isConstantTerm, labelOf, type Shape, shapeOf, type Term } from './term.ts';
import { types } from './types.ts';

/** Adds a comparison to the rule, and what it says of the packet to what is known. */
export function evaluateMatch(
  rule: Evaluation,
  { op, left, right }: { op: Comparison; left: Expression; right: Expression },
): void {
  const read = asBoolean(evaluate(rule, left), right);
  if (isConstantTerm(read)) fail('HK5601', 'a comparison needs something that is read on its left', left.at);
  const shape = shapeOf(read);
  if (crossesMidnight(read, right, shape, rule)) {
    const swapped: RangeSyntax = { ...right, low: right.high, high: right.low };
    const other = op === '!=' ? '==' : '!=';
    rule.steps.push({ kind: 'match', op: other, left: read, right: evaluate(rule, swapped, shape) });
    return;
  }
  const value = evaluateRight(rule, right, shape);
  checkComparison(op, read, value, shape, right.at);
  if (op === '==' || op === 'implicit') learn(rule, read, value);
  rule.steps.push({
    kind: 'match',
    op,
    ...(isSwapped(op, shape, value) ? { left: read, right: value } : transfer(read, value, right.at)),
  });
}

/** Whether nft turns the bytes of the left around first, so that it does not see the operation any more. */
function isSwapped(op: Comparison, [slot]: Shape, right: Term): boolean {
  const isOrdered = /^[<>]/.test(op) || right.kind === 'range';
  const hasRange = right.kind === 'set' && right.items.some(({ key }) => key.kind === 'range');
  return slot?.type.order === 'host' && slot.bits > 8 && (isOrdered || hasRange);
}

/** What can be undone on the left is done on the right instead (nftables: src/evaluate.c: binop_transfer). */
function transfer(left: Term, right: Term, at: Place): { readonly left: Term; readonly right: Term } {
  if (left.kind !== 'operation' || !isMovable(right)) return { left, right };
  const { operator, left: inner, right: operand } = left;
  const by = operand.value;
  if (operator === '^') return { left: inner, right: mapConstants(right, (value) => value ^ by) };
  if (operator === '<<') {
    const low = (1n << by) - 1n;
    const check = (value: bigint): bigint =>
      (value & low) === 0n ? value >> by : fail('HK5605', 'bits that were shifted in are never set', at);
    return { left: inner, right: mapConstants(right, check) };
  }
  if (operator !== '>>') return { left, right };
  const [slot] = shapeOf(inner);
  if (!slot) return { left, right };
  const all = (1n << BigInt(slot.bits)) - 1n;
  const mask = (all << by) & all;
  const masked: Term = {
    kind: 'operation',
    operator: '&',
    left: inner,
    right: { kind: 'constant', type: slot.type, value: mask, bits: slot.bits },
  };
  return { left: masked, right: mapConstants(right, (value) => value << by) };
}

function isMovable(term: Term): boolean {
  if (term.kind === 'set') return term.items.every(({ key }) => isMovable(key));
  return term.kind === 'constant' || term.kind === 'range';
}

function mapConstants(term: Term, change: (value: bigint) => bigint): Term {
  if (term.kind === 'constant') return { ...term, value: change(term.value) };
  if (term.kind === 'range')
    return {
      ...term,
      low: { ...term.low, value: change(term.low.value) },
      high: { ...term.high, value: change(term.high.value) },
    };
  if (term.kind !== 'set') return term;
  return { ...term, items: term.items.map((item) => ({ ...item, key: mapConstants(item.key, change) })) };
}

/** `fib daddr oif exists` asks whether there is a result at all. */
function asBoolean(left: Term, right: Expression): Term {
  const isTest = right.kind === 'word' && /^(?:exists|missing)$/.test(right.text);
  if (!isTest || left.kind !== 'reading' || left.group !== 'fib') return left;
  return { ...left, type: types.boolean, bits: 1 };
}

/** A time of the day that begins before midnight and ends behind it: nft turns the question around. */
function crossesMidnight(
  left: Term,
  right: Expression,
  shape: Shape,
  rule: Evaluation,
): right is RangeSyntax {
  if (right.kind !== 'range' || left.kind !== 'reading') return false;
  if (left.group !== 'meta' || (left.key !== 'hour' && left.key !== 'day')) return false;
  const low = evaluate(rule, right.low, shape);
  const high = evaluate(rule, right.high, shape);
  return low.kind === 'constant' && high.kind === 'constant' && low.value > high.value;
}

function evaluateRight(rule: Evaluation, right: Expression, shape: Shape): Term {
  if (right.kind === 'set') return evaluateSet(rule, right, shape);
  if (right.kind !== 'reference') return evaluate(rule, right, shape);
  const set = evaluateReference(rule, right);
  checkShape(set.key, shape, right.at);
  return set;
}

function checkComparison(op: Comparison, left: Term, right: Term, shape: Shape, at: Place): void {
  if (!isConstantTerm(right) && right.kind !== 'reference')
    fail('HK5604', 'the right of a comparison has to be a constant', at);
  if (right.kind === 'concat') fail('HK5604', 'write a concatenation in braces', at);
  if (right.kind === 'verdict') fail('HK5601', 'expected a value', at);
  const isSingle = right.kind === 'constant' || right.kind === 'text';
  if (/^[<>]/.test(op) && (!isSingle || shape.length > 1))
    fail('HK5604', `\`${op}\` compares single values`, at);
  if (op !== '!') return;
  const isBits = right.kind === 'constant' && right.type.base === 'bitmask';
  if (!isBits || left.kind === 'operation')
    fail('HK5604', `\`!\` is for flags, not for ${labelOf(shape)}`, at);
}

/** A set says it of each of its single elements. */
function learn(rule: Evaluation, left: Term, right: Term): void {
  if (right.kind === 'constant') learnFrom(rule.protocols, left, right);
  if (right.kind !== 'set') return;
  for (const { key } of right.items) if (key.kind === 'constant') learnFrom(rule.protocols, left, key);
}
