// Which rules may become one: those that ask the same fields, and agree in all but what a set or a map can say.
import type { Kind } from './gather.ts';
import { type Condition, isPlain, type PlainRule, type SeenRule } from './seen.ts';
import type { Target } from './target.ts';

/** Rules that differ in the values of one field. */
export function differingInOne(rules: readonly SeenRule[], target: Target): Kind {
  const counts = new Map<string, number>();
  for (const rule of rules.filter(isPlain))
    for (const key of keysButOne(rule)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const countOf = (key: string): number => counts.get(key) ?? 0;
  return {
    keysOf: (rule) =>
      keysButOne(rule)
        .filter((key) => countOf(key) > 1)
        .toSorted((a, b) => countOf(b) - countOf(a)),
    fits: target.fits,
  };
}

const known = new WeakMap<PlainRule, readonly string[]>();

/** What is left of the rule without the values of each of its fields. */
function keysButOne(rule: PlainRule): readonly string[] {
  const keys = known.get(rule) ?? rule.conditions.flatMap((left) => keyWithout(rule, left));
  known.set(rule, keys);
  return keys;
}

function keyWithout({ conditions, conclusion }: PlainRule, left: Condition): readonly string[] {
  if (!left.selection) return [];
  const others = conditions.flatMap((one) => (one === left ? [] : [one.id]));
  return [`${conclusion.text}\n${left.kind} ${others.join()}`];
}

/** Rules that give the same verdict and differ in the values of several fields. */
export function differingInSeveral(target: Target): Kind {
  return {
    keysOf: (rule) => [`${rule.conclusion.text}\n${shapeOf(rule)}`],
    fits: target.fits,
  };
}

/** Rules that differ in their verdicts, too. */
export function differingInVerdict(target: Target): Kind {
  return {
    keysOf: (rule) => (target.hasMaps && rule.conclusion.verdict ? [shapeOf(rule)] : []),
    fits: target.fits,
  };
}

/** A field that has more values than these goes into no combination with another one. */
const mostCombined = 32;

function shapeOf({ conditions }: PlainRule): string {
  const isOnly = conditions.filter(({ selection }) => selection).length === 1;
  const isCombined = (tuples: readonly unknown[]): boolean => isOnly || tuples.length <= mostCombined;
  return conditions
    .map(({ selection, kind, id }) => (selection && isCombined(selection.tuples) ? kind : -id))
    .toSorted((a, b) => a - b)
    .join();
}
