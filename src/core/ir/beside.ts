// Several rule sets on one machine, such as those of iptables-legacy and of nft, each from a dump of its own.
import type { RuleSet, Table } from './ruleset.ts';

/** A rule set and what its dump is called. */
export interface Dump {
  readonly name: string;
  readonly ruleSet: RuleSet;
}

/**
 * All of them as one, to be traced and not to be loaded: a table whose name an earlier dump has already is called after
 * its own. No dump tells what was loaded before the others.
 */
export function loadedBeside(dumps: readonly Dump[]): RuleSet {
  const tables: Table[] = [];
  for (const { name, ruleSet } of dumps) {
    const before = new Set(tables.map(fullName));
    tables.push(
      ...ruleSet.tables.map((table) =>
        before.has(fullName(table)) ? { ...table, name: `${table.name} of ${name}` } : table,
      ),
    );
  }
  const loads = dumps.map(({ name, ruleSet }) => ({ name, tables: ruleSet.tables.length }));
  return {
    tables,
    ipset: dumps.flatMap(({ ruleSet }) => ruleSet.ipset ?? []),
    needs: dumps.flatMap(({ ruleSet }) => ruleSet.needs ?? []),
    ...(dumps.length > 1 && { loads }),
  };
}

function fullName({ family, name }: Table): string {
  return `${family} ${name}`;
}
