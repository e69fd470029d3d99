// What runs at a hook, in order: base chains at their priorities, with conntrack, address translation and confirmation
// between them. net/netfilter/core.c: nf_hook_entries_grow puts a new hook before those of equal priority.
import type { AddressFamily } from '../datatype/address.ts';
import { type Hook, priority } from '../hook/hook.ts';
import type { BaseChain, Chain, RuleSet, Table } from '../ir/ruleset.ts';
import { findMatch } from '../match/registry.ts';
import { findStatement } from '../statement/registry.ts';
import { perRuleSet } from './per-rule-set.ts';

/** A chain with what makes it a base chain. */
export interface HookedChain {
  readonly table: Table;
  readonly chain: Chain;
  readonly base: BaseChain;
}

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

/** Everything at a hook for packets of a family, first to last. `device` selects ingress and egress chains. */
export const hookFunctions = perRuleSet(findHookFunctions);

function findHookFunctions(
  ruleSet: RuleSet,
  hook: Hook,
  family: AddressFamily,
  device?: string,
): readonly HookFunction[] {
  const tracked = usesConntrack(ruleSet, family);
  const chains = hookedChains(ruleSet, family).filter(({ base }) => hangsOn(base, device));
  const here = chains.filter(({ base }) => base.hook === hook);
  const firstNat = chains.find(({ base }) => base.type === 'nat');
  const registered = chains.flatMap((hooked): readonly HookFunction[] => {
    const nat = tracked && hooked === firstNat ? natAt(hook, here) : [];
    const isFilterHere = hooked.base.hook === hook && hooked.base.type !== 'nat';
    return isFilterHere ? [{ kind: 'chain', priority: hooked.base.priority, hooked }] : nat;
  });
  const all = tracked ? [...registered, ...conntrackAt(hook)] : registered;
  return byPriority(all, (one) => one.priority);
}

/** A chain without devices hangs on all. */
function hangsOn({ devices }: BaseChain, device: string | undefined): boolean {
  return !devices || (device !== undefined && devices.includes(device));
}

/** Lower priorities first; of equal ones the one that was registered last. */
function byPriority<T>(registered: readonly T[], priorityOf: (one: T) => number): readonly T[] {
  return registered.toReversed().toSorted((a, b) => priorityOf(a) - priorityOf(b));
}

/** Conntrack registers when the first rule that needs it is loaded, after the chains: before them at equal priority. */
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
function natAt(hook: Hook, chains: readonly HookedChain[]): readonly HookFunction[] {
  const nat = chains.filter(({ base }) => base.type === 'nat');
  const ordered = byPriority(nat, ({ base }) => base.priority);
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
function hookedChains(ruleSet: RuleSet, family: AddressFamily): readonly HookedChain[] {
  return ruleSet.tables.flatMap((table) =>
    table.chains.flatMap((chain) => {
      const base = table.flags?.includes('dormant') ? undefined : chain.base;
      return base && sees(table, family, base.hook) ? [{ table, chain, base }] : [];
    }),
  );
}

/** Whether a table's chains are run for packets of a family. */
function sees(table: Table, family: AddressFamily, hook: Hook): boolean {
  if (table.family === 'inet') return true;
  if (table.family === 'netdev') return hook === 'ingress' || hook === 'egress';
  return table.family === (family === 4 ? 'ip' : 'ip6');
}

/**
 * Whether connections of a family are tracked: anything of the family that refers to them turns it on, in any chain
 * (net/netfilter/nf_conntrack_proto.c: nf_ct_netns_get).
 */
const usesConntrack = perRuleSet(refersToConntrack);

function refersToConntrack(ruleSet: RuleSet, family: AddressFamily): boolean {
  const parts = ruleSet.tables
    .filter((table) => table.family === 'inet' || table.family === (family === 4 ? 'ip' : 'ip6'))
    .flatMap((table) => table.chains)
    .flatMap((chain) => chain.rules)
    .flatMap((rule) => rule.parts);
  return parts.some((part) => {
    // What is not understood may refer to them. Taken so, nothing is lost: without them no rule could tell.
    if (part.kind === 'opaque') return true;
    const match = part.kind === 'match' ? findMatch(part.key) : undefined;
    if (match) return match.usesConntrack === true || match.refersToConntrack?.(part.args) === true;
    const statement = findStatement(part.key);
    if (statement?.refersToConntrack?.(part.args)) return true;
    return statement?.usesConntrack === true && (statement.tracksOnly?.(part.args) ?? family) === family;
  });
}
