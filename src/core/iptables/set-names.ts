// The names that named sets have in ipset, where all tables share one space of names.
import type { NamedSet, RuleSet, Table } from '../ir/ruleset.ts';
import { findMatch } from '../match/registry.ts';
import { isHeld } from './ipset-own.ts';
import { linesOfNamedSet } from './ipset-set.ts';
import { claimName, setNameLimit } from './names.ts';

/** Behind the name of a set while its new content is loaded. */
export const loadingSuffix = '.new';

/** A set that rules for iptables refer to. */
export interface PlacedSet {
  readonly table: Table;
  readonly set: NamedSet;
  readonly name: string;
}

/** The sets that rules of the families of iptables refer to, in the order of the policy. */
export function placeSets(ruleSet: RuleSet): readonly PlacedSet[] {
  const taken = new Set(ruleSet.ipset?.flatMap((line) => /^create (\S+)/.exec(line)?.[1] ?? []));
  const shared = new Map<string, NamedSet>();
  return ruleSet.tables
    .filter(({ family }) => family === 'ip' || family === 'ip6' || family === 'inet')
    .flatMap((table) => {
      const used = usedSets(table);
      return (
        table.sets
          // What ipset has no type for is written out in the rules.
          .filter((set) => used.has(set.name) && (set.ipset !== undefined || isHeld(set)))
          .map((set) => ({ table, set, name: nameOf(set, table, taken, shared) }))
      );
    });
}

/** Names of the sets that the rules of a table refer to. */
export function usedSets({ chains }: Pick<Table, 'chains'>): ReadonlySet<string> {
  const used = new Set<string>();
  for (const chain of chains)
    for (const rule of chain.rules)
      for (const part of rule.parts)
        if (part.kind === 'match')
          for (const name of findMatch(part.key)?.sets(part.args) ?? []) used.add(name);
  return used;
}

/** Several tables may have the same set of ipset. */
function nameOf(set: NamedSet, table: Table, taken: Set<string>, shared: Map<string, NamedSet>): string {
  const { ipset, name } = set;
  const other = shared.get(name);
  if (ipset !== undefined && other && isSame(set, other)) return name;
  if (ipset !== undefined && !taken.has(name)) shared.set(name, set);
  return claimSetName(name, table, taken);
}

function isSame(one: NamedSet, other: NamedSet): boolean {
  const [mine, others] = [one, other].map((set) => linesOfNamedSet(set, set.name)?.join('\n'));
  return mine === others;
}

/** The name itself for the first set that has it. */
function claimSetName(name: string, table: Table, taken: Set<string>): string {
  const wanted = taken.has(name) ? `${table.family}-${table.name}-${name}` : name;
  return claimName(wanted, setNameLimit - loadingSuffix.length, taken);
}
