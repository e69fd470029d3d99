// A rule set without all that changes no packets, for whoever asks what packets are where they come to.
import type { Hook } from '../hook/hook.ts';
import type { Chain, RuleSet, Table } from '../ir/ruleset.ts';
import { changesPackets } from './proof/changing-chains.ts';

/**
 * The rule set without what only lets packets pass or ends them, and without what runs at the hooks that are left out:
 * whoever comes to a rule of the others comes as before, unless he was ended before. Its tables keep all their rules, so
 * that what they say of sets and of conntrack holds.
 */
export function withChangingChains(ruleSet: RuleSet, leftOut: readonly Hook[]): RuleSet {
  // What the kernel lists is an order of all chains.
  if (ruleSet.hooks) return ruleSet;
  const isKept = (table: Table, { base, name }: Chain) =>
    base !== undefined &&
    !leftOut.includes(base.hook) &&
    (base.type !== 'filter' || changesPackets(table, name));
  const tables = ruleSet.tables.map((table) => ({
    ...table,
    chains: table.chains.map((chain) => (isKept(table, chain) ? chain : userChain(chain))),
  }));
  return { ...ruleSet, tables };
}

function userChain({ base: _base, ...chain }: Chain): Chain {
  return chain;
}
