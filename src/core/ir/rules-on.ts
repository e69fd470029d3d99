// Whose rules are whose: hosts of a policy may have their own.
import type { Policy } from './policy.ts';
import type { RuleSet } from './ruleset.ts';

/** The rules in force on the host of that name: its own, or those of the top level, as without a host. */
export function rulesOn(
  { ruleSet, ownRules }: Pick<Policy, 'ruleSet' | 'ownRules'>,
  host: string | undefined,
): RuleSet {
  return (host === undefined ? undefined : ownRules?.get(host)) ?? ruleSet;
}
