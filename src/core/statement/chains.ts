// The chains that a part of a rule may lead to, and all jumps of a table.
import type { Chain, Part, Rule, Table } from '../ir/ruleset.ts';
import { type Lookups, lookupsOf } from '../match/define.ts';
import { findStatement } from './registry.ts';

/** One for all that lead nowhere. */
const none: readonly never[] = [];

/** Names of chains of the part's table, those in a named map among them. */
export function chainsOf(part: Part, lookups: Lookups): readonly string[] {
  const definition = part.kind === 'statement' ? findStatement(part.key) : undefined;
  if (!definition || part.kind !== 'statement') return none;
  const single = definition.chain?.(part.args);
  const several = definition.chains?.(part.args, lookups) ?? none;
  return single === undefined ? several : [single, ...several];
}

/** One jump or goto; its chain may be missing. */
export interface Jump {
  readonly from: Chain;
  readonly rule: Rule;
  /** The chain's name. */
  readonly name: string;
  readonly to: Chain | undefined;
}

/** Where the chains of a table lead, in the order of their rules. */
export function jumpsOf(table: Table): ReadonlyMap<Chain, readonly Jump[]> {
  const byName = new Map(table.chains.map((chain) => [chain.name, chain]));
  const lookups = lookupsOf(table);
  const jumpsFrom = (from: Chain): readonly Jump[] =>
    from.rules.flatMap((rule) =>
      rule.parts.flatMap((part) =>
        chainsOf(part, lookups).map((name) => ({ from, rule, name, to: byName.get(name) })),
      ),
    );
  return new Map(table.chains.map((chain) => [chain, jumpsFrom(chain)]));
}
