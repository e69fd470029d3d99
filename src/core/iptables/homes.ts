// Which table of iptables each chain stands in: base chains are built-in chains, and a user chain stands in every table
// from which it can be reached, because a jump never leaves its table.
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { BaseChain, Chain, Table } from '../ir/ruleset.ts';
import { jumpsOf } from '../statement/chains.ts';
import { type BuiltinChain, builtinOf, isTableName, type TableName } from './builtin.ts';

/** Takes what is wrong. */
export type Report = (diagnostic: Diagnostic) => void;

/** For each chain the tables of iptables in which it stands, and which built-in chain it is. */
export type Homes = ReadonlyMap<Chain, Home>;

export interface Home {
  readonly tables: ReadonlySet<TableName>;
  readonly builtin?: BuiltinChain;
}

/** Where the chains of a policy table stand; reports base chains that iptables does not have. */
export function homesOf(table: Table, report: Report): Homes {
  const homes = new Map<Chain, { tables: Set<TableName>; builtin?: BuiltinChain }>();
  const jumps = jumpsOf(table);
  for (const chain of table.chains) {
    if (!chain.base) continue;
    const builtin = checkedBuiltin(chain, chain.base, report);
    if (!builtin) continue;
    homes.set(chain, { tables: new Set([builtin.table]), builtin });
    for (const reached of reachable(chain, jumps)) {
      const home = homes.get(reached) ?? { tables: new Set() };
      home.tables.add(builtin.table);
      homes.set(reached, home);
    }
  }
  const fallback = defaultHome(table, homes);
  for (const chain of table.chains)
    if (!chain.base && !homes.has(chain)) homes.set(chain, { tables: new Set([fallback]) });
  return homes;
}

/** Nothing leads to the chain, so any table will do. */
function defaultHome(table: Table, homes: Homes): TableName {
  if (isTableName(table.name)) return table.name;
  return [...homes.values()].find(({ builtin }) => builtin)?.builtin?.table ?? 'filter';
}

function reachable(from: Chain, jumps: ReturnType<typeof jumpsOf>): ReadonlySet<Chain> {
  const reached = new Set<Chain>();
  const open = [from];
  for (let chain = open.pop(); chain; chain = open.pop())
    for (const { to: next } of jumps.get(chain) ?? []) {
      if (!next || next.base || reached.has(next)) continue;
      reached.add(next);
      open.push(next);
    }
  return reached;
}

function checkedBuiltin(chain: Chain, base: BaseChain, report: Report): BuiltinChain | undefined {
  const builtin = builtinOf(base);
  const problem = builtin ? policyProblem(base) : placeProblem(base);
  if (!problem) return builtin;
  report(diagnostic('HK4003', `chain \`${chain.name}\`: ${problem}`, { span: chain.span }));
  return undefined;
}

function policyProblem({ type, policy }: BaseChain): string | undefined {
  return type === 'nat' && policy === 'drop'
    ? 'iptables refuses policy drop in its nat table; drop in a filter chain'
    : undefined;
}

function placeProblem(base: BaseChain): string {
  const { type, hook, priority } = base;
  const route = builtinOf({ ...base, type: 'route' });
  if (route)
    return `the mangle table of iptables routes again at output, so this chain has to say \`type route\``;
  return `iptables has no ${type} chain at hook ${hook} with priority ${priority}`;
}

/** Two chains on one hook and priority run one after the other; iptables has only one there. */
export function reportShared(homes: ReadonlyMap<Table, Homes>, report: Report): void {
  const first = new Map<BuiltinChain, string>();
  for (const [table, chains] of homes)
    for (const [chain, { builtin }] of chains) {
      if (!builtin) continue;
      const name = `\`${chain.name}\` of table ${table.family} \`${table.name}\``;
      const other = first.get(builtin);
      if (other === undefined) first.set(builtin, name);
      else
        report(
          diagnostic(
            'HK4003',
            `chain ${name} and chain ${other} are both ${builtin.name} of iptables' table ${builtin.table}`,
            { span: chain.span, help: 'make one of them a chain that the other jumps to' },
          ),
        );
    }
}
