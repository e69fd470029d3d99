// A source map with its texts read: each of its rules with what it means.
import type { BackEnd } from '../compile.ts';
import type { Rule, RuleSet, Table } from '../ir/ruleset.ts';
import { loadPolicy, type PolicyKind } from '../load.ts';
import { commentOf } from '../match/comment.ts';
import type { Source } from '../text/source.ts';
import { meaningOf } from './meaning.ts';
import type { MappedRule, MappedTarget, SourceMap } from './schema.ts';

/** What reads the text of a back end; sets of ipset have no rules. */
const kinds: Readonly<Record<BackEnd, PolicyKind | undefined>> = {
  iptables: 'iptables-save',
  ip6tables: 'ip6tables-save',
  ipset: undefined,
  sysctl: undefined,
  routes: undefined,
  'nft-json': 'nft-json',
  nft: 'nft',
};

/** A rule of the map and the same rule as its text says it. */
export interface KnownRule {
  readonly mapped: MappedRule;
  readonly rule: Rule;
  readonly table: Table;
  readonly meaning: string;
  readonly comment: string | undefined;
}

/** A text of the map. */
export interface KnownText {
  readonly backEnd: BackEnd;
  readonly ruleSet: RuleSet;
  readonly rules: readonly KnownRule[];
}

/** The texts that hold rules. */
export function readTexts(map: SourceMap): readonly KnownText[] {
  const ipset = ipsetOf(map);
  return map.targets.flatMap((target) => {
    const kind = kinds[target.backEnd];
    const source = { name: target.backEnd, text: target.text };
    const ruleSet = kind && loadPolicy(source, kind, { ipset }).value?.ruleSet;
    return ruleSet ? [{ backEnd: target.backEnd, ruleSet, rules: rulesOf(target, ruleSet) }] : [];
  });
}

/** What stands beside a dump of iptables. */
export function ipsetOf({ targets }: SourceMap): Source | undefined {
  const found = targets.find(({ backEnd, text }) => backEnd === 'ipset' && text.trim() !== '');
  return found && { name: 'ipset', text: found.text };
}

function rulesOf({ rules }: MappedTarget, ruleSet: RuleSet): readonly KnownRule[] {
  const chains = new Map(
    ruleSet.tables.flatMap((table) =>
      table.chains.map((chain) => [keyOf(table.family, table.name, chain.name), { table, chain }] as const),
    ),
  );
  return rules.flatMap((mapped) => {
    const found = chains.get(keyOf(mapped.family, mapped.table, mapped.chain));
    const rule = found?.chain.rules[mapped.index - 1];
    return found && rule
      ? [{ mapped, rule, table: found.table, meaning: meaningOf(rule), comment: commentOf(rule.parts) }]
      : [];
  });
}

/** Tells chains apart. */
export function keyOf(family: string, table: string, chain: string): string {
  return JSON.stringify([family, table, chain]);
}
