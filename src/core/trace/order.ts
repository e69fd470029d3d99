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
  | { readonly kind: 'conntrack'; readonly priority: number }
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
  const chains = hookedChains(ruleSet, hook, family, device);
  const filters = chains.filter(({ base }) => base.type !== 'nat');
  const functions = filters.map(
    (hooked): HookFunction => ({
      kind: 'chain',
      priority: hooked.base.priority,
      hooked,
    }),
  );
  if (usesConntrack(ruleSet, family)) functions.push(...conntrackAt(hook));
  if (usesConntrack(ruleSet, family) && hasNat(ruleSet, family)) functions.push(...natAt(hook, chains));
  return byPriority(functions, (one) => one.priority);
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
      return [{ kind: 'conntrack', priority: priority.conntrack }];
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
 * All nat chains of a hook hang on one dispatcher, whose place does not depend on theirs; it is at all four hooks as
 * soon as one nat chain is anywhere (net/netfilter/nf_nat_core.c: nf_nat_register_fn).
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

function hasNat(ruleSet: RuleSet, family: AddressFamily): boolean {
  return natHooks.some((hook) =>
    hookedChains(ruleSet, hook, family, undefined).some(({ base }) => base.type === 'nat'),
  );
}

const natHooks = ['prerouting', 'input', 'output', 'postrouting'] as const satisfies readonly Hook[];

function hookedChains(
  ruleSet: RuleSet,
  hook: Hook,
  family: AddressFamily,
  device: string | undefined,
): readonly HookedChain[] {
  return ruleSet.tables
    .filter((table) => sees(table, family, hook))
    .flatMap((table) =>
      table.chains.flatMap((chain) => {
        const base = chain.base;
        return base?.hook === hook && (base.device === undefined || base.device === device)
          ? [{ table, chain, base }]
          : [];
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
export const usesConntrack = perRuleSet(refersToConntrack);

function refersToConntrack(ruleSet: RuleSet, family: AddressFamily): boolean {
  const parts = ruleSet.tables
    .filter((table) => table.family === 'inet' || table.family === (family === 4 ? 'ip' : 'ip6'))
    .flatMap((table) => table.chains)
    .flatMap((chain) => chain.rules)
    .flatMap((rule) => rule.parts);
  return parts.some((part) => {
    if (part.kind === 'opaque') return false;
    const definition = part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
    return definition?.usesConntrack === true;
  });
}
