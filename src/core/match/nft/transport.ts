// Further fields of transport headers; `th` is whatever transport header there is.
import type { DataType } from '../../datatype/define.ts';
import { dccpType, igmpType, listedProtocol } from '../../datatype/nft-types.ts';
import { port } from '../../datatype/types.ts';
import type { FieldValue } from '../../field/define.ts';
import type { Packet } from '../../packet/packet.ts';
import { nftFieldMatch, notTold, payload } from './define.ts';
import { bits } from './vocabulary.ts';

/** Protocol numbers of the headers. */
const protocols = {
  tcp: 6,
  udp: 17,
  udplite: 136,
  sctp: 132,
  dccp: 33,
  ah: 51,
  esp: 50,
  comp: 108,
  icmp: 1,
  icmpv6: 58,
  igmp: 2,
} as const;

type Header = keyof typeof protocols;

/** Undefined: what the packet has there is not told. */
type Read = (packet: Packet) => number | undefined;

/** Headers of later fragments are not in the packet. */
function field(header: Header, name: string, type: DataType, read?: Read) {
  const key = `${header} ${name}`;
  return nftFieldMatch({
    key,
    summary: `The ${name} field of the ${header} header.`,
    type,
    nft: payload(header, name),
    knowledge: read ? undefined : notTold(`\`${key}\``),
    read: ({ packet }) => {
      if (packet.protocol !== protocols[header] || packet.fragment.offset > 0) return undefined;
      const value = read?.(packet);
      return value === undefined ? notTold(`\`${key}\``) : BigInt(value);
    },
  });
}

function tcp(read: (transport: Extract<Packet['transport'], { kind: 'tcp' }>) => number): Read {
  return ({ transport }) => (transport.kind === 'tcp' ? read(transport) : undefined);
}

function echo(part: 'id' | 'sequence'): Read {
  return ({ transport }) => (transport.kind === 'icmp' ? transport[part] : undefined);
}

function ported(side: 'sport' | 'dport'): Read {
  return ({ transport }) => ('sport' in transport ? transport[side] : undefined);
}

/** Ports stand at the same place in all headers that have them; other headers have something else there. */
function anyPort(side: 'sport' | 'dport') {
  return nftFieldMatch({
    key: `th ${side}`,
    summary: `The ${side === 'sport' ? 'source' : 'destination'} port, whatever the transport protocol.`,
    type: port,
    nft: payload('th', side),
    knowledge: notTold('a port of other protocols than TCP, UDP and UDP-Lite'),
    read: ({ packet, unknown }): FieldValue => {
      if ('sport' in packet.transport) return unknown[side] ?? BigInt(packet.transport[side]);
      return packet.fragment.offset > 0 ? undefined : notTold('the transport header');
    },
  });
}

export const transportMatches = [
  anyPort('sport'),
  anyPort('dport'),
  field(
    'tcp',
    'sequence',
    bits(32),
    tcp(({ seq }) => seq),
  ),
  field(
    'tcp',
    'ackseq',
    bits(32),
    tcp(({ ack }) => ack),
  ),
  field('tcp', 'doff', bits(4)),
  field('tcp', 'reserved', bits(4)),
  field(
    'tcp',
    'window',
    bits(16),
    tcp(({ window }) => window),
  ),
  field('tcp', 'checksum', bits(16)),
  field('tcp', 'urgptr', bits(16)),
  field('udp', 'length', bits(16)),
  field('udp', 'checksum', bits(16)),
  field('udplite', 'sport', port, ported('sport')),
  field('udplite', 'dport', port, ported('dport')),
  field('udplite', 'checksum', bits(16)),
  field('udplite', 'csumcov', bits(16)),
  field('sctp', 'sport', port),
  field('sctp', 'dport', port),
  field('sctp', 'vtag', bits(32)),
  field('sctp', 'checksum', bits(32)),
  field('dccp', 'sport', port),
  field('dccp', 'dport', port),
  field('dccp', 'type', dccpType),
  field('ah', 'nexthdr', listedProtocol),
  field('ah', 'hdrlength', bits(8)),
  field('ah', 'reserved', bits(16)),
  field('ah', 'spi', bits(32)),
  field('ah', 'sequence', bits(32)),
  field('esp', 'spi', bits(32)),
  field('esp', 'sequence', bits(32)),
  field('comp', 'nexthdr', listedProtocol),
  field('comp', 'flags', bits(8)),
  field('comp', 'cpi', bits(16)),
  field('icmp', 'id', bits(16), echo('id')),
  field('icmp', 'sequence', bits(16), echo('sequence')),
  field('icmp', 'mtu', bits(16)),
  field('icmp', 'gateway', bits(32)),
  field('icmp', 'checksum', bits(16)),
  field('icmpv6', 'id', bits(16), echo('id')),
  field('icmpv6', 'sequence', bits(16), echo('sequence')),
  field('icmpv6', 'mtu', bits(32)),
  field('icmpv6', 'parameter-problem', bits(32)),
  field('icmpv6', 'max-delay', bits(16)),
  field('icmpv6', 'checksum', bits(16)),
  field('igmp', 'type', igmpType),
  field('igmp', 'mrt', bits(8)),
  field('igmp', 'checksum', bits(16)),
  field('igmp', 'group', bits(32)),
];
