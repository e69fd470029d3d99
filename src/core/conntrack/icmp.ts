// ICMP and ICMPv6: requests make connections, errors belong to the connection that they speak of.
import type { AddressFamily } from '../datatype/address.ts';
import { type Icmp, type Packet, protocolNumber } from '../packet/packet.ts';
import { isExpired, type Zone } from './entry.ts';
import { type Arrival, type Judgement, refresh } from './protocol.ts';
import type { ConntrackTable, Found } from './table.ts';
import { invert, tupleOf } from './tuple.ts';

/** nf_conntrack_proto_icmp.c and _icmpv6.c: valid_new. */
const requests: Readonly<Record<AddressFamily, ReadonlySet<number>>> = {
  4: new Set([8, 13, 15, 17]),
  6: new Set([128, 139]),
};

/** nf_conntrack_proto_icmp.c: icmp_error; destination unreachable, quench, redirect, time exceeded, parameter. */
const errors: ReadonlySet<number> = new Set([3, 4, 5, 11, 12]);

/** nf_conntrack_proto_icmpv6.c: noct_valid_new; multicast listeners and neighbour discovery. */
const untracked: ReadonlySet<number> = new Set([130, 131, 132, 133, 134, 135, 136, 143, 151]);

/** The ICMP header of a packet of its own family's ICMP. */
export function icmpOf(packet: Packet): Icmp | undefined {
  const own = packet.family === 4 ? protocolNumber.icmp : protocolNumber.icmpv6;
  return packet.transport.kind === 'icmp' && packet.protocol === own ? packet.transport : undefined;
}

/** Whether an ICMP type reports an error about another packet. */
export function isIcmpError(family: AddressFamily, type: number): boolean {
  return family === 4 ? errors.has(type) : type < 128;
}

/** ICMPv6 messages that conntrack leaves alone: nf_conntrack_icmpv6_error. */
export function isUntrackedIcmp(family: AddressFamily, type: number): boolean {
  return family === 6 && untracked.has(type);
}

/** icmp_packet of both families: only requests begin a connection, every packet of one renews it. */
export function judgeIcmp({ entry, packet, settings }: Arrival): Judgement {
  const { family, layer4 } = entry.original;
  const type = layer4.kind === 'icmp' ? layer4.type : -1;
  if (!requests[family].has(type)) {
    return { kind: 'invalid', reason: `ICMP type ${type} begins no connection` };
  }
  const { icmp, icmpv6 } = settings.timeouts;
  return { kind: 'accept', entry: refresh(entry, packet.family === 4 ? icmp : icmpv6, settings) };
}

/**
 * The connection that an ICMP error speaks of, in the direction towards the error's receiver
 * (nf_conntrack_proto_icmp.c: nf_conntrack_inet_error). Undefined if there is none, or if the error goes to
 * somebody else than the sender of the packet that it quotes.
 */
export function errorConnection(
  table: ConntrackTable,
  packet: Packet,
  zone: Zone,
  now: number,
): Found | undefined {
  const quoted = icmpOf(packet)?.inner;
  const inner = quoted && tupleOf(quoted);
  const towards = inner && invert(inner);
  const found = towards && table.lookup(towards, zone);
  if (!found || isExpired(found.entry, now)) return undefined;
  return found.entry[found.direction].destination === packet.destination ? found : undefined;
}
