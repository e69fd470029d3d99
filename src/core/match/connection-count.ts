// How many connections have come to a place: net/netfilter/nf_conncount.c, for `ct count` and `connlimit`.
import type { Zone } from '../conntrack/entry.ts';
import { type Tuple, tupleKey, tupleOf } from '../conntrack/tuple.ts';
import { isUnknown, type PacketView } from '../field/view.ts';
import type { CountedConnection, Memory } from './memory.ts';

/** What is taken for granted of connections that came before. */
export const noOthers = 'no other connections count';

/**
 * How many there are with the packet's own (__nf_conncount_add). What has ended or was never confirmed is taken out on
 * the way to where the own one is found. Undefined: the packet's connection is not known, or is none.
 */
export function countConnections(view: PacketView, memory: Memory, key?: string): number | undefined {
  const shared = key === undefined ? undefined : ({ of: 'own', name: key } as const);
  const own = connectionOf(view);
  if (!own) return undefined;
  const known = memory.recall(shared);
  const before = known?.kind === 'connections' ? known.list : [];
  const at = before.findIndex((one) => isSame(one, own));
  const passed = at === -1 ? before : before.slice(0, at);
  const alive = passed.filter(({ tuple, zone }) => isAlive(memory, tuple, zone));
  const list = [...alive, own, ...(at === -1 ? [] : before.slice(at + 1))];
  memory.remember({ kind: 'connections', list }, shared);
  return list.length;
}

function connectionOf({ ct, packet }: PacketView): CountedConnection | undefined {
  const entry = ct?.entry;
  if (isUnknown(entry)) return undefined;
  if (entry) return { tuple: entry.original, zone: entry.zone };
  const tuple = tupleOf(packet);
  return tuple && { tuple, zone: { original: 0, reply: 0 } };
}

function isSame(one: CountedConnection, other: CountedConnection): boolean {
  return tupleKey(one.tuple) === tupleKey(other.tuple) && one.zone.original === other.zone.original;
}

/** nf_conncount.c: find_or_evict, already_closed. */
function isAlive(memory: Memory, tuple: Tuple, zone: Zone): boolean {
  const entry = memory.connection(tuple, zone);
  return entry !== undefined && entry.protocolState !== 'TIME_WAIT' && entry.protocolState !== 'CLOSE';
}
