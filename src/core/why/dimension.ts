// In what a packet may differ from another: the fields that a sender, or where it enters, could have otherwise.
import { formatAddress } from '../datatype/address.ts';
import { dscp, protocol, tcpFlags } from '../datatype/types.ts';
import { icmpTypes, isIcmp } from '../packet/icmp-kind.ts';
import { type Injection, isIp, type Packet, type Transport, tcpFlag } from '../packet/packet.ts';
import { hasPorts } from '../packet/protocol.ts';
import { knownSize } from '../packet/size.ts';

/** One field; its name is that of the answer in JSON. */
export interface Dimension {
  readonly name: string;
  /** What a packet has there, for people and to compare; undefined where it has nothing. */
  text(injection: Injection): string | undefined;
  /** How far apart two packets are in it; 1 if that has no measure. */
  distance?(one: Injection, other: Injection): bigint;
  /** `to` with what `from` has there. */
  take(to: Injection, from: Injection): Injection;
}

/** A difference of two packets. */
export interface Difference {
  readonly dimension: Dimension;
  /** A packet that has the new value there. */
  readonly donor: Injection;
}

type Simple = 'iif' | 'oif' | 'mark' | 'skuid' | 'skgid' | 'pkttype';

function given(name: string, key: Simple): Dimension {
  return {
    name,
    text: (injection) => {
      const value = injection[key];
      return key === 'mark' && value !== undefined ? `0x${value.toString(16)}` : value?.toString();
    },
    take: (to, from) => (from[key] === undefined ? to : { ...to, [key]: from[key] }),
  };
}

function inPacket(
  name: string,
  text: (packet: Packet) => string | undefined,
  take: (to: Packet, from: Packet) => Partial<Packet>,
  number?: (packet: Packet) => bigint,
): Dimension {
  return {
    name,
    text: ({ packet }) => (isIp(packet) ? text(packet) : undefined),
    take: (to, from) => ({ ...to, packet: { ...to.packet, ...take(to.packet, from.packet) } }),
    ...(number && { distance: (one, other) => gap(number(one.packet), number(other.packet)) }),
  };
}

function gap(one: bigint, other: bigint): bigint {
  return one > other ? one - other : other - one;
}

function address(name: string, side: 'source' | 'destination'): Dimension {
  return inPacket(
    name,
    ({ family, [side]: value }) => formatAddress({ family, value }),
    (_, from) => ({ [side]: from[side] }),
    (packet) => packet[side],
  );
}

function portOf({ transport }: Packet, side: 'sport' | 'dport'): number | undefined {
  return hasPorts(transport) ? transport[side] : undefined;
}

function port(name: string, side: 'sport' | 'dport'): Dimension {
  return inPacket(
    name,
    (packet) => portOf(packet, side)?.toString(),
    ({ transport }, from) => {
      const value = portOf(from, side);
      return hasPorts(transport) && value !== undefined ? { transport: { ...transport, [side]: value } } : {};
    },
    (packet) => BigInt(portOf(packet, side) ?? 0),
  );
}

function counted(name: string, key: 'ttl' | 'dscp', text: (value: number) => string): Dimension {
  return inPacket(
    name,
    (packet) => text(packet[key]),
    (_, from) => ({ [key]: from[key] }),
    (packet) => BigInt(packet[key]),
  );
}

/** A change of the protocol brings its transport header; ports that were there stay. */
function takeProtocol(to: Packet, from: Packet): Packet {
  const { nextHeader: _next, payload: _payload, ...rest } = to;
  const kept = hasPorts(to.transport) ? to.transport : undefined;
  const { transport } = from;
  const brought: Transport =
    kept && hasPorts(transport) ? { ...transport, sport: kept.sport, dport: kept.dport } : transport;
  const changed = { ...rest, protocol: from.protocol, transport: brought };
  return { ...changed, length: knownSize(changed) };
}

/** In a connection that exists nobody sends a first packet. */
function takeState(to: Injection, { state }: Injection): Injection {
  const changed = state === undefined ? to : { ...to, state };
  const { transport } = to.packet;
  if (state !== 'established' || transport.kind !== 'tcp' || transport.flags !== tcpFlag.syn) return changed;
  return { ...changed, packet: { ...to.packet, transport: { ...transport, flags: tcpFlag.ack } } };
}

function flagNames(flags: number): string {
  const names = [...(tcpFlags.constants ?? [])].filter(([, bit]) => (BigInt(flags) & bit) !== 0n);
  return names.map(([name]) => name).join(',') || 'none';
}

function icmpText({ transport, protocol: which }: Packet): string | undefined {
  if (transport.kind !== 'icmp' || !isIcmp(which)) return undefined;
  const type = icmpTypes(which).format(BigInt(transport.type));
  return transport.code === 0 ? type : `${type}/${transport.code}`;
}

/** In the order in which they are applied: what comes later may be part of what comes before. */
export const dimensions: readonly Dimension[] = [
  given('input interface', 'iif'),
  given('output interface', 'oif'),
  address('source address', 'source'),
  address('destination address', 'destination'),
  {
    name: 'protocol',
    text: ({ packet }) => (isIp(packet) ? protocol.format(BigInt(packet.protocol)) : undefined),
    take: (to, from) => ({ ...to, packet: takeProtocol(to.packet, from.packet) }),
  },
  port('source port', 'sport'),
  port('destination port', 'dport'),
  { name: 'connection state', text: ({ state }) => state, take: takeState },
  inPacket(
    'tcp flags',
    ({ transport }) => (transport.kind === 'tcp' ? flagNames(transport.flags) : undefined),
    ({ transport }, from) =>
      transport.kind === 'tcp' && from.transport.kind === 'tcp'
        ? { transport: { ...transport, flags: from.transport.flags } }
        : {},
  ),
  inPacket('icmp type', icmpText, ({ transport }, from) =>
    transport.kind === 'icmp' && from.transport.kind === 'icmp' ? { transport: from.transport } : {},
  ),
  given('mark', 'mark'),
  counted('dscp', 'dscp', (value) => dscp.format(BigInt(value))),
  counted('ttl', 'ttl', String),
  given('uid', 'skuid'),
  given('gid', 'skgid'),
  given('packet type', 'pkttype'),
];

/** What has to be changed for the one packet to become the other. */
export function differences(one: Injection, other: Injection): readonly Difference[] {
  const found: Difference[] = [];
  let now = one;
  for (const dimension of dimensions) {
    if (dimension.text(now) === dimension.text(other)) continue;
    now = dimension.take(now, other);
    found.push({ dimension, donor: other });
  }
  return found;
}

/** The packet with all of these. */
export function applyAll(injection: Injection, changes: readonly Difference[]): Injection {
  const ordered = dimensions.flatMap((one) => changes.filter(({ dimension }) => dimension === one));
  return ordered.reduce((now, { dimension, donor }) => dimension.take(now, donor), injection);
}
