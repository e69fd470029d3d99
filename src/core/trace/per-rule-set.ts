// Results that follow from a rule set alone, worked out once for as long as it lives: many packets ask the same.
import type { RuleSet } from '../ir/ruleset.ts';

/** The same function, which remembers what it gave for a rule set and the arguments beside it. */
export function perRuleSet<Arguments extends readonly (string | number | undefined)[], Result>(
  work: (ruleSet: RuleSet, ...rest: Arguments) => Result,
): (ruleSet: RuleSet, ...rest: Arguments) => Result {
  const known = new WeakMap<RuleSet, Map<string, { readonly result: Result }>>();
  return (ruleSet, ...rest) => {
    const results = known.get(ruleSet) ?? new Map<string, { readonly result: Result }>();
    known.set(ruleSet, results);
    const key = rest.join('\0');
    const found = results.get(key) ?? { result: work(ruleSet, ...rest) };
    results.set(key, found);
    return found.result;
  };
}
