// What packets are made of for an analysis of all of them: several fields are read from one of these. Each is read from a
// packet like any field, though no rule names it.
import type { Node } from '../bdd/bdd.ts';
import { atLeast, equals } from '../bdd/vector.ts';
import { numberType } from '../datatype/define.ts';
import { integer8, integer16 } from '../datatype/types.ts';
import type { Icmp, Packet, Tcp, Udp } from '../packet/packet.ts';
import { defineField, type Field, type FieldValue } from './define.ts';
import { type Condition, fieldIs, type OwnVariables, type Symbols } from './symbolic.ts';
import type { PacketView } from './view.ts';

const bitType = numberType('integer', 'a bit', 1);
const addressBits = numberType('integer', 'an address of either family', 128);

function part(
  name: string,
  type: Field['type'],
  read: (view: PacketView) => FieldValue,
  symbol: Omit<OwnVariables, 'kind'> = {},
): Field {
  return defineField(name, type, read, { symbol: { kind: 'own', ...symbol } });
}

function flag(name: string, read: (view: PacketView) => boolean, present?: Condition): Field {
  return part(name, bitType, (view) => (read(view) ? 1n : 0n), present && { present });
}

const versions = { arp: 1n, other: 0n } as const;

/** 4 or 6; 1 for ARP and 0 for any other frame. */
export const networkVersion = part(
  'network version',
  integer8,
  ({ packet: { family, frame } }) => (frame ? versions[frame.kind] : BigInt(family)),
  { values: [4n, 6n, versions.arp, versions.other] },
);

/** Packets of this version of IP. */
export function ofVersion(version: 4 | 6): Condition {
  return (symbols) => fieldIs(symbols, networkVersion, BigInt(version));
}

/** Packets of IP. */
export const isIpPacket: Condition = (symbols) =>
  symbols.bdd.or(ofVersion(4)(symbols), ofVersion(6)(symbols));

/** Addresses of IPv4 stand in the upper bits. */
function addressPart(name: string, side: 'source' | 'destination'): Field {
  return part(
    name,
    addressBits,
    ({ packet, unknown }) => unknown[side] ?? (packet.family === 4 ? packet[side] << 96n : packet[side]),
    { present: isIpPacket },
  );
}

export const sourceAddress = addressPart('source address', 'source');
export const destinationAddress = addressPart('destination address', 'destination');

/** A fragment behind the first, which has no transport header. */
export const laterFragment = flag('later fragment', ({ packet }) => packet.fragment.offset > 0, isIpPacket);

/** The transport protocol. */
export const transportProtocol = part(
  'transport protocol',
  integer8,
  ({ packet }) => (packet.frame ? undefined : BigInt(packet.protocol)),
  { present: isIpPacket },
);

/** Packets with the header of this transport protocol. */
export function withHeader(protocol: number): Condition {
  return (symbols) =>
    symbols.bdd.minus(
      fieldIs(symbols, transportProtocol, BigInt(protocol)),
      fieldIs(symbols, laterFragment, 1n),
    );
}

/** The first two bytes of a transport header: the source port, or type and code of ICMP. */
export const transportStart = part('source port', integer16, ({ packet, unknown }) => {
  const { transport } = packet;
  if (isPorted(transport)) return unknown.sport ?? BigInt(transport.sport);
  return isMessage(transport) ? BigInt((transport.type << 8) | transport.code) : undefined;
});

/** The two bytes behind them: the destination port. */
export const transportNext = part('destination port', integer16, ({ packet, unknown }) =>
  isPorted(packet.transport) ? (unknown.dport ?? BigInt(packet.transport.dport)) : undefined,
);

function isPorted(transport: Packet['transport']): transport is Tcp | Udp {
  return transport.kind === 'tcp' || transport.kind === 'udp';
}

function isMessage(transport: Packet['transport']): transport is Icmp {
  return transport.kind === 'icmp';
}

/** TTL or hop limit. */
export const hopLimit = part('hop limit', integer8, ({ packet }) => BigInt(packet.ttl), {
  present: isIpPacket,
});

/** Bytes of the whole packet. */
export const packetLength = part('length', integer16, ({ packet }) => BigInt(packet.length), {
  within: hasRoom,
});

/** Bytes that headers take at least, by the protocol. */
const headerSizes = [
  [6, 20],
  [17, 8],
  [136, 8],
  [1, 8],
  [58, 8],
] as const;

/** The headers of a packet fit into it. */
function hasRoom(symbols: Symbols, bits: readonly Node[]): Node {
  const { bdd } = symbols;
  return ([4, 6] as const).reduce<Node>((all, version) => {
    const network = version === 4 ? 20n : 40n;
    const fits = headerSizes.reduce<Node>(
      (rest, [protocol, size]) =>
        bdd.ite(withHeader(protocol)(symbols), atLeast(bdd, bits, network + BigInt(size)), rest),
      atLeast(bdd, bits, network),
    );
    return bdd.ite(ofVersion(version)(symbols), fits, all);
  }, 1);
}

/** More fragments follow; the packet must not be one. */
export const moreFragments = flag('more fragments', ({ packet }) => packet.fragment.more, isIpPacket);
export const dontFragment = flag('do not fragment', ({ packet }) => packet.fragment.dontFragment, isIpPacket);

/** In units of eight bytes; above 0 exactly for a fragment behind the first. */
export const fragmentOffset = part(
  'fragment offset',
  numberType('integer', 'an offset', 13),
  ({ packet }) => BigInt(packet.fragment.offset),
  {
    present: isIpPacket,
    within: (symbols, bits) => {
      const { bdd } = symbols;
      const isFirst = equals(bdd, bits, 0n);
      return bdd.xor(isFirst, fieldIs(symbols, laterFragment, 1n));
    },
  },
);

/** Headers of IPv6 other than that of a fragment stand before the transport header. */
export const extended = flag('extended', ({ packet }) => packet.nextHeader !== undefined, ofVersion(6));

/** The first of them. */
export const firstExtension = part(
  'first extension header',
  integer8,
  ({ packet }) => (packet.nextHeader === undefined ? undefined : BigInt(packet.nextHeader)),
  { present: (symbols) => fieldIs(symbols, extended, 1n) },
);

export const congestion = part(
  'ecn',
  numberType('integer', 'congestion notification', 2),
  ({ packet: { ecn } }) =>
    ecn === undefined ? { unknown: 'the congestion notification was not given' } : BigInt(ecn),
  { present: isIpPacket },
);

export const codePoint = part(
  'dscp',
  numberType('integer', 'a DSCP value', 6),
  ({ packet }) => BigInt(packet.dscp),
  { present: isIpPacket },
);

/** A socket of this host sends the packet. */
export const localSocket = flag('sent by a socket', ({ skuid }) => skuid !== undefined);
