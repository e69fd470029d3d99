// Fields of the network header. Each implies its family: a packet of the other has none of them.
import type { AddressFamily } from '../datatype/address.ts';
import type { DataType } from '../datatype/define.ts';
import { dscp, integer8, integer16, ipv4Address, ipv6Address, protocol } from '../datatype/types.ts';
import { isIp, type Packet } from '../packet/packet.ts';
import { withProtocol } from '../packet/protocol.ts';
import { defineField, type Field, type FieldValue } from './define.ts';
import {
  codePoint,
  destinationAddress,
  extended,
  firstExtension,
  hopLimit,
  laterFragment,
  moreFragments,
  ofVersion,
  packetLength,
  sourceAddress,
  transportProtocol,
} from './parts.ts';
import {
  bitsOf,
  choose,
  constantBits,
  type FieldSymbol,
  fieldIs,
  less,
  type SymbolicValue,
  type Symbols,
} from './symbolic.ts';
import type { PacketView } from './view.ts';

const ipv6FixedHeader = 40;
const fragmentHeader = 44;

interface HeaderField {
  readonly name: string;
  readonly family: AddressFamily;
  readonly type: DataType;
  readonly read: (view: PacketView) => FieldValue;
  readonly write?: (packet: Packet, value: bigint) => Packet;
  /** What it is a part of, for all packets at once: its upper bits. */
  readonly of?: Field;
  /** What else it is. */
  readonly symbol?: FieldSymbol;
}

function headerField({ name, family, type, read, write, of, ...more }: HeaderField): Field {
  const symbol: FieldSymbol | undefined = of
    ? { kind: 'part', of, from: 0, present: ofVersion(family) }
    : more.symbol;
  return defineField(name, type, (view) => (isIp(view.packet, family) ? read(view) : undefined), {
    ...(symbol && { symbol }),
    ...(write && {
      write: (injection, value) =>
        isIp(injection.packet, family) && typeof value === 'bigint'
          ? { ...injection, packet: write(injection.packet, value) }
          : undefined,
    }),
  });
}

function sourceField(name: string, family: AddressFamily, type: DataType): Field {
  return headerField({
    name,
    family,
    type,
    read: ({ packet, unknown }) => unknown.source ?? packet.source,
    write: (packet, source) => ({ ...packet, source }),
    of: sourceAddress,
  });
}

function destinationField(name: string, family: AddressFamily, type: DataType): Field {
  return headerField({
    name,
    family,
    type,
    read: ({ packet, unknown }) => unknown.destination ?? packet.destination,
    write: (packet, destination) => ({ ...packet, destination }),
    of: destinationAddress,
  });
}

function hopsField(name: string, family: AddressFamily): Field {
  return headerField({
    name,
    family,
    type: integer8,
    read: ({ packet }) => BigInt(packet.ttl),
    write: (packet, ttl) => ({ ...packet, ttl: Number(ttl) }),
    of: hopLimit,
  });
}

function dscpField(name: string, family: AddressFamily): Field {
  return headerField({
    name,
    family,
    type: dscp,
    read: ({ packet }) => BigInt(packet.dscp),
    write: (packet, value) => ({ ...packet, dscp: Number(value) }),
    of: codePoint,
  });
}

export const ipSaddr = sourceField('ip saddr', 4, ipv4Address);
export const ip6Saddr = sourceField('ip6 saddr', 6, ipv6Address);
export const ipDaddr = destinationField('ip daddr', 4, ipv4Address);
export const ip6Daddr = destinationField('ip6 daddr', 6, ipv6Address);
export const ipTtl = hopsField('ip ttl', 4);
export const ip6Hoplimit = hopsField('ip6 hoplimit', 6);
export const ipDscp = dscpField('ip dscp', 4);
export const ip6Dscp = dscpField('ip6 dscp', 6);

export const ipProtocol = headerField({
  name: 'ip protocol',
  family: 4,
  type: protocol,
  read: ({ packet }) => BigInt(packet.protocol),
  write: (packet, value) => withProtocol(packet, Number(value)),
  of: transportProtocol,
});

/** The first next header, which is the transport protocol only where no extension header stands between. */
export const ip6Nexthdr = headerField({
  name: 'ip6 nexthdr',
  family: 6,
  type: protocol,
  read: ({ packet }) => BigInt(packet.nextHeader ?? firstHeader(packet)),
  write: (packet, value) => withProtocol(packet, Number(value)),
  symbol: { kind: 'worked out', value: symbolicNextHeader },
});

/** The same for all packets. */
function symbolicNextHeader(symbols: Symbols): SymbolicValue {
  const isFragment = symbols.bdd.or(fieldIs(symbols, moreFragments, 1n), fieldIs(symbols, laterFragment, 1n));
  const plain = choose(
    symbols,
    isFragment,
    constantBits(BigInt(fragmentHeader), 8),
    bitsOf(symbols, transportProtocol),
  );
  const bits = choose(symbols, fieldIs(symbols, extended, 1n), bitsOf(symbols, firstExtension), plain);
  return { kind: 'number', present: ofVersion(6)(symbols), bits };
}

function firstHeader({ fragment, protocol: last }: Packet): number {
  return fragment.more || fragment.offset > 0 ? fragmentHeader : last;
}

export const ipLength = headerField({
  name: 'ip length',
  family: 4,
  type: integer16,
  read: ({ packet }) => BigInt(packet.length),
  of: packetLength,
});

/** IPv6 counts what follows its fixed header. */
export const ip6Length = headerField({
  name: 'ip6 length',
  family: 6,
  type: integer16,
  read: ({ packet }) => BigInt(packet.length - ipv6FixedHeader),
  symbol: {
    kind: 'worked out',
    value: (symbols) => ({
      kind: 'number',
      present: ofVersion(6)(symbols),
      bits: less(symbols, bitsOf(symbols, packetLength), BigInt(ipv6FixedHeader)),
    }),
  },
});
