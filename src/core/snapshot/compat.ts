// Rules of iptables-nft in a listing of nft: what nft shows of a match or target of xtables is its name alone. Such rules
// are taken from what iptables-nft-save printed, where that has the same chains with as many rules.
import { type Diagnostic, hasErrors, type Outcome } from '../diagnostic/diagnostic.ts';
import { importIptables } from '../iptables/import.ts';
import { type Chain, findChain, type Rule, type RuleSet, type Table } from '../ir/ruleset.ts';
import type { Source } from '../text/source.ts';

/** What iptables-nft-save, ip6tables-nft-save and ipset printed. */
export interface CompatSources {
  readonly ip: Source | undefined;
  readonly ip6: Source | undefined;
  readonly ipset: Source | undefined;
}

/** The rule set of nft with those rules in words; they keep their handles and counters. */
export function withCompatRules(nft: Outcome<RuleSet>, given: CompatSources): Outcome<RuleSet> {
  const { value } = nft;
  if (!value) return nft;
  const found: Diagnostic[] = [];
  const replaced = new Set<Rule>();
  const families = (['ip', 'ip6'] as const).map((family) => {
    const source = given[family];
    const isNeeded = value.tables.some((table) => table.family === family && hasXtables(table));
    return { family, read: source && isNeeded ? readSaved(source, family, given.ipset) : undefined };
  });
  const tables = value.tables.map((table) => {
    const { read } = families.find(({ family }) => family === table.family) ?? {};
    const saved = read?.value?.tables.find(({ name }) => name === table.name);
    return saved && hasXtables(table) ? tableWith(table, saved, replaced) : table;
  });
  for (const { read } of families) if (read && replaced.size > 0) found.push(...read.diagnostics);
  const spans = new Set([...replaced].map(({ span }) => span));
  const left = nft.diagnostics.filter(({ span }) => !span || !spans.has(span));
  return { value: { ...value, tables }, diagnostics: [...left, ...found] };
}

/** What can't be read stays as nft has it. */
function readSaved(
  source: Source,
  family: 'ip' | 'ip6',
  ipset: Source | undefined,
): Outcome<RuleSet> | undefined {
  if (!/^\*/m.test(source.text)) return undefined;
  const read = importIptables(source, { family, ipset });
  return hasErrors(read.diagnostics) ? undefined : read;
}

function hasXtables({ chains }: Table): boolean {
  return chains.some(({ rules }) => rules.some(isXtables));
}

/** nft writes `{"xt": {"type": "match", "name": "time"}}`, older versions `{"xt": null}`. */
function isXtables({ parts }: Rule): boolean {
  return parts.some(
    ({ kind, ...part }) =>
      kind === 'opaque' &&
      'content' in part &&
      typeof part.content === 'object' &&
      part.content !== null &&
      'xt' in part.content,
  );
}

function tableWith(table: Table, saved: Table, replaced: Set<Rule>): Table {
  const chains = table.chains.map((chain) => chainWith(chain, findChain(saved, chain.name), replaced));
  const added = saved.sets.filter(({ name }) => !table.sets.some((set) => set.name === name));
  return { ...table, chains, sets: [...table.sets, ...added] };
}

function chainWith(chain: Chain, saved: Chain | undefined, replaced: Set<Rule>): Chain {
  if (saved?.rules.length !== chain.rules.length) return chain;
  const rules = chain.rules.map((rule, at) => {
    const twin = saved.rules[at];
    if (!twin || !isXtables(rule)) return rule;
    replaced.add(rule);
    const { handle, counters } = rule;
    return { ...twin, ...(handle !== undefined && { handle }), ...(counters && { counters }) };
  });
  return { ...chain, rules };
}
