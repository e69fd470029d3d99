// The table of tracked connections, and an overview of this folder.
//
//   tuple.ts     one direction of a connection: taken from a packet, inverted, compared
//   entry.ts     a connection: both tuples, status bits, zone, state
//   table.ts     all connections, found by either tuple (this file)
//   track.ts     what happens to a packet at conntrack's priority -200; asks tcp.ts, udp.ts, icmp.ts, sctp.ts, generic.ts
//   nat.ts       binding a connection to new addresses and ports; translate.ts rewrites packets by the binding
//   expectation.ts  connections that helpers have conntrack expect; follow-master.ts translates them like their master
//   pptp.ts      the keys of calls of PPTP, which their packets have only one of
//   confirm.ts   the end of INPUT and POSTROUTING: a new connection enters the table
//   dump.ts      reads listings: `conntrack -L`, /proc/net/nf_conntrack; format.ts writes entries the same way
//
// A table is a value: with() and without() give a new table and leave the old one as it was, so a simulator may keep
// several futures of one table. They share their contents; a change costs about the root of their number.
import type { Entry, Zone } from './entry.ts';
import { type Expectation, isExpectedBy, isOver } from './expectation.ts';
import { type LayeredMap, layeredMap } from './layered-map.ts';
import { type Direction, type Tuple, type TupleLayer4, tupleKey } from './tuple.ts';

/** An entry, and which of its tuples was found. */
export interface Found {
  readonly entry: Entry;
  readonly direction: Direction;
}

/** All confirmed connections. */
export interface ConntrackTable {
  readonly size: number;
  /** By either tuple; the zone counts per direction (nf_conntrack_core.c: nf_ct_key_equal). */
  lookup(tuple: Tuple, zone: Zone): Found | undefined;
  /** Connections from this tuple's source address and port, the newest first (nf_nat_core.c: same_src). */
  bySource(tuple: Tuple, zone: Zone): readonly Entry[];
  entries(): Iterable<Entry>;
  /** With this entry, in place of the one with the same original tuple. */
  with(entry: Entry): ConntrackTable;
  /** Without the entry that has this one's original tuple. */
  without(entry: Entry): ConntrackTable;
  /** What is expected. */
  readonly expectations: readonly Expectation[];
  withExpectations(expectations: readonly Expectation[]): ConntrackTable;
}

/** A table of these entries, the oldest first; their original tuples differ. */
export function conntrackTable(
  entries: Iterable<Entry> = [],
  expectations: readonly Expectation[] = [],
): ConntrackTable {
  const original = new Map<string, Entry>();
  const reply = new Map<string, Entry>();
  const source = new Map<string, readonly Entry[]>();
  for (const entry of entries) {
    const keys = keysOf(entry);
    original.set(keys.original, entry);
    reply.set(keys.reply, entry);
    source.set(keys.source, [entry, ...(source.get(keys.source) ?? [])]);
  }
  return tableOf(
    { original: layeredMap(original), reply: layeredMap(reply), source: layeredMap(source) },
    expectations,
  );
}

/** The same entries three times, under different keys. */
interface Indexes {
  readonly original: LayeredMap<Entry>;
  readonly reply: LayeredMap<Entry>;
  readonly source: LayeredMap<readonly Entry[]>;
}

function tableOf(indexes: Indexes, expectations: readonly Expectation[]): ConntrackTable {
  return {
    expectations,
    withExpectations: (others) => tableOf(indexes, others),
    size: indexes.original.size,
    lookup: (tuple, zone) => lookup(indexes, tuple, zone),
    bySource: (tuple, zone) => indexes.source.get(sourceKey(tuple, zone.original)) ?? [],
    entries: () => indexes.original.values(),
    with: (entry) => tableOf(added(indexes, entry), expectations),
    without: (entry) => tableOf(removed(indexes, entry), expectations),
  };
}

/** An expectation that the first packet of a connection meets, and the connection that it belongs to. */
export interface FoundExpectation {
  readonly expectation: Expectation;
  readonly master: Entry;
}

/** nf_conntrack_expect.c: nf_ct_find_expectation. It goes with its master, which is to be confirmed. */
export function findExpectation(
  table: ConntrackTable,
  tuple: Tuple,
  zone: Zone,
  now: number,
): FoundExpectation | undefined {
  for (const expectation of table.expectations) {
    if (isOver(expectation, now) || !isExpectedBy(expectation, tuple, zone.original)) continue;
    const found = table.lookup(expectation.master, zone);
    if (found) return { expectation, master: found.entry };
  }
  return undefined;
}

function lookup({ original, reply }: Indexes, tuple: Tuple, zone: Zone): Found | undefined {
  const forward = original.get(zoned(tuple, zone.original));
  if (forward) return { entry: forward, direction: 'original' };
  const backward = reply.get(zoned(tuple, zone.reply));
  return backward && { entry: backward, direction: 'reply' };
}

/** In place of an earlier form of the entry it keeps that one's rank among the connections of its source. */
function added({ original, reply, source }: Indexes, entry: Entry): Indexes {
  const keys = keysOf(entry);
  const known = original.get(keys.original);
  const siblings = source.get(keys.source) ?? [];
  return {
    original: original.with(keys.original, entry),
    reply: (known ? reply.without(keysOf(known).reply) : reply).with(keys.reply, entry),
    source: source.with(
      keys.source,
      known ? siblings.map((one) => (one === known ? entry : one)) : [entry, ...siblings],
    ),
  };
}

/** Takes out what stands under the entry's original tuple, which may be an earlier form of it. */
function removed(indexes: Indexes, entry: Entry): Indexes {
  const known = indexes.original.get(keysOf(entry).original);
  if (!known) return indexes;
  const keys = keysOf(known);
  const others = (indexes.source.get(keys.source) ?? []).filter((one) => one !== known);
  const { original, reply, source } = indexes;
  return {
    original: original.without(keys.original),
    reply: reply.get(keys.reply) === known ? reply.without(keys.reply) : reply,
    source: others.length ? source.with(keys.source, others) : source.without(keys.source),
  };
}

function keysOf({ original, reply, zone }: Entry): { original: string; reply: string; source: string } {
  return {
    original: zoned(original, zone.original),
    reply: zoned(reply, zone.reply),
    source: sourceKey(original, zone.original),
  };
}

function zoned(tuple: Tuple, zone: number): string {
  return `${zone} ${tupleKey(tuple)}`;
}

/** nf_nat_core.c: hash_by_src. The key is the tuple without its destination. */
function sourceKey(tuple: Tuple, zone: number): string {
  return zoned({ ...tuple, destination: 0n, layer4: sourceOnly(tuple.layer4) }, zone);
}

function sourceOnly(layer4: TupleLayer4): TupleLayer4 {
  switch (layer4.kind) {
    case 'ports':
      return { ...layer4, dport: 0 };
    case 'icmp':
      return { ...layer4, type: 0, code: 0 };
    case 'gre':
      return { ...layer4, destinationKey: 0 };
    case 'none':
      return layer4;
  }
}
