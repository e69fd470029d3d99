// Which sets and maps rules add to or delete from.
import type { Chain, NamedMap, NamedSet, Part, Table } from '../ir/ruleset.ts';
import { type SetFlag, type SetProperties, setFlags } from '../ir/set.ts';
import { isJson, isJsonObject } from '../nft/json-value.ts';
import { findStatement } from './registry.ts';

/** Names of the sets and maps that some rule changes, understood or not. */
export function updatedSets(chains: readonly Pick<Chain, 'rules'>[]): ReadonlySet<string> {
  return namesIn(chains, (part) =>
    part.kind === 'statement' ? findStatement(part.key)?.updates?.(part.args) : keptUpdate(part),
  );
}

function namesIn(
  chains: readonly Pick<Chain, 'rules'>[],
  nameOf: (part: Part) => string | undefined,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { rules } of chains)
    for (const { parts } of rules)
      for (const part of parts) {
        const name = nameOf(part);
        if (name !== undefined) names.add(name);
      }
  return names;
}

/** What a statement of nft changes that is kept word for word. */
function keptUpdate(part: Part): string | undefined {
  if (part.kind !== 'opaque' || !isJson(part.content) || !isJsonObject(part.content)) return undefined;
  const body = part.content['set'] ?? part.content['map'];
  const name = isJsonObject(body) ? (body['set'] ?? body['map']) : undefined;
  return typeof name === 'string' ? name.replace(/^@/, '') : undefined;
}

/** Names of those that something changes which is not understood: found once for each table. */
export function disturbedSets(table: Table): ReadonlySet<string> {
  const known = disturbed.get(table) ?? namesIn(table.chains, keptUpdate);
  disturbed.set(table, known);
  return known;
}

const disturbed = new WeakMap<Table, ReadonlySet<string>>();

/** The set or map as one that rules change, if they do. */
export function markUpdated<Set extends NamedSet | NamedMap>(set: Set, updated: ReadonlySet<string>): Set {
  return updated.has(set.name) ? { ...set, flags: withDynamic(set) } : set;
}

function withDynamic({ flags = [] }: SetProperties): readonly SetFlag[] {
  return setFlags.filter((flag) => flag === 'dynamic' || flags.includes(flag));
}
