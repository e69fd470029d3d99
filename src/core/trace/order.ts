// What runs at a hook, in order: base chains at their priorities, with conntrack, address translation and confirmation
// between them. net/netfilter/core.c: nf_hook_entries_grow puts a new hook before those of equal priority.
import type { AddressFamily } from '../datatype/address.ts';
import { type Hook, priority } from '../hook/hook.ts';
import { listedHook } from '../hook/listing.ts';
import type { BaseChain, Chain, RuleSet, Table } from '../ir/ruleset.ts';
import { asListed } from './listed-order.ts';
import { tablesLoaded } from './loading.ts';
import { perRuleSet } from './per-rule-set.ts';
import { tracksConnections } from './tracked.ts';

/** A chain with what makes it a base chain. */
export interface HookedChain {
  readonly table: Table;
  readonly chain: Chain;
  readonly base: BaseChain;
}

/** Whose hooks a packet passes: those of its family, of a bridge, of ARP, or as any other frame those of devices alone. */
export type Layer = AddressFamily | 'bridge' | 'arp' | 'other';

/** One thing that runs at a hook. */
export type HookFunction =
  | { readonly kind: 'chain'; readonly priority: number; readonly hooked: HookedChain }
  | { readonly kind: 'defrag' | 'conntrack'; readonly priority: number }
  | {
      readonly kind: 'nat';
      readonly priority: number;
      readonly manip: 'source' | 'destination';
      /** In the order in which they are asked. */
      readonly chains: readonly HookedChain[];
    }
  | { readonly kind: 'confirm'; readonly priority: number };

/**
 * Everything at a hook for packets at a layer, first to last. `device` selects ingress and egress chains; `order` is
 * the place of the order of loading among all that are possible.
 */
export const hookFunctions = perRuleSet(findHookFunctions);

function findHookFunctions(
  ruleSet: RuleSet,
  hook: Hook,
  layer: Layer,
  device?: string,
  order = 0,
): readonly HookFunction[] {
  const tables = tablesLoaded(ruleSet, order);
  const chains = hookedChains(tables, layer).filter(({ base }) => hangsOn(base, device));
  const tracking =
    typeof layer === 'string' ? undefined : tables.find((table) => tracksConnections(table, layer));
  const nat = tracking ? chains.filter(({ base }) => base.type === 'nat') : [];
  const registered = tables.flatMap((table): readonly HookFunction[] => {
    const own = chains.filter((one) => one.table === table);
    const functions = own.flatMap((one) => (one === nat[0] ? natAt(hook, nat) : chainAt(hook, one)));
    return table === tracking ? [...functions, ...conntrackAt(hook)] : functions;
  });
  const sorted = byPriority(registered, (one) => one.priority);
  const listed = listedHook(ruleSet.hooks ?? [], familyOf(layer), hook, device);
  return listed ? asListed(sorted, listed) : sorted;
}

/** As the kernel's listing of hooks calls it. */
function familyOf(layer: Layer): string {
  if (typeof layer === 'string') return layer;
  return layer === 4 ? 'ip' : 'ip6';
}

/** Whether the same chains run in the same order. */
export function runAlike(some: readonly HookFunction[], others: readonly HookFunction[]): boolean {
  const chains = (functions: readonly HookFunction[]) => functions.flatMap(chainsOf);
  const [these, those] = [chains(some), chains(others)];
  return these.length === those.length && these.every((one, at) => one === those[at]);
}

/** What stands for one thing that runs: its chains, or its name. */
function chainsOf(one: HookFunction): readonly (Chain | string)[] {
  if (one.kind === 'chain') return [one.hooked.chain];
  return one.kind === 'nat' ? ['nat', ...one.chains.map(({ chain }) => chain)] : [one.kind];
}

/** A nat chain does not run by itself. */
function chainAt(hook: Hook, hooked: HookedChain): readonly HookFunction[] {
  const { base } = hooked;
  const runs = base.hook === hook && base.type !== 'nat';
  return runs ? [{ kind: 'chain', priority: base.priority, hooked }] : [];
}

/** A chain without devices hangs on all. */
function hangsOn({ devices }: BaseChain, device: string | undefined): boolean {
  return !devices || (device !== undefined && devices.includes(device));
}

/** Lower priorities first; of equal ones the one that was registered last. */
function byPriority<T>(registered: readonly T[], priorityOf: (one: T) => number): readonly T[] {
  return registered.toReversed().toSorted((a, b) => priorityOf(a) - priorityOf(b));
}

/**
 * Conntrack registers when the first rule that needs it is loaded, after the chains of its table: at equal priority
 * before them, and behind the chains of later tables (nft loads table by table, chains first).
 */
function conntrackAt(hook: Hook): readonly HookFunction[] {
  switch (hook) {
    case 'prerouting':
    case 'output':
      return [
        { kind: 'defrag', priority: priority.defrag },
        { kind: 'conntrack', priority: priority.conntrack },
      ];
    case 'input':
    case 'postrouting':
      return [{ kind: 'confirm', priority: priority.confirm }];
    case 'forward':
    case 'ingress':
    case 'egress':
      return [];
  }
}

/**
 * All nat chains of a hook hang on one dispatcher, whose priority does not depend on theirs. The first nat chain
 * anywhere registers it at all four hooks (net/netfilter/nf_nat_core.c: nf_nat_register_fn).
 */
function natAt(hook: Hook, nat: readonly HookedChain[]): readonly HookFunction[] {
  const here = nat.filter(({ base }) => base.hook === hook);
  const ordered = byPriority(here, ({ base }) => base.priority);
  switch (hook) {
    case 'prerouting':
    case 'output':
      return [{ kind: 'nat', priority: priority.dstnat, manip: 'destination', chains: ordered }];
    case 'input':
    case 'postrouting':
      return [{ kind: 'nat', priority: priority.srcnat, manip: 'source', chains: ordered }];
    case 'forward':
    case 'ingress':
    case 'egress':
      return [];
  }
}

/**
 * The base chains that see packets of a family, in the order in which they are registered; those of a dormant table
 * are not (net/netfilter/nf_tables_api.c: nft_table_disable).
 */
function hookedChains(tables: readonly Table[], layer: Layer): readonly HookedChain[] {
  return tables.flatMap((table) =>
    table.chains.flatMap((chain) => {
      const base = table.flags?.includes('dormant') ? undefined : chain.base;
      return base && sees(table, layer, base.hook) ? [{ table, chain, base }] : [];
    }),
  );
}

/** Whether a table's chains are run for packets at a layer. */
function sees(table: Table, layer: Layer, hook: Hook): boolean {
  const ofDevice = hook === 'ingress' || hook === 'egress';
  if (table.family === 'inet') return typeof layer === 'number' || ofDevice;
  if (table.family === 'netdev') return ofDevice;
  return !ofDevice && table.family === (layer === 4 ? 'ip' : layer === 6 ? 'ip6' : layer);
}
