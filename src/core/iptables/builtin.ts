// The tables of iptables and their built-in chains, as base chains of the rule set.
import type { Hook } from '../hook/hook.ts';
import { ipHooks, priority } from '../hook/hook.ts';
import type { BaseChain, ChainType } from '../ir/ruleset.ts';

/** In the order in which iptables-nft-save prints them (iptables/nft.h: enum nft_table_type). */
export const tableNames = ['mangle', 'security', 'raw', 'filter', 'nat'] as const;

export type TableName = (typeof tableNames)[number];

/** A built-in chain; its name is its hook's in capitals. */
export interface BuiltinChain {
  readonly table: TableName;
  readonly hook: Hook;
  readonly name: string;
  readonly type: ChainType;
  readonly priority: number;
}

const hooksOf = {
  mangle: ipHooks,
  security: ['input', 'forward', 'output'],
  raw: ['prerouting', 'output'],
  filter: ['input', 'forward', 'output'],
  nat: ['prerouting', 'input', 'output', 'postrouting'],
} as const satisfies Record<TableName, readonly Hook[]>;

/** All built-in chains, those of one table in the order of iptables-save. */
const builtinChains: readonly BuiltinChain[] = tableNames.flatMap((table) =>
  hooksOf[table].map((hook) => ({
    table,
    hook,
    name: hook.toUpperCase(),
    type: typeOf(table, hook),
    priority: priorityOf(table, hook),
  })),
);

/** net/ipv4/netfilter/iptable_mangle.c: only OUTPUT routes again. */
function typeOf(table: TableName, hook: Hook): ChainType {
  if (table === 'nat') return 'nat';
  return table === 'mangle' && hook === 'output' ? 'route' : 'filter';
}

function priorityOf(table: TableName, hook: Hook): number {
  if (table !== 'nat') return priority[table];
  return hook === 'prerouting' || hook === 'output' ? priority.dstnat : priority.srcnat;
}

/**
 * Where iptables' nft variant has the table `security`: behind the source translation of INPUT, which in the legacy
 * variant comes after it (iptables/nft.c: xtables_ipv4).
 */
export const nftSecurityPriority = 150;

/** Whether this is the name of an iptables table. */
export function isTableName(name: string): name is TableName {
  return (tableNames as readonly string[]).includes(name);
}

/** The built-in chains of a table. */
export function builtinsOf(table: TableName): readonly BuiltinChain[] {
  return builtinChains.filter((chain) => chain.table === table);
}

/**
 * The built-in chain that runs where a base chain runs. All nat chains of a hook run together at one fixed place,
 * whatever their own priority (net/netfilter/nf_nat_core.c: nf_nat_inet_fn), so it does not count for them.
 */
export function builtinOf(base: BaseChain): BuiltinChain | undefined {
  return builtinChains.find(
    (chain) =>
      chain.hook === base.hook &&
      chain.type === base.type &&
      (base.type === 'nat' || chain.priority === base.priority || isNftSecurity(chain, base)),
  );
}

function isNftSecurity({ table }: BuiltinChain, base: BaseChain): boolean {
  return table === 'security' && base.priority === nftSecurityPriority;
}

/** The interface that a packet at a hook does not have yet or any more; built-in chains refuse rules that test it. */
export function missingInterface(hook: Hook): 'i' | 'o' | undefined {
  if (hook === 'output' || hook === 'postrouting') return 'i';
  return hook === 'forward' ? undefined : 'o';
}
