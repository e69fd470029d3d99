// The rule set as the text of iptables-restore or ip6tables-restore.
import type { Outcome } from '../diagnostic/diagnostic.ts';
import type { Rule, RuleSet } from '../ir/ruleset.ts';

export interface EmitOptions {
  /** Write what the kernel had counted as `[packets:bytes]` before each rule that knows it. */
  readonly counters?: boolean;
}

/** A line of the text and the rule that caused it; several lines may come from one rule. */
export interface EmittedRule {
  /** The iptables table: `filter`. */
  readonly table: string;
  /** The iptables chain; it may be a helper chain or a renamed one. */
  readonly chain: string;
  /** From 1 in its chain, as in `iptables -L --line-numbers`. */
  readonly index: number;
  readonly rule: Rule;
}

/** The text and where each of its rules comes from. */
export interface IptablesText {
  readonly text: string;
  readonly rules: readonly EmittedRule[];
}

/** Compiles for one family; without a value where something can't be said exactly, so that no condition is lost. */
export function compileIptables(
  _ruleSet: RuleSet,
  _family: 'ip' | 'ip6',
  _options: EmitOptions = {},
): Outcome<IptablesText> {
  return { value: undefined, diagnostics: [] };
}

/** Only the text of `compileIptables`. */
export function emitIptables(
  ruleSet: RuleSet,
  family: 'ip' | 'ip6',
  options: EmitOptions = {},
): Outcome<string> {
  const { value, diagnostics } = compileIptables(ruleSet, family, options);
  return { value: value?.text, diagnostics };
}
