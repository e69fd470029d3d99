// Which parts of rules refer to connections, so that the kernel begins to track them.
import type { AddressFamily } from '../datatype/address.ts';
import type { Part, Table } from '../ir/ruleset.ts';
import { findMatch } from '../match/registry.ts';
import { findObjectKind } from '../object/registry.ts';
import { findStatement } from './registry.ts';

/** Whether a part does, of packets of the family or of any. */
export function refersToConntrack(part: Part, family?: AddressFamily): boolean {
  // What is not understood may refer to them. Taken so, nothing is lost: without them no rule could tell.
  if (part.kind === 'opaque') return true;
  const match = part.kind === 'match' ? findMatch(part.key) : undefined;
  if (match) return match.usesConntrack === true || match.refersToConntrack?.(part.args) === true;
  const statement = findStatement(part.key);
  if (statement?.refersToConntrack?.(part.args)) return true;
  const only = statement?.tracksOnly?.(part.args);
  return statement?.usesConntrack === true && (only === undefined || family === undefined || only === family);
}

/**
 * Whether something in a table does: a rule in any chain, or an object or what elements of a set have without any rule
 * (net/netfilter/nf_conntrack_proto.c: nf_ct_netns_get).
 */
export function holdsConntrack(table: Table, family?: AddressFamily): boolean {
  const objects = table.objects ?? [];
  if (objects.some(({ kind }) => findObjectKind(kind)?.usesConntrack === true)) return true;
  const limits = [...table.sets, ...(table.maps ?? [])].flatMap(({ statements = [] }) => statements);
  const rules = table.chains.flatMap((chain) => chain.rules);
  return [...rules.flatMap((rule) => rule.parts), ...limits].some((part) => refersToConntrack(part, family));
}
