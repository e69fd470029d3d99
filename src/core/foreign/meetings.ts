// Where the rules of a policy meet those of others: which of them sees a packet first, and which packets never come to the
// policy's.
import { leadingTo } from '../analyse/proof/changing-chains.ts';
import type { AddressFamily } from '../datatype/address.ts';
import { type Hook, ipHooks } from '../hook/hook.ts';
import { type Chain, findChain, type Part, type Rule, type RuleSet, type Table } from '../ir/ruleset.ts';
import { findStatement } from '../statement/registry.ts';
import { type HookedChain, type HookFunction, hookFunctions } from '../trace/order.ts';
import { programsIn } from './programs.ts';

/** A base chain at a hook where those of several meet. */
export interface MetChain extends HookedChain {
  readonly owner: 'policy' | 'other';
  /** The names of the programs that are known to have rules there. */
  readonly programs: readonly string[];
}

/** A hook that packets of these families pass through chains of both, in this order. */
export interface Meeting {
  readonly hook: Hook;
  readonly families: readonly AddressFamily[];
  readonly chains: readonly MetChain[];
}

/** The hooks at which the policy is not alone; `isOwn` tells its tables. */
export function meetings(ruleSet: RuleSet, isOwn: (table: Table) => boolean): readonly Meeting[] {
  return ipHooks.flatMap((hook) => {
    const [four, six] = ([4, 6] as const).map((family) => metChains(ruleSet, hook, family, isOwn));
    if (four && six && isSame(four, six)) return meeting(hook, [4, 6], four);
    return [...meeting(hook, [4], four ?? []), ...meeting(hook, [6], six ?? [])];
  });
}

function meeting(
  hook: Hook,
  families: readonly AddressFamily[],
  chains: readonly MetChain[],
): readonly Meeting[] {
  const owners = new Set(chains.map(({ owner }) => owner));
  return owners.size < 2 ? [] : [{ hook, families, chains }];
}

function isSame(some: readonly MetChain[], others: readonly MetChain[]): boolean {
  return some.length === others.length && some.every(({ chain }, at) => chain === others[at]?.chain);
}

/** A chain without rules that accepts says nothing. */
function metChains(
  ruleSet: RuleSet,
  hook: Hook,
  family: AddressFamily,
  isOwn: (table: Table) => boolean,
): readonly MetChain[] {
  const chains = hookFunctions(ruleSet, hook, family).flatMap(chainsOf);
  const telling = chains.filter(({ chain, base }) => chain.rules.length > 0 || base.policy === 'drop');
  return telling.map((one) => ({
    ...one,
    owner: isOwn(one.table) ? 'policy' : 'other',
    programs: programsIn(one.table, one.chain, targetsIn(one.table)).map(({ name }) => name),
  }));
}

function chainsOf(one: HookFunction): readonly HookedChain[] {
  if (one.kind === 'chain') return [one.hooked];
  return one.kind === 'nat' ? one.chains : [];
}

function targetsIn(table: Table): (chain: Chain) => readonly string[] {
  return ({ rules }) => rules.flatMap(({ parts }) => parts.flatMap((part) => leadingTo(part, table)));
}

/** A rule of others that sends packets for this host on to another one, before any rule at input. */
export interface SentOn {
  readonly table: Table;
  readonly chain: Chain;
  readonly rule: Rule;
  /** From 1. */
  readonly index: number;
  readonly programs: readonly string[];
}

/** All of them. What they match is forwarded: rules at input don't see it. */
export function sentOn(ruleSet: RuleSet, isOwn: (table: Table) => boolean): readonly SentOn[] {
  return ruleSet.tables
    .filter((table) => !isOwn(table))
    .flatMap((table) =>
      reachedFrom(table, 'prerouting').flatMap((chain) =>
        chain.rules.flatMap((rule, at) => {
          if (!rule.parts.some(sendsOn)) return [];
          const programs = programsIn(table, chain, () => []).map(({ name }) => name);
          return [{ table, chain, rule, index: at + 1, programs }];
        }),
      ),
    );
}

function sendsOn(part: Part): boolean {
  if (part.kind !== 'statement') return false;
  return findStatement(part.key)?.outcome?.(part.args)?.kind === 'destination';
}

/** The chains that packets come to from the nat chains at a hook. */
function reachedFrom(table: Table, hook: Hook): readonly Chain[] {
  const found = new Set(table.chains.filter(({ base }) => base?.type === 'nat' && base.hook === hook));
  for (const chain of found)
    for (const name of targetsIn(table)(chain)) {
      const next = findChain(table, name);
      if (next) found.add(next);
    }
  return [...found];
}
