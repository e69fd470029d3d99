// The tables and chains of iptables that a policy needs, still without rules.
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Chain, OpaqueObject, RuleSet, Table } from '../ir/ruleset.ts';
import { type BuiltinChain, builtinsOf, type TableName, tableNames } from './builtin.ts';
import { type Homes, homesOf, type Report, reportShared } from './homes.ts';
import { chainNameLimit, claimName } from './names.ts';
import type { OutputChain, OutputTable } from './program.ts';
import { targetNames } from './targets.ts';

/** A chain of the policy and what it becomes in one table. */
export interface PlacedChain {
  readonly table: Table;
  readonly chain: Chain;
  readonly output: OutputChain;
  /** The names here of the user chains of the same policy table. */
  readonly names: ReadonlyMap<string, string>;
}

/** A table of iptables and what of the policy goes there. */
export interface PlacedTable {
  readonly output: OutputTable;
  readonly chains: readonly PlacedChain[];
}

/** The tables that the family needs; reports what has no place in iptables. */
export function layOut(ruleSet: RuleSet, family: 'ip' | 'ip6', report: Report): readonly PlacedTable[] {
  const tables = ruleSet.tables.filter((table) => belongs(table, family, report));
  const homes = new Map(tables.map((table) => [table, homesOf(table, report)]));
  reportShared(homes, report);
  return tableNames.flatMap((name) => {
    const present = [...homes].filter(([table, chains]) => table.name === name || hasHome(chains, name));
    return present.length > 0 ? [placeTable(name, present)] : [];
  });
}

function belongs(table: Table, family: 'ip' | 'ip6', report: Report): boolean {
  const { span } = table;
  const isOther = table.family === 'ip' || table.family === 'ip6';
  if (isOther && table.family !== family) return false;
  for (const object of table.opaque)
    if (!isUnderstood(object, table))
      report(diagnostic('HK4002', `iptables has nothing like \`${object.text}\``, { span }));
  reportLeftOut(table, report);
  if (table.flags?.includes('dormant'))
    report(
      diagnostic(
        'HK4001',
        `table \`${table.family} ${table.name}\` is dormant, and iptables runs all its tables`,
        {
          span,
          help: 'take `flags dormant` or the table out',
        },
      ),
    );
  if (isOther || table.family === 'inet') return true;
  const message = `table ${table.family} \`${table.name}\` filters what iptables does not see`;
  const help = 'compile to nft, or move its rules to a table of family ip, ip6 or inet';
  report(diagnostic('HK4003', message, { span, help }));
  return false;
}

/** Says what iptables has no place for and no need of; a rule that refers to it is a problem of its own. */
function reportLeftOut(table: Table, report: Report): void {
  const { objects = [], chains, comment, flags = [], span } = table;
  const left = [
    ...objects.map(({ kind, name }) => `${kind} \`${name}\``),
    ...flags.filter((flag) => flag !== 'dormant').map((flag) => `its flag \`${flag}\``),
    ...(comment === undefined ? [] : ['its comment']),
    ...chains.flatMap((chain) =>
      chain.comment === undefined ? [] : [`the comment of chain \`${chain.name}\``],
    ),
  ];
  if (left.length === 0) return;
  const message = `of table \`${table.family} ${table.name}\` iptables has no place for ${left.join(', ')}`;
  report(diagnostic('HK4006', message, { span }));
}

/** Of a set or map that is understood too, only a comment, a size or counts are not said. */
function isUnderstood({ text }: OpaqueObject, { sets, maps = [] }: Table): boolean {
  return sets.some(({ name }) => text === `set ${name}`) || maps.some(({ name }) => text === `map ${name}`);
}

function hasHome(homes: Homes, name: TableName): boolean {
  return [...homes.values()].some(({ tables }) => tables.has(name));
}

function placeTable(name: TableName, present: readonly (readonly [Table, Homes])[]): PlacedTable {
  const builtins = builtinsOf(name);
  const taken = new Set([...targetNames, ...builtins.map((builtin) => builtin.name)]);
  const output: OutputTable = {
    name,
    chains: builtins.map((builtin) => builtinChain(builtin, present)),
    taken,
    renamed: [],
  };
  return { output, chains: present.flatMap(([table, homes]) => placeChains(table, homes, output)) };
}

function builtinChain(builtin: BuiltinChain, present: readonly (readonly [Table, Homes])[]): OutputChain {
  const placed = present.flatMap(([, homes]) => [...homes]).find(([, home]) => home.builtin === builtin)?.[0];
  return {
    name: builtin.name,
    builtin,
    policy: placed?.base?.policy === 'drop' ? 'DROP' : 'ACCEPT',
    counters: placed?.base?.counters,
    lines: [],
  };
}

/** The chains of a policy table that stand in this table of iptables. */
function placeChains(table: Table, homes: Homes, output: OutputTable): readonly PlacedChain[] {
  const here = table.chains.filter((chain) => homes.get(chain)?.tables.has(output.name));
  const users = new Map(
    here
      .filter((chain) => !chain.base)
      .map((chain) => [chain.name, placeUserChain(chain, table, output)] as const),
  );
  const names = new Map([...users].map(([name, user]) => [name, user.name]));
  return here.flatMap((chain) => {
    const builtin = homes.get(chain)?.builtin;
    const placed = builtin ? output.chains.find((one) => one.builtin === builtin) : users.get(chain.name);
    return placed ? [{ table, chain, output: placed, names }] : [];
  });
}

function placeUserChain({ name }: Chain, table: Table, output: OutputTable): OutputChain {
  const wanted = output.taken.has(name) ? `${table.name}-${name}` : name;
  const chain: OutputChain = {
    name: claimName(wanted, chainNameLimit, output.taken),
    policy: '-',
    lines: [],
  };
  output.chains.push(chain);
  if (chain.name !== name)
    output.renamed.push(
      `${chain.name} is chain ${JSON.stringify(name)} of table ${table.family} ${JSON.stringify(table.name)}`,
    );
  return chain;
}
