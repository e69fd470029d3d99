// Which base chains may make packets into other ones, as a walk takes all packets through them.
import { type Chain, findChain, type Part, type Table } from '../../ir/ruleset.ts';
import { lookupsOf } from '../../match/define.ts';
import { findStatement } from '../../statement/registry.ts';
import type { SymbolicEffect } from '../../statement/symbolic.ts';
import { leadingTo } from '../proof/changing-chains.ts';
import type { Space } from '../space.ts';

/** Whether a base chain does, or one that it leads to. */
export type ChangesValues = (table: Table, chain: Chain) => boolean;

/** Asks each statement what it does; what was asked for once is known. */
export function changesValuesIn(space: Space): ChangesValues {
  const known = new Map<Chain, boolean>();
  const own = (table: Table, chain: Chain): boolean => {
    const before = known.get(chain);
    if (before !== undefined) return before;
    const found = chain.rules.some(({ parts }) => parts.some((part) => mayChange(space, table, part)));
    known.set(chain, found);
    return found;
  };
  return (table, chain) =>
    chain.base?.type === 'nat' || reachable(table, chain).some((one) => own(table, one));
}

function reachable(table: Table, from: Chain): readonly Chain[] {
  const found = new Set([from]);
  for (const { rules } of found)
    for (const { parts } of rules)
      for (const part of parts)
        for (const name of leadingTo(part, table)) {
          const next = findChain(table, name);
          if (next) found.add(next);
        }
  return [...found];
}

const changing: ReadonlySet<SymbolicEffect['kind']> = new Set(['set', 'nat', 'untrack', 'set-zone']);

function mayChange(space: Space, table: Table, part: Part): boolean {
  if (part.kind !== 'statement') return false;
  const context = { ...space.at({ hook: 'forward', rule: 'any' }), ...lookupsOf(table) };
  const cases = findStatement(part.key)?.symbolic?.(part.args, context) ?? [];
  return cases.some(({ effect }) => changing.has(effect.kind));
}
