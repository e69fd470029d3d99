// What statements take: a value of a type, whether it is known or read.
import { type Evaluation, evaluate } from './evaluate-expression.ts';
import { fail } from './problem.ts';
import type { Expression } from './syntax.ts';
import { isConstantTerm, labelOf, type Slot, shapeOf, type Term } from './term.ts';

/** A value that a statement takes: of its type, or a number that is read. */
export function evaluateArgument(rule: Evaluation, node: Expression, slot: Slot): Term {
  const term = evaluate(rule, node, [slot]);
  if (term.kind === 'set' || term.kind === 'reference')
    fail('HK5604', 'a set is no value, it is not known which of its elements is meant', node.at);
  const [found] = shapeOf(term);
  if (!found || isConstantTerm(term)) return term;
  const isNumber = found.type.name === 'integer';
  const fits = term.kind !== 'payload' || (slot.type.base !== 'text' && found.bits === slot.bits);
  if (found.type.name !== slot.type.name && !(isNumber && fits))
    fail('HK5604', `expected ${labelOf([slot])}, found ${labelOf([found])}`, node.at);
  return term;
}
