// Chains and flowtables as JSON has them: priorities as numbers, policies where there are any.
import type { JsonValue } from '../json-value.ts';
import type { ChainSyntax, FlowtableSyntax, PrioritySyntax } from './declaration.ts';
import { fail } from './problem.ts';
import type { ListedChain, ListedTable } from './ruleset.ts';

/** include/uapi/linux/netfilter_ipv4.h and netfilter_bridge.h: NF_IP_PRI_RAW and so on. */
const priorities: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};
const bridgePriorities: Readonly<Record<string, number>> = {
  dstnat: -300,
  filter: -200,
  out: 100,
  srcnat: 300,
};
const chainTypes = ['filter', 'nat', 'route'];
const hooks = ['prerouting', 'input', 'forward', 'output', 'postrouting', 'ingress', 'egress'];

function priorityOf({ name, offset, at }: PrioritySyntax, family: string): number {
  if (name === undefined) return offset;
  const table = family === 'bridge' ? bridgePriorities : priorities;
  const base = Object.hasOwn(table, name) ? table[name] : undefined;
  if (base !== undefined) return base + offset;
  return fail(
    'HK5604',
    `\`${name}\` is no priority of the family \`${family}\``,
    at,
    `there are ${Object.keys(table).join(', ')}`,
  );
}

/** The chain in its table; one that is there already gets further rules. */
export function declareChain(table: ListedTable, syntax: ChainSyntax, isNew: boolean): ListedChain {
  const { name, at, base, policy, more } = syntax;
  const known = table.chains.get(name);
  if (known && isNew) fail('HK5609', `chain \`${name}\` is there already`, at);
  if (known && !base) {
    if (policy !== undefined) known.body = { ...known.body, policy };
    return known;
  }
  const { family } = table;
  const body = {
    family,
    table: table.name,
    name,
    ...(base && baseOf(base, policy, family, syntax)),
    ...more,
  };
  const chain: ListedChain = known ?? { body, rules: [], at };
  chain.body = body;
  table.chains.set(name, chain);
  return chain;
}

function baseOf(
  { type, hook, priority, devices }: NonNullable<ChainSyntax['base']>,
  policy: string | undefined,
  family: string,
  { at }: ChainSyntax,
) {
  if (!chainTypes.includes(type)) fail('HK5604', `\`${type}\` is no type of chain`, at);
  if (!hooks.includes(hook)) fail('HK5604', `\`${hook}\` is no hook`, at);
  return {
    type,
    hook,
    prio: priorityOf(priority, family),
    policy: policy ?? 'accept',
    ...devicesJson(devices),
  };
}

/** One name, or a list of several. */
function devicesJson(devices: readonly string[]): { dev?: JsonValue } {
  const [only] = devices;
  if (only === undefined) return {};
  return { dev: devices.length === 1 ? only : devices };
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
