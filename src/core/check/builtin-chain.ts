// The tables and chains of iptables: the same for legacy and nft variants (reference: iptables(8), TABLES).

import { type Hook, ipHooks, priority } from '../hook/hook.ts';
import type { BaseChain } from '../ir/ruleset.ts';

/** What a table and a chain of iptables imply. */
export type BuiltinChain = Omit<BaseChain, 'policy' | 'device'>;

/** The priority at each hook that a table has. */
const tables: Readonly<Record<string, Partial<Record<Hook, number>>>> = {
  raw: at(priority.raw, 'prerouting', 'output'),
  mangle: at(priority.mangle, ...ipHooks),
  nat: { ...at(priority.dstnat, 'prerouting', 'output'), ...at(priority.srcnat, 'input', 'postrouting') },
  filter: at(priority.filter, 'input', 'forward', 'output'),
  security: at(priority.security, 'input', 'forward', 'output'),
};

function at(value: number, ...hooks: readonly Hook[]): Partial<Record<Hook, number>> {
  return Object.fromEntries(hooks.map((hook) => [hook, value]));
}

/** The hook, priority and type that the names of a table and a chain imply. */
export function builtinChain(table: string, chain: string): BuiltinChain | undefined {
  const hook = ipHooks.find((one) => one.toUpperCase() === chain);
  const value = hook && Object.hasOwn(tables, table) ? tables[table]?.[hook] : undefined;
  if (!hook || value === undefined) return undefined;
  const route = table === 'mangle' && hook === 'output';
  return { hook, priority: value, type: table === 'nat' ? 'nat' : route ? 'route' : 'filter' };
}

/** Whether the table is one of iptables and the chain's name is kept for a built-in chain. */
export function isBuiltinName(table: string, chain: string): boolean {
  return Object.hasOwn(tables, table) && ipHooks.some((hook) => hook.toUpperCase() === chain);
}
