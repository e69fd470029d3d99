// The named sets that iptables rules refer to, as the text of `ipset restore`.
import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { RuleSet } from '../ir/ruleset.ts';

/** The sets of both families. */
export function emitIpset(_ruleSet: RuleSet): Outcome<string> {
  return { value: undefined, diagnostics: [] };
}
