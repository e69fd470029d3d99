// Which rules were loaded before which, as far as a snapshot tells: nft lists its tables in the order in which they were
// made, and iptables-legacy says nothing of it.
import type { Dump } from '../ir/beside.ts';
import type { Load, Table } from '../ir/ruleset.ts';

/**
 * The loads of the tables, the first `nft` of which are those of nft, then those of the dumps, then others. Each table of
 * nft that shares a place with one of iptables-legacy begins a load of its own: the other may have come in between. The
 * tables of a family of iptables-legacy are taken as loaded at once.
 */
export function loadsOf(nft: number, legacy: readonly Dump[], tables: readonly Table[]): readonly Load[] {
  const own = tables.slice(0, nft);
  const others = legacy.flatMap(({ ruleSet }) => ruleSet.tables);
  const starts = own.flatMap((table, at) => (others.some((other) => meet(table, other)) ? [at] : []));
  if (starts.length === 0) return [];
  const edges = [0, ...starts.slice(1), own.length];
  const ofNft = edges.slice(0, -1).map((start, at): Load => {
    const end = edges[at + 1] ?? own.length;
    return {
      name: own.slice(start, end).map(nameOf).join(' and '),
      tables: end - start,
      ...(at > 0 && { behind: true }),
    };
  });
  const ofLegacy = legacy.map(({ name, ruleSet }): Load => ({ name, tables: ruleSet.tables.length }));
  const rest = tables.length - nft - others.length;
  // Of unknown rules every verdict is followed wherever they stand.
  const unread: Load = { name: 'what could not be read', tables: rest, behind: true };
  return [...ofNft, ...ofLegacy, ...(rest > 0 ? [unread] : [])];
}

function nameOf({ family, name }: Table): string {
  return `nft ${family} ${name}`;
}

/** Whether the order of the two may matter: a hook of one family where both have a chain of one priority. */
function meet(one: Table, other: Table): boolean {
  if (one.family !== 'inet' && one.family !== other.family) return false;
  return one.chains.some(({ base }) =>
    other.chains.some(
      (chain) =>
        base !== undefined && chain.base?.hook === base.hook && chain.base.priority === base.priority,
    ),
  );
}
