// Many packets in columns: what a chain may see of each of them as numbers, one typed array for each part.
import type { ConntrackView, PacketView } from '../../field/view.ts';
import type { Packet } from '../../packet/packet.ts';

/** A packet as it comes to a chain. */
export interface Arrival {
  readonly packet: Packet;
  /** Without one it is a packet of this host. */
  readonly iif?: PacketView['iif'];
  readonly oif?: PacketView['oif'];
  readonly mark?: number;
  /** Absent before conntrack. */
  readonly ct?: ConntrackView | undefined;
  readonly pkttype?: (typeof packetTypes)[number];
  readonly skuid?: number;
  readonly skgid?: number;
}

/** Parts whose values are looked at one by one, a column each; the rest of a packet is in columns of its own. */
export const plainParts = [
  'type',
  'code',
  'flags',
  'fragment',
  'ttl',
  'dscp',
  'size',
  'nextHeader',
  'pkttype',
  'iif',
  'oif',
  'mark',
  'ct',
  'ctStatus',
  'ctMark',
] as const;

export type PlainPart = (typeof plainParts)[number];

/** Kinds of transport headers, by their numbers in the column. */
export const transportKinds = ['opaque', 'tcp', 'udp', 'icmp'] as const;

/** What there is of a connection, by its number in the column; `unknown`: the state alone is told. */
export const entryKinds = ['untracked', 'no entry', 'entry', 'unknown'] as const;

/** States, by their numbers in the lower three bits of the column `ct`. */
export const ctStates = ['new', 'established', 'related', 'invalid', 'untracked'] as const;

/** Directions, by their numbers above. */
export const ctDirections = ['original', 'reply', 'unknown'] as const;

/** Kinds of link-layer destinations, by their numbers in the column. */
export const packetTypes = ['host', 'broadcast', 'multicast', 'other'] as const;

/** A row for each packet. */
export interface PacketColumns {
  /** So many rows are filled. */
  count: number;
  /** 4 or 6. */
  readonly family: Uint8Array;
  readonly protocol: Uint8Array;
  /** Of `transportKinds`. */
  readonly transport: Uint8Array;
  /** Of `entryKinds`; one with an entry stands in `whole`, too. */
  readonly entry: Uint8Array;
  /** Four words each, the most significant first; that of IPv4 in the first. */
  readonly source: Uint32Array;
  readonly destination: Uint32Array;
  readonly sport: Uint16Array;
  readonly dport: Uint16Array;
  /**
   * `fragment`: the offset, 0x2000 for more to come, 0x4000 for "don't fragment". `nextHeader`: one more than that
   * of IPv6 which no fragment header is. `iif`, `oif`: places in `names`.
   */
  readonly plain: Readonly<Record<PlainPart, Uint32Array>>;
  /** The first is empty, for no interface. */
  readonly names: string[];
  /** All of those packets that have more than stands in their columns. */
  readonly whole: Map<number, Arrival>;
  /** Rows of `whole` for which the columns do not count, because something of the packet is not known. */
  readonly untold: Set<number>;
}

/** Room for so many packets. */
export function packetColumns(rows: number): PacketColumns {
  const column = () => new Uint32Array(rows);
  return {
    count: 0,
    family: new Uint8Array(rows),
    protocol: new Uint8Array(rows),
    transport: new Uint8Array(rows),
    entry: new Uint8Array(rows),
    source: new Uint32Array(4 * rows),
    destination: new Uint32Array(4 * rows),
    sport: new Uint16Array(rows),
    dport: new Uint16Array(rows),
    plain: {
      type: column(),
      code: column(),
      flags: column(),
      fragment: column(),
      ttl: column(),
      dscp: column(),
      size: column(),
      nextHeader: column(),
      pkttype: column(),
      iif: column(),
      oif: column(),
      mark: column(),
      ct: column(),
      ctStatus: column(),
      ctMark: column(),
    },
    names: [''],
    whole: new Map(),
    untold: new Set(),
  };
}
