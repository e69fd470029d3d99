// Rules of iptables count without being told to; where nft is to go on from their counts, they need counters.
import type { Part, Rule, RuleSet } from '../ir/ruleset.ts';
import { counter } from '../statement/counter.ts';

/** The rule set with a counter in each rule whose counts are known, which begins with them when it is written. */
export function countRules({ tables, ...rest }: RuleSet): RuleSet {
  const counting = tables.map((table) => ({
    ...table,
    chains: table.chains.map((chain) => ({ ...chain, rules: chain.rules.map(countRule) })),
  }));
  return { ...rest, tables: counting };
}

const counterPart: Part = {
  kind: 'statement',
  key: counter.key,
  args: counter.nft.read({ counter: null }),
};

/** What holds is counted, so it stands behind all conditions. */
function countRule(rule: Rule): Rule {
  const { parts, counters } = rule;
  if (!counters || parts.some((part) => part.kind === 'statement' && part.key === counter.key)) return rule;
  const behind = parts.findLastIndex(({ kind }) => kind === 'match') + 1;
  return { ...rule, parts: parts.toSpliced(behind, 0, counterPart) };
}
