// Every rule of a back end's text with the rule of the rule set that it says.
import type { BackEnd } from '../compile.ts';
import { compileIptables } from '../iptables/emit.ts';
import type { EmitOptions } from '../ir/emit-options.ts';
import type { Family, Rule, RuleSet } from '../ir/ruleset.ts';
import { countRules } from '../nft/count-rules.ts';
import { ruleText } from '../nft/emit-text.ts';
import { writeJson } from '../nft/json-writer.ts';
import { type SpelledTable, spellRuleSet, type WriteRule } from '../nft/spell.ts';

/** A rule as a back end has it. */
interface EmittedRule {
  readonly family: Family;
  readonly table: string;
  readonly chain: string;
  /** From 1 in its chain. */
  readonly index: number;
  /** As it stands in the text: a line `-A …`, the statements of nft, or the JSON of an nft rule. */
  readonly text: string;
  /** Of the rule set; several rules may come from it. */
  readonly rule: Rule;
}

/** In the order of the text; none where the rule set can't be compiled, which compiling it says. */
export function emittedRules(
  ruleSet: RuleSet,
  to: BackEnd,
  options: EmitOptions = {},
): readonly EmittedRule[] {
  switch (to) {
    case 'iptables':
      return ofIptables(ruleSet, 'ip', options);
    case 'ip6tables':
      return ofIptables(ruleSet, 'ip6', options);
    case 'ipset':
    case 'sysctl':
    case 'routes':
      return [];
    case 'nft':
      return ofNft(ruleSet, 'text', options, (one, report) => ({
        text: ruleText(one, report),
        rule: one.rule,
      }));
    case 'nft-json':
      return ofNft(ruleSet, 'json', options, ({ body, rule }) => ({ text: writeJson(body), rule }));
  }
}

function ofIptables(ruleSet: RuleSet, family: 'ip' | 'ip6', options: EmitOptions): readonly EmittedRule[] {
  const { value } = compileIptables(ruleSet, family, options);
  return (value?.rules ?? []).map((one) => ({ family, ...one }));
}

type Written = Pick<EmittedRule, 'text' | 'rule'>;

function ofNft(
  ruleSet: RuleSet,
  form: 'json' | 'text',
  { counters }: EmitOptions,
  write: WriteRule<Written>,
): readonly EmittedRule[] {
  const { value = [] } = spellRuleSet(counters ? countRules(ruleSet) : ruleSet, form, write);
  return value.flatMap(rulesOf);
}

function rulesOf({ family, name: table, chains }: SpelledTable<Written>): readonly EmittedRule[] {
  return chains.flatMap(({ name: chain, rules }) =>
    rules.map((written, at) => ({ family, table, chain, index: at + 1, ...written })),
  );
}
