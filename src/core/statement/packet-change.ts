// What a packet is after one of its fields was set.
import type { Field } from '../field/define.ts';
import type { PacketView } from '../field/view.ts';
import type { Packet, Transport } from '../packet/packet.ts';
import type { PacketChange } from './define.ts';

/** Fields that say how the rest of the packet is read, and raw bytes, which may be part of one. */
export function isStructural(key: string): boolean {
  return key.startsWith('@') || structural.has(key);
}

const structural = new Set([
  'ip version',
  'ip hdrlength',
  'ip length',
  'ip frag-off',
  'ip protocol',
  'ip6 version',
  'ip6 length',
  'ip6 nexthdr',
  'tcp doff',
  'udp length',
  'ether type',
  'vlan type',
]);

type Change = (packet: Packet, value: number) => Packet | undefined;

/** Fields that a packet has here and no sender would be asked to choose. */
const changes: Readonly<Record<string, Change>> = {
  'ip ecn': (packet, ecn) => ({ ...packet, ecn }),
  'ip6 ecn': (packet, ecn) => ({ ...packet, ecn }),
  'ip id': (packet, identification) => ({ ...packet, identification }),
  'tcp sequence': ofTransport('tcp', (tcp, seq) => ({ ...tcp, seq })),
  'tcp ackseq': ofTransport('tcp', (tcp, ack) => ({ ...tcp, ack })),
  'tcp window': ofTransport('tcp', (tcp, window) => ({ ...tcp, window })),
  'icmp id': ofTransport('icmp', (icmp, id) => ({ ...icmp, id })),
  'icmp sequence': ofTransport('icmp', (icmp, sequence) => ({ ...icmp, sequence })),
  'icmpv6 id': ofTransport('icmp', (icmp, id) => ({ ...icmp, id })),
  'icmpv6 sequence': ofTransport('icmp', (icmp, sequence) => ({ ...icmp, sequence })),
  'th sport': anyPort('sport'),
  'th dport': anyPort('dport'),
  'udplite sport': anyPort('sport'),
  'udplite dport': anyPort('dport'),
  'ether saddr': ({ link, ...packet }, source) =>
    link && { ...packet, link: { ...link, source: BigInt(source) } },
  'ether daddr': ({ link, ...packet }, value) =>
    link && { ...packet, link: { ...link, destination: BigInt(value) } },
};

function ofTransport<Kind extends Transport['kind']>(
  kind: Kind,
  change: (transport: Extract<Transport, { kind: Kind }>, value: number) => Transport,
): Change {
  return (packet, value) =>
    isKind(packet.transport, kind) ? { ...packet, transport: change(packet.transport, value) } : undefined;
}

function isKind<Kind extends Transport['kind']>(
  transport: Transport,
  kind: Kind,
): transport is Extract<Transport, { kind: Kind }> {
  return transport.kind === kind;
}

function anyPort(side: 'sport' | 'dport'): Change {
  return (packet, value) =>
    'sport' in packet.transport
      ? { ...packet, transport: { ...packet.transport, [side]: value } }
      : undefined;
}

/** Whether a packet here holds the field, so that setting it is all that happens. */
export function isKept(field: Field): boolean {
  return field.write !== undefined || changes[field.name] !== undefined;
}

/** The parts of the packet that are others once the field has the value; undefined where the packet does not hold it. */
export function changeOf(field: Field, view: PacketView, value: bigint): PacketChange | undefined {
  const { packet } = view;
  const written = field.write?.({ packet, direction: 'in' }, value)?.packet;
  const after = written ?? changes[field.name]?.(packet, Number(value));
  if (!after || field.read({ ...view, packet: after, overwritten: new Map() }) !== value) return undefined;
  const { family: _family, protocol: _protocol, ...parts } = after;
  const before: Readonly<Record<string, unknown>> = { ...packet };
  return Object.fromEntries(Object.entries(parts).filter(([name, part]) => before[name] !== part));
}
