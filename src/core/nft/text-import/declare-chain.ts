// Chains and flowtables as JSON has them.
import { baseOf, devicesJson, priorityOf } from './base-chain.ts';
import type { ChainSyntax, FlowtableSyntax } from './declaration.ts';
import { fail } from './problem.ts';
import type { ListedChain, ListedTable } from './ruleset.ts';

/** The chain in its table; one that is there already gets further rules. */
export function declareChain(table: ListedTable, syntax: ChainSyntax, isNew: boolean): ListedChain {
  const { name, at, base, policy, more } = syntax;
  const known = table.chains.get(name);
  if (known && isNew) fail('HK5609', `chain \`${name}\` is there already`, at);
  if (policy !== undefined && !base && known?.body.hook === undefined)
    fail('HK5604', `chain \`${name}\` is at no hook, so that it has no policy`, at);
  if (known && !base) {
    if (policy !== undefined) known.body = { ...known.body, policy };
    return known;
  }
  const { family } = table;
  const body = {
    family,
    table: table.name,
    name,
    ...(base && baseOf(base, policy, family, at)),
    ...more,
  };
  const chain: ListedChain = known ?? { body, rules: [], at };
  chain.body = body;
  table.chains.set(name, chain);
  return chain;
}

/** The flowtable in its table. */
export function declareFlowtable(table: ListedTable, syntax: FlowtableSyntax): void {
  const { name, hook, priority, devices, more, at } = syntax;
  const { family } = table;
  const body = {
    family,
    table: table.name,
    name,
    hook: hook ?? 'ingress',
    prio: priority ? priorityOf(priority, family === 'bridge' ? 'bridge' : 'netdev') : 0,
    ...devicesJson(devices),
    ...more,
  };
  table.flowtables.set(name, { body, at });
}
