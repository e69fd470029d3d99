// What packets are made of for an analysis of all of them: several fields are read from one of these. Each is read from a
// packet like any field, though no rule names it.
import { numberType } from '../datatype/define.ts';
import { integer8, integer16 } from '../datatype/types.ts';
import type { Icmp, Packet, Tcp, Udp } from '../packet/packet.ts';
import { defineField, type Field, type FieldValue } from './define.ts';
import { type Condition, fieldIs, type OwnVariables } from './symbolic.ts';
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

export const codePoint = part(
  'dscp',
  numberType('integer', 'a DSCP value', 6),
  ({ packet }) => BigInt(packet.dscp),
  { present: isIpPacket },
);

/** A socket of this host sends the packet. */
export const localSocket = flag('sent by a socket', ({ skuid }) => skuid !== undefined);

/** Conntrack has an entry for the packet. */
export const trackedEntry = flag('ct entry', ({ ct }) => ct?.entry !== undefined);

/** Packets that belong to a connection. */
export const ofConnection: Condition = (symbols) => fieldIs(symbols, trackedEntry, 1n);
