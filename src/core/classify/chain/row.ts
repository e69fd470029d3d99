// One row of the columns: a packet written there, and read again.
import { type ConntrackView, isUnknown, type Unknown } from '../../field/view.ts';
import type { Packet, Transport } from '../../packet/packet.ts';
import { wordsOf } from '../borders.ts';
import {
  type Arrival,
  ctDirections,
  ctStates,
  entryKinds,
  type PacketColumns,
  packetTypes,
  transportKinds,
} from './columns.ts';

/** Writes a packet into a row. What is not in the columns is kept beside them. */
export function writeRow(columns: PacketColumns, row: number, arrival: Arrival): void {
  const { packet, mark = 0, pkttype = 'host', ct } = arrival;
  const { plain } = columns;
  const { offset, more, dontFragment } = packet.fragment;
  columns.count = Math.max(columns.count, row + 1);
  columns.family[row] = packet.family;
  columns.protocol[row] = packet.protocol;
  writeAddress(columns.source, row, packet.family, packet.source);
  writeAddress(columns.destination, row, packet.family, packet.destination);
  writeTransport(columns, row, packet.transport);
  plain.fragment[row] = offset | (more ? moreBit : 0) | (dontFragment ? wholeBit : 0);
  plain.ttl[row] = packet.ttl;
  plain.dscp[row] = packet.dscp;
  plain.size[row] = packet.length;
  plain.nextHeader[row] = packet.nextHeader === undefined ? 0 : packet.nextHeader + 1;
  plain.pkttype[row] = packetTypes.indexOf(pkttype);
  plain.iif[row] = placeOf(columns, arrival.iif);
  plain.oif[row] = placeOf(columns, arrival.oif);
  plain.mark[row] = mark;
  writeConnection(columns, row, ct);
  columns.whole.set(row, arrival);
  if (isUntold(arrival)) columns.untold.add(row);
  else columns.untold.delete(row);
}

/** Bits beside the offset of a fragment. */
const moreBit = 0x2000;
const wholeBit = 0x4000;
const offsetBits = 0x1fff;

/** A fragment by its number in the column. */
export function fragmentOf(code: number): Packet['fragment'] {
  return {
    offset: code & offsetBits,
    more: (code & moreBit) !== 0,
    dontFragment: (code & wholeBit) !== 0,
  };
}

/** What decides which headers and facts a packet has at all. */
export interface Shape {
  readonly family: 4 | 6;
  readonly protocol: number;
  readonly transport: (typeof transportKinds)[number];
  readonly entry: (typeof entryKinds)[number];
}

/** The shape of the packet of a row. */
export function shapeAt({ family, protocol, transport, entry }: PacketColumns, row: number): Shape {
  return {
    family: family[row] === 6 ? 6 : 4,
    protocol: protocol[row] ?? 0,
    transport: transportKinds[transport[row] ?? 0] ?? 'opaque',
    entry: entryKinds[entry[row] ?? 0] ?? 'untracked',
  };
}

function writeAddress(to: Uint32Array, row: number, family: 4 | 6, address: bigint): void {
  if (family === 4) to[4 * row] = Number(address);
  else to.set(wordsOf(address), 4 * row);
}

function writeTransport(columns: PacketColumns, row: number, transport: Transport): void {
  const { plain } = columns;
  const hasPorts = transport.kind === 'tcp' || transport.kind === 'udp';
  const isIcmp = transport.kind === 'icmp';
  columns.transport[row] = transportKinds.indexOf(transport.kind);
  columns.sport[row] = hasPorts ? transport.sport : 0;
  columns.dport[row] = hasPorts ? transport.dport : 0;
  plain.flags[row] = transport.kind === 'tcp' ? transport.flags : 0;
  plain.type[row] = isIcmp ? transport.type : 0;
  plain.code[row] = isIcmp ? transport.code : 0;
}

function placeOf({ names }: PacketColumns, device: Arrival['iif']): number {
  const name = isUnknown(device) || device === undefined ? '' : device;
  const found = names.indexOf(name);
  return found >= 0 ? found : names.push(name) - 1;
}

