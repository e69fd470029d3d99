// The last step in INPUT and POSTROUTING: a connection that began with this packet enters the table.
import { type Entry, hasStatus, isExpired, withStatus } from './entry.ts';
import type { ConntrackTable } from './table.ts';

/** The table with the connection in it; or the packet is dropped, because another connection has one of its tuples. */
export type Confirmation =
  | { readonly kind: 'confirmed'; readonly table: ConntrackTable; readonly entry: Entry }
  | { readonly kind: 'clash'; readonly table: ConntrackTable; readonly with: Entry };

/**
 * nf_conntrack_core.c: __nf_conntrack_confirm. A connection that is known already only has its changes kept (a mark
 * that a rule set), one that this packet ended stays out. Packets come one after the other here, so a clash means
 * that NAT found no free tuple, never a race that the kernel could resolve (nf_ct_resolve_clash).
 */
export function confirm(table: ConntrackTable, entry: Entry): Confirmation {
  if (hasStatus(entry, 'dying')) return { kind: 'confirmed', table, entry };
  const confirmed = withStatus(entry, 'confirmed');
  const other = hasStatus(entry, 'confirmed') ? undefined : clashOf(table, entry);
  return other
    ? { kind: 'clash', table, with: other }
    : { kind: 'confirmed', table: table.with(confirmed), entry: confirmed };
}

/** What has expired is cleared away when it is met (nf_conntrack_core.c: nf_conntrack_tuple_taken). */
function clashOf(table: ConntrackTable, { original, reply, zone, created = 0 }: Entry): Entry | undefined {
  const found = [original, reply].flatMap((tuple) => table.lookup(tuple, zone) ?? []);
  return found.find(({ entry }) => !isExpired(entry, created))?.entry;
}
