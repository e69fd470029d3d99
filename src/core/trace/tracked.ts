// When the kernel begins to track the connections of a family: as soon as a table holds something that refers to them.
import type { AddressFamily } from '../datatype/address.ts';
import type { Part, Table } from '../ir/ruleset.ts';
import { findMatch } from '../match/registry.ts';
import { findObjectKind } from '../object/registry.ts';
import { findStatement } from '../statement/registry.ts';

/**
 * Whether loading a table has connections of a family tracked. A rule does in any chain, and an object or what elements
 * of a set have without any rule (net/netfilter/nf_conntrack_proto.c: nf_ct_netns_get).
 */
export function tracksConnections(table: Table, family: AddressFamily): boolean {
  if (table.family !== 'inet' && table.family !== (family === 4 ? 'ip' : 'ip6')) return false;
  const objects = table.objects ?? [];
  if (objects.some(({ kind }) => findObjectKind(kind)?.usesConntrack === true)) return true;
  const limits = [...table.sets, ...(table.maps ?? [])].flatMap(({ statements = [] }) => statements);
  const rules = table.chains.flatMap((chain) => chain.rules);
  return [...rules.flatMap((rule) => rule.parts), ...limits].some((part) => refersTo(part, family));
}

function refersTo(part: Part, family: AddressFamily): boolean {
  // What is not understood may refer to them. Taken so, nothing is lost: without them no rule could tell.
  if (part.kind === 'opaque') return true;
  const match = part.kind === 'match' ? findMatch(part.key) : undefined;
  if (match) return match.usesConntrack === true || match.refersToConntrack?.(part.args) === true;
  const statement = findStatement(part.key);
  if (statement?.refersToConntrack?.(part.args)) return true;
  return statement?.usesConntrack === true && (statement.tracksOnly?.(part.args) ?? family) === family;
}