function writeConnection(columns: PacketColumns, row: number, ct: ConntrackView | undefined): void {
  const { plain } = columns;
  const entry = ct?.entry;
  columns.entry[row] = entryKinds.indexOf(kindOf(ct));
  const direction = ct && !isUnknown(ct.direction) ? ctDirections.indexOf(ct.direction) : 2;
  plain.ct[row] = ct ? ctStates.indexOf(ct.state) | (direction << 3) : 0;
  plain.ctStatus[row] = entry && !isUnknown(entry) ? entry.status : 0;
  plain.ctMark[row] = entry && !isUnknown(entry) ? entry.mark : 0;
}

function kindOf(ct: ConntrackView | undefined): (typeof entryKinds)[number] {
  if (!ct) return 'untracked';
  if (!ct.entry) return 'no entry';
  return isUnknown(ct.entry) ? 'unknown' : 'entry';
}

/** What is no IP packet as rules see it, or not all known. */
function isUntold({ packet, iif, oif }: Arrival): boolean {
  const isOther = packet.frame !== undefined || (packet.tags?.length ?? 0) > 1;
  return isOther || packet.untold !== undefined || isUnknown(iif) || isUnknown(oif);
}

/** The packet of a row. */
export function arrivalAt(columns: PacketColumns, row: number): Arrival {
  const known = columns.whole.get(row);
  if (known) return known;
  const { plain, names } = columns;
  const [iif, oif] = [plain.iif, plain.oif].map((column) => names[column[row] ?? 0]);
  return {
    packet: packetAt(columns, row),
    ...(iif && { iif }),
    ...(oif && { oif }),
    mark: plain.mark[row] ?? 0,
    ct: connectionAt(columns, row),
    pkttype: packetTypes[plain.pkttype[row] ?? 0] ?? 'host',
  };
}

function packetAt(columns: PacketColumns, row: number): Packet {
  const { plain } = columns;
  const family = columns.family[row] === 6 ? 6 : 4;
  const nextHeader = plain.nextHeader[row] ?? 0;
  return {
    family,
    source: addressAt(columns.source, row, family),
    destination: addressAt(columns.destination, row, family),
    protocol: columns.protocol[row] ?? 0,
    ...(nextHeader > 0 && { nextHeader: nextHeader - 1 }),
    ttl: plain.ttl[row] ?? 0,
    dscp: plain.dscp[row] ?? 0,
    length: plain.size[row] ?? 0,
    fragment: fragmentOf(plain.fragment[row] ?? 0),
    transport: transportAt(columns, row),
  };
}

/** The address of a row as a number. */
export function addressAt(words: Uint32Array, row: number, family: number): bigint {
  if (family === 4) return BigInt(words[4 * row] ?? 0);
  return words.subarray(4 * row, 4 * row + 4).reduce((sum, word) => (sum << 32n) | BigInt(word), 0n);
}

function transportAt({ transport, sport, dport, plain }: PacketColumns, row: number): Transport {
  const kind = transportKinds[transport[row] ?? 0] ?? 'opaque';
  const ports = { sport: sport[row] ?? 0, dport: dport[row] ?? 0 };
  switch (kind) {
    case 'tcp':
      return { kind, ...ports, flags: plain.flags[row] ?? 0, seq: 0, ack: 0, window: 65_535 };
    case 'udp':
      return { kind, ...ports };
    case 'icmp':
      return { kind, type: plain.type[row] ?? 0, code: plain.code[row] ?? 0, id: 0, sequence: 0 };
    case 'opaque':
      return { kind };
  }
}

/** Of a connection no more than its state is told. */
export const stateAlone: Unknown = { unknown: 'only the state of the connection is told' };

/** The state of a connection by its number in the column. */
export function stateOf(code: number): ConntrackView['state'] {
  return ctStates[code & 7] ?? 'invalid';
}

/** The direction of a packet by the same number. */
export function directionOf(code: number): ConntrackView['direction'] {
  const direction = ctDirections[code >> 3] ?? 'unknown';
  return direction === 'unknown' ? stateAlone : direction;
}

function connectionAt({ entry, plain }: PacketColumns, row: number): ConntrackView | undefined {
  const kind = entryKinds[entry[row] ?? 0];
  if (kind === undefined || kind === 'untracked') return undefined;
  const code = plain.ct[row] ?? 0;
  return {
    state: stateOf(code),
    direction: directionOf(code),
    entry: kind === 'no entry' ? undefined : stateAlone,
  };
}
