// Fields of the transport header. Each implies its protocol; a later fragment has no transport header at all.
import type { DataType } from '../datatype/define.ts';
import { icmpCode, icmpType, icmpv6Code, icmpv6Type, port, tcpFlags } from '../datatype/types.ts';
import {
  type Icmp,
  type Packet,
  protocolNumber,
  type Tcp,
  type Transport,
  type Udp,
} from '../packet/packet.ts';
import { defineField, type Field } from './define.ts';
import { ofVersion, transportNext, transportStart, withHeader } from './parts.ts';
import type { PacketView, Unknown } from './view.ts';

type Ported = Tcp | Udp;
type Side = 'sport' | 'dport';

function hasPorts(transport: Transport): transport is Ported {
  return transport.kind === 'tcp' || transport.kind === 'udp';
}

/** A field of a header that the packet has, and that nobody told. */
function untoldPart(packet: Packet, of: number): Unknown | undefined {
  const { untold } = packet;
  if (untold === undefined || packet.protocol !== of) return undefined;
  return packet.fragment.offset === 0 ? { unknown: untold } : undefined;
}

const places = { sport: transportStart, dport: transportNext } as const;

function portField(name: string, protocol: number, side: Side): Field {
  return defineField(
    name,
    port,
    ({ packet, unknown }) =>
      hasPorts(packet.transport) && packet.protocol === protocol
        ? (unknown[side] ?? BigInt(packet.transport[side]))
        : untoldPart(packet, protocol),
    {
      symbol: { kind: 'part', of: places[side], from: 0, present: withHeader(protocol) },
      write: (injection, value) => {
        const { packet } = injection;
        if (!hasPorts(packet.transport) || packet.protocol !== protocol) return undefined;
        const transport = { ...packet.transport, [side]: Number(value) };
        return { ...injection, packet: { ...packet, transport } };
      },
    },
  );
}

export const tcpSport = portField('tcp sport', protocolNumber.tcp, 'sport');
export const tcpDport = portField('tcp dport', protocolNumber.tcp, 'dport');
export const udpSport = portField('udp sport', protocolNumber.udp, 'sport');
export const udpDport = portField('udp dport', protocolNumber.udp, 'dport');

export const tcpFlagBits = defineField(
  'tcp flags',
  tcpFlags,
  ({ packet }) =>
    packet.transport.kind === 'tcp' ? BigInt(packet.transport.flags) : untoldPart(packet, protocolNumber.tcp),
  {
    symbol: { kind: 'own', present: withHeader(protocolNumber.tcp) },
    write: (injection, value) => {
      const { packet } = injection;
      if (packet.transport.kind !== 'tcp') return undefined;
      return {
        ...injection,
        packet: { ...packet, transport: { ...packet.transport, flags: Number(value) } },
      };
    },
  },
);

/** What the fields of the two ICMPs differ in. */
interface IcmpField {
  readonly name: string;
  readonly protocol: number;
  /** nft asks for it too in tables that see both: another packet of the protocol number has no such message. */
  readonly version: 4 | 6;
  readonly type: DataType;
  readonly part: 'type' | 'code';
}

function icmpField({ name, protocol, version, type, part }: IcmpField): Field {
  return defineField(
    name,
    type,
    (view) => {
      if (view.packet.family !== version) return undefined;
      const message = icmpOf(view, protocol);
      return message ? BigInt(message[part]) : untoldPart(view.packet, protocol);
    },
    {
      symbol: {
        kind: 'part',
        of: transportStart,
        from: part === 'type' ? 0 : 8,
        present: (symbols) => symbols.bdd.and(withHeader(protocol)(symbols), ofVersion(version)(symbols)),
      },
      write: (injection, value) => {
        const message = icmpOf(injection, protocol);
        const transport = message && { ...message, [part]: Number(value) };
        return transport && { ...injection, packet: { ...injection.packet, transport } };
      },
    },
  );
}

function icmpOf({ packet }: Pick<PacketView, 'packet'>, protocol: number): Icmp | undefined {
  return packet.transport.kind === 'icmp' && packet.protocol === protocol ? packet.transport : undefined;
}

const icmp = protocolNumber.icmp;
const icmpv6 = protocolNumber.icmpv6;

export const icmpTypeField = icmpField({
  name: 'icmp type',
  protocol: icmp,
  version: 4,
  type: icmpType,
  part: 'type',
});
export const icmpCodeField = icmpField({
  name: 'icmp code',
  protocol: icmp,
  version: 4,
  type: icmpCode,
  part: 'code',
});
export const icmpv6TypeField = icmpField({
  name: 'icmpv6 type',
  protocol: icmpv6,
  version: 6,
  type: icmpv6Type,
  part: 'type',
});
export const icmpv6CodeField = icmpField({
  name: 'icmpv6 code',
  protocol: icmpv6,
  version: 6,
  type: icmpv6Code,
  part: 'code',
});
