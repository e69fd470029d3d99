// The ways that packets come to the chains of a table, from its base chains down the jumps.
import type { Hook } from '../../../hook/hook.ts';
import type { Chain, Table } from '../../../ir/ruleset.ts';
import type { Route } from './reach.ts';
import type { RuledChain, RuledTable } from './ruled.ts';

/** How a chain is come to: from this base chain, by these jumps. */
export interface Approach {
  readonly base: Chain;
  readonly table: RuledTable;
  /** The stops before the chain itself; none for the base chain. */
  readonly jumps: Route;
  readonly chain: RuledChain;
}

/** The ways to one chain; not all of them where there are too many. */
export interface Approaches {
  readonly list: Approach[];
  complete: boolean;
}

/** More ways to one chain are not looked at. */
export const mostWays = 24;

/** All ways in a table; `at` gives its rules at a hook. */
export function approachesOf(table: Table, at: (hook: Hook) => RuledTable): ReadonlyMap<Chain, Approaches> {
  const found = new Map<Chain, Approaches>();
  for (const chain of table.chains) {
    if (!chain.base) continue;
    const ruled = at(chain.base.hook);
    visit({ base: chain, table: ruled, jumps: [], chain: ruled.chainOf(chain) }, found);
  }
  return found;
}

/** The kernel takes no deeper nesting, so that this ends in any case. */
const deepest = 16;

function visit(approach: Approach, found: Map<Chain, Approaches>): void {
  const { chain, jumps, table } = approach;
  const all = found.get(chain.chain) ?? { list: [], complete: true };
  found.set(chain.chain, all);
  if (all.list.length >= mostWays || jumps.length > deepest) {
    all.complete = false;
    return;
  }
  all.list.push(approach);
  for (const [at, { exits }] of chain.rules.entries())
    for (const name of new Set(exits.flatMap(({ result }) => ('chain' in result ? [result.chain] : []))))
      visit({ ...approach, jumps: [...jumps, { chain, at }], chain: table.target(name) }, found);
}
