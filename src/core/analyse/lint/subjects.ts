// The rule sets of a policy, each with the hosts that have it.
import type { AddressFamily } from '../../datatype/address.ts';
import type { Policy } from '../../ir/policy.ts';
import type { RuleSet } from '../../ir/ruleset.ts';
import type { LintSubject } from './define.ts';

/** What is to be looked at: the policy's own rules, and those that hosts have by themselves. */
export function lintSubjects(
  { ruleSet, hosts, ownRules = new Map<string, RuleSet>() }: Policy,
  families: readonly AddressFamily[],
): readonly LintSubject[] {
  const shared = hosts.filter(({ name }) => !ownRules.has(name));
  const own = hosts.flatMap((host) => {
    const rules = ownRules.get(host.name);
    return rules ? [{ ruleSet: rules, hosts: [host], families }] : [];
  });
  return [...(ruleSet.tables.length > 0 ? [{ ruleSet, hosts: shared, families }] : []), ...own];
}
