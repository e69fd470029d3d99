// Which chains may change what conditions look at: behind a jump to any other the packet is as it was.
import { findChain, type Part, type Table } from '../../ir/ruleset.ts';
import { lookupsOf } from '../../match/define.ts';
import { findStatement } from '../../statement/registry.ts';

const known = new WeakMap<Table, Map<string, boolean>>();

/** Whether a chain, or one that it leads to, may change packets that come back from it. */
export function changesPackets(table: Table, chain: string): boolean {
  const answers = known.get(table) ?? new Map<string, boolean>();
  known.set(table, answers);
  const before = answers.get(chain);
  if (before !== undefined) return before;
  const found = reachable(table, chain).some((name) => changesItself(table, name));
  answers.set(chain, found);
  return found;
}

function reachable(table: Table, from: string): readonly string[] {
  const found = new Set([from]);
  for (const name of found)
    for (const { parts } of findChain(table, name)?.rules ?? [])
      for (const part of parts) for (const next of leadingTo(part, table)) found.add(next);
  return [...found];
}

/** The chains that a part of a rule may send packets to. */
export function leadingTo(part: Part, table: Table): readonly string[] {
  if (part.kind !== 'statement') return [];
  const definition = findStatement(part.key);
  const named = definition?.chain?.(part.args);
  return [
    ...(named === undefined ? [] : [named]),
    ...(definition?.chains?.(part.args, lookupsOf(table)) ?? []),
  ];
}

function changesItself(table: Table, name: string): boolean {
  return (findChain(table, name)?.rules ?? []).some(({ parts }) => parts.some(mayChange));
}

function mayChange(part: Part): boolean {
  if (part.kind === 'opaque') return part.role !== 'match';
  return part.kind === 'statement' && findStatement(part.key)?.changesPacket === true;
}
