// When the kernel begins to track the connections of a family: as soon as a table holds something that refers to them.
import type { AddressFamily } from '../datatype/address.ts';
import type { Table } from '../ir/ruleset.ts';
import { holdsConntrack } from '../statement/conntrack.ts';

/** Whether loading a table has connections of a family tracked. */
export function tracksConnections(table: Table, family: AddressFamily): boolean {
  if (table.family !== 'inet' && table.family !== (family === 4 ? 'ip' : 'ip6')) return false;
  return holdsConntrack(table, family);
}
