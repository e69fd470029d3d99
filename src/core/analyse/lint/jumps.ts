// Which chains of a table rules lead to, and which rules lead there.
import { type Chain, findChain, type Rule, type Table } from '../../ir/ruleset.ts';
import { lookupsOf } from '../../match/define.ts';
import { findStatement } from '../../statement/registry.ts';

/** The names of the chains that a rule may go on in. */
export function leadsTo({ parts }: Rule, table: Table): readonly string[] {
  return parts.flatMap((part) => {
    if (part.kind !== 'statement') return [];
    const definition = findStatement(part.key);
    const named = definition?.chain?.(part.args);
    return [
      ...(named === undefined ? [] : [named]),
      ...(definition?.chains?.(part.args, lookupsOf(table)) ?? []),
    ];
  });
}

/** The chains of a table that packets may come to: base chains, and what rules of such lead to. */
export function reachedChains(table: Table): ReadonlySet<Chain> {
  const reached = new Set<Chain>();
  const waiting = table.chains.filter(({ base }) => base);
  for (let chain = waiting.pop(); chain; chain = waiting.pop()) {
    if (reached.has(chain)) continue;
    reached.add(chain);
    waiting.push(
      ...chain.rules.flatMap((rule) => leadsTo(rule, table)).flatMap((name) => findChain(table, name) ?? []),
    );
  }
  return reached;
}
