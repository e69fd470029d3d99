// Which rules may become one: those that ask the same fields, and agree in all but what a set or a map can say.
import type { Kind } from './gather.ts';
import { isPlain, type PlainRule, type SeenRule } from './seen.ts';
import type { Target } from './target.ts';

/** Rules that differ in the values of one field. */
export function differingInOne(rules: readonly SeenRule[], target: Target): Kind {
  const counts = new Map<string, number>();
  const known = new Map<SeenRule, readonly string[]>();
  for (const rule of rules.filter(isPlain)) {
    const keys = keysButOne(rule);
    known.set(rule, keys);
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const countOf = (key: string): number => counts.get(key) ?? 0;
  return {
    keysOf: (rule) =>
      (known.get(rule) ?? []).filter((key) => countOf(key) > 1).toSorted((a, b) => countOf(b) - countOf(a)),
    fits: target.fits,
  };
}

function keysButOne({ conditions, conclusion }: PlainRule): readonly string[] {
  return conditions.flatMap((left) => {
    if (!left.selection) return [];
    const others = conditions.flatMap((one) => (one === left ? [] : [one.text])).toSorted();
    return [[conclusion.text, left.fields, '', ...others].join('\n')];
  });
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
  return conditions
    .map(({ selection, fields, text }) =>
      selection && (isOnly || selection.tuples.length <= mostCombined) ? `\n${fields}` : text,
    )
    .toSorted()
    .join('\n');
}
