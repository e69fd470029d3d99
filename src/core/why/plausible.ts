// Whether anybody could send a packet: one that no sender or no wire would bring there is no answer.
import type { AddressFamily } from '../datatype/address.ts';
import { isIcmpError } from '../packet/icmp-kind.ts';
import { type Injection, type Packet, protocolNumber } from '../packet/packet.ts';
import { hasPorts } from '../packet/protocol.ts';
import type { Host } from '../topology/host.ts';
import { isLoopback4, isMulticast, networkAddress } from '../topology/prefix.ts';

/** Judges a changed packet; what it shares with the original is taken as it is. */
export function isPlausible(changed: Injection, original: Injection, host: Host | undefined): boolean {
  const { packet } = changed;
  const before = original.packet;
  if (changed.iif === 'lo' && original.iif !== 'lo') return false;
  if (packet.frame) return true;
  return (
    (packet.source === before.source || isSource(changed, host)) &&
    (packet.destination === before.destination || isUnicast(packet.family, packet.destination, host)) &&
    packet.source !== packet.destination &&
    packet.ttl > 0 &&
    isTransport(packet, before)
  );
}

/** Nobody outside has an address of the host, and the host sends from its own. */
function isSource({ direction, packet: { family, source } }: Injection, host: Host | undefined): boolean {
  if (!isUnicast(family, source, host)) return false;
  return host === undefined || owns(host, family, source) === (direction === 'out');
}

function owns(host: Host, family: AddressFamily, value: bigint): boolean {
  return addressesIn(host, family).some(({ address }) => address.value === value);
}

function addressesIn(host: Host, family: AddressFamily) {
  return host.interfaces.flatMap((one) => one.addresses).filter(({ address }) => address.family === family);
}

function isUnicast(family: AddressFamily, value: bigint, host: Host | undefined): boolean {
  if (value === 0n || isMulticast(family, value)) return false;
  if (family === 6) return value !== 1n;
  return !isLoopback4(value) && !isReserved(value) && !(host && isEdge(host, value));
}

/** RFC 1122, section 3.2.1.3, and class E of RFC 1112, section 4. */
function isReserved(value: bigint): boolean {
  return value >> 24n === 0n || value >> 28n === 15n;
}

/** The first and the last address of a subnet belong to no station. */
function isEdge(host: Host, value: bigint): boolean {
  return addressesIn(host, 4).some(({ address, prefixLength }) => {
    if (prefixLength > 30) return false;
    const first = networkAddress(4, address.value, prefixLength);
    return value === first || value === first + (1n << BigInt(32 - prefixLength)) - 1n;
  });
}

/** Protocols that a network of today carries. */
const known: readonly number[] = Object.values(protocolNumber);

/** Port 0 is none, and an error message needs a packet that it speaks of. */
function isTransport({ transport, protocol }: Packet, before: Packet): boolean {
  if (protocol !== before.protocol && !known.includes(protocol)) return false;
  if (hasPorts(transport)) {
    const old = hasPorts(before.transport) ? before.transport : undefined;
    const isPort = (side: 'sport' | 'dport') => transport[side] !== 0 || old?.[side] === 0;
    return isPort('sport') && isPort('dport');
  }
  if (transport.kind !== 'icmp' || transport.inner) return true;
  return (
    !isIcmpError(protocol, transport.type) ||
    (before.transport.kind === 'icmp' && before.transport.type === transport.type)
  );
}
