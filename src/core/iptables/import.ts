// Reads what iptables-save and ip6tables-save print.
import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Source } from '../text/source.ts';

export interface ImportOptions {
  readonly family: 'ip' | 'ip6';
}

/** The dump as a rule set whose tables are named as iptables' own; reports all independent problems. */
export function importIptables(_source: Source, _options: ImportOptions): Outcome<RuleSet> {
  return { value: undefined, diagnostics: [] };
}

/** The family of a dump: what its header says, else that of its addresses, else `ip`. */
export function detectFamily(_source: Source): 'ip' | 'ip6' {
  return 'ip';
}
