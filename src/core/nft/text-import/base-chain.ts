// Base chains: which family has which hooks, what type and which named priority may hang there, and what nft lists of it.
import type { JsonObject, JsonValue } from '../json-value.ts';
import type { ChainSyntax, PrioritySyntax } from './declaration.ts';
import { fail } from './problem.ts';
import type { Place } from './syntax.ts';

interface NamedPriority {
  readonly value: number;
  /** Where it has that name; anywhere if they are missing. */
  readonly hooks?: readonly string[];
}

/**
 * include/uapi/linux/netfilter_ipv4.h: NF_IP_PRI_RAW and so on; nftables: src/rule.c: std_prio_family_hook_compat, of
 * which later versions take `dstnat` for the host's own packets too.
 */
const ipPriorities: Readonly<Record<string, NamedPriority>> = {
  raw: { value: -300 },
  mangle: { value: -150 },
  dstnat: { value: -100, hooks: ['prerouting', 'output'] },
  filter: { value: 0 },
  security: { value: 50 },
  srcnat: { value: 100, hooks: ['postrouting'] },
};

/** include/uapi/linux/netfilter_bridge.h: NF_BR_PRI_NAT_DST_BRIDGED and so on. */
const bridgePriorities: Readonly<Record<string, NamedPriority>> = {
  dstnat: { value: -300, hooks: ['prerouting'] },
  filter: { value: -200 },
  out: { value: 100, hooks: ['output'] },
  srcnat: { value: 300, hooks: ['postrouting'] },
};

const onlyFilter: Readonly<Record<string, NamedPriority>> = { filter: { value: 0 } };

interface FamilyHooks {
  readonly hooks: readonly string[];
  readonly priorities: Readonly<Record<string, NamedPriority>>;
}

const fiveHooks = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

const families: Readonly<Record<string, FamilyHooks>> = {
  ip: { hooks: fiveHooks, priorities: ipPriorities },
  ip6: { hooks: fiveHooks, priorities: ipPriorities },
  inet: { hooks: [...fiveHooks, 'ingress'], priorities: ipPriorities },
  arp: { hooks: ['input', 'output'], priorities: onlyFilter },
  bridge: { hooks: fiveHooks, priorities: bridgePriorities },
  netdev: { hooks: ['ingress', 'egress'], priorities: onlyFilter },
};

/** Where chains of each type may hang (net/netfilter/nft_chain_filter.c, nft_chain_nat.c, nft_chain_route.c). */
const types: Readonly<Record<string, { readonly families?: string; readonly hooks?: string }>> = {
  filter: {},
  nat: { families: 'ip ip6 inet', hooks: 'prerouting input output postrouting' },
  route: { families: 'ip ip6 inet', hooks: 'output' },
};

const deviceHooks: readonly string[] = ['ingress', 'egress'];

/** NF_IP_PRI_CONNTRACK: addresses are translated behind it (net/netfilter/nf_tables_api.c: nft_chain_parse_hook). */
const trackingPriority = -200;

/** The value of a priority at a hook; `hook` is missing for flowtables. */
export function priorityOf({ name, offset, at }: PrioritySyntax, family: string, hook?: string): number {
  if (name === undefined) return offset;
  const priorities = families[family]?.priorities ?? onlyFilter;
  const known = Object.hasOwn(priorities, name) ? priorities[name] : undefined;
  if (known && (hook === undefined || (known.hooks?.includes(hook) ?? true))) return known.value + offset;
  const there = Object.keys(priorities).filter((one) => priorities[one]?.hooks?.includes(hook ?? '') ?? true);
  return fail(
    'HK5604',
    `\`${name}\` is no priority of the family \`${family}\`${hook === undefined ? '' : ` at the hook \`${hook}\``}`,
    at,
    `there are ${there.join(', ')}`,
  );
}

/** What nft lists of the head of a base chain. Throws where no kernel takes it. */
export function baseOf(
  base: NonNullable<ChainSyntax['base']>,
  policy: string | undefined,
  family: string,
  at: Place,
): JsonObject {
  const { type, hook, priority, devices } = base;
  checkType(base, family, at);
  const prio = priorityOf(priority, family, hook);
  if (type === 'nat' && prio <= trackingPriority)
    fail('HK5604', `addresses are translated behind the priority ${trackingPriority}`, priority.at);
  return { type, hook, prio, policy: policy ?? 'accept', ...devicesJson(devices) };
}

function checkType(
  { type, hook, devices }: NonNullable<ChainSyntax['base']>,
  family: string,
  at: Place,
): void {
  const known = Object.hasOwn(types, type) ? types[type] : undefined;
  if (!known)
    fail('HK5604', `\`${type}\` is no type of chain`, at, `there are ${Object.keys(types).join(', ')}`);
  const hooks = families[family]?.hooks ?? [];
  if (!hooks.includes(hook))
    fail('HK5604', `\`${hook}\` is no hook of the family \`${family}\``, at, `there are ${hooks.join(', ')}`);
  if (!isWithin(family, known.families) || !isWithin(hook, known.hooks))
    fail('HK5604', `a chain of type \`${type}\` can not be at the hook \`${hook}\` of \`${family}\``, at);
  if (deviceHooks.includes(hook) !== devices.length > 0)
    fail('HK5604', `a chain at \`${hook}\` ${devices.length > 0 ? 'has no' : 'needs a'} device`, at);
}

function isWithin(word: string, words: string | undefined): boolean {
  return words === undefined || words.split(' ').includes(word);
}

/** One name, or a list of several. */
export function devicesJson(devices: readonly string[]): { dev?: JsonValue } {
  const [only] = devices;
  if (only === undefined) return {};
  return { dev: devices.length === 1 ? only : devices };
}
