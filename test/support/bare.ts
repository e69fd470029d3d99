// A rule set without what says where it came from, for comparing two of different sources.
import type { Part, Rule, RuleSet } from '../../src/core/ir/ruleset.ts';

/** Places in a source and calls that led there, the kernel's handles, and what it had counted. */
const provenance = new Set(['span', 'calls', 'handle', 'counters']);

/** The rule set as plain data; numbers of any size as text. */
export function bare({ tables }: RuleSet): unknown {
  const text = JSON.stringify(tables, (key, value: unknown) => {
    if (provenance.has(key)) return undefined;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
  return JSON.parse(text);
}

/** A line of the language has at least one word, so a rule of iptables without any becomes one that counts. */
export function counting({ tables }: RuleSet): RuleSet {
  const counter: Part = { kind: 'statement', key: 'counter', args: { packets: 0n, bytes: 0n } };
  const fill = (rule: Rule): Rule => (rule.parts.length > 0 ? rule : { ...rule, parts: [counter] });
  return {
    tables: tables.map((table) => ({
      ...table,
      chains: table.chains.map((chain) => ({ ...chain, rules: chain.rules.map(fill) })),
    })),
  };
}
