// Further fields of transport headers; `th` is whatever transport header there is.

import type { Node } from '../../bdd/bdd.ts';
import type { DataType } from '../../datatype/define.ts';
import { dccpType, igmpType } from '../../datatype/nft-types.ts';
import { port, protocol } from '../../datatype/types.ts';
import { defineField, type FieldValue } from '../../field/define.ts';
import {
  laterFragment,
  transportNext,
  transportProtocol,
  transportStart,
  withHeader,
} from '../../field/parts.ts';
import { choose, type FieldSymbol, fieldIs } from '../../field/symbolic.ts';
import { readUint } from '../../packet/bytes.ts';
import type { Packet } from '../../packet/packet.ts';
import { knownSize } from '../../packet/size.ts';
import type { FieldTest } from '../field-match.ts';
import { fewValues, moduleOption, plainTest, unsupported } from '../iptables-condition.ts';
import type { Condition, IptablesTarget, Words } from '../iptables-spelling.ts';
import { destination, type Side, source, writePorts } from '../port.ts';
import { protocolWord } from '../protocol-name.ts';
import { type NftField, nftFieldMatch, notTold, payload } from './define.ts';
import { rangeCondition } from './iptables.ts';
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

/** What is known of a field, and what is particular to it. */
interface Details extends Pick<NftField, 'iptables' | 'transports' | 'symbol'> {
  readonly read?: Read;
}

/** Headers of later fragments are not in the packet. */
function field(header: Header, name: string, type: DataType, { read, ...more }: Details = {}) {
  const key = `${header} ${name}`;
  return nftFieldMatch({
    key,
    summary: `The ${name} field of the ${header} header.`,
    type,
    nft: payload(header, name),
    symbol: { kind: 'own', present: withHeader(protocols[header]) },
    ...more,
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

/** Headers with an option for the field. */
function numbered(header: Header, name: string, type: DataType, module: string, option: string) {
  const key = `${header} ${name}`;
  const spec = { key, type, module, option, protocol: protocols[header] };
  return field(header, name, type, { iptables: (test) => rangeCondition(test, spec) });
}

/** Where all packets have it. */
const places = { sport: transportStart, dport: transportNext } as const;

function placeOf(header: 'udplite', side: Side): FieldSymbol {
  return { kind: 'part', of: places[side.field], from: 0, present: withHeader(protocols[header]) };
}

/** Ports by the module of the protocol, or by `multiport`; a set of ports in ipset does not know DCCP. */
function portField(header: 'sctp' | 'dccp' | 'udplite', side: Side) {
  const key = `${header} ${side.field}`;
  const module = header === 'udplite' ? {} : { module: header };
  return field(header, side.field, port, {
    ...(header === 'udplite' && { read: ported(side.field), symbol: placeOf(header, side) }),
    transports: true,
    iptables: (test, target) =>
      header === 'dccp' && test.value.kind === 'set'
        ? unsupported(key, test)
        : writePorts(test, target, { protocol: protocols[header], ...module, side, key }),
  });
}

/** extensions/libxt_dccp.c: dccp_pkt_types; iptables has one name for all numbers that are not in use. */
function packetTypes(test: FieldTest): Condition {
  const plain = plainTest(test, dccpType.width);
  const values = plain && fewValues(plain.ranges, 10);
  if (!plain || !values || values.some((value) => value > 9n)) return unsupported('dccp type', test);
  const names = values.map((value) => dccpType.format(value).toUpperCase());
  const words = moduleOption('dccp', plain.negated, '--dccp-types', names.join(','));
  return { kind: 'any', alternatives: [[words]], protocol: protocols.dccp };
}

/** Ports stand at the same place in all headers that have them; other headers have something else there. */
function anyPort(side: Side) {
  const { field: name, words } = side;
  const key = `th ${name}`;
  return nftFieldMatch({
    key,
    summary: `The ${words} port, whatever the transport protocol.`,
    type: port,
    nft: payload('th', name),
    iptables: (test, target) => writeAnyPorts(test, target, { side, key }),
    symbol: anyPlace(name),
    knowledge: name === 'dport' ? notTold('the checksum of ICMP, where others have the port') : undefined,
    read: ({ packet, unknown }): FieldValue => {
      if ('sport' in packet.transport) return unknown[name] ?? BigInt(packet.transport[name]);
      return packet.fragment.offset > 0 ? undefined : bytesAt(packet, name === 'sport' ? 0 : 2);
    },
  });
}

/** Headers of which a trace knows what stands there. */
const knownHeaders = { sport: [6, 17, 136, 1, 58], dport: [6, 17, 136] } as const;

/** What other headers have there is another field. */
function anyPlace(name: Side['field']): FieldSymbol {
  const others = defineField(`th ${name} of other protocols`, port, () => notTold('the transport header'));
  return {
    kind: 'worked out',
    value: (symbols) => {
      const { bdd } = symbols;
      const [known, other] = [symbols.read(places[name]), symbols.read(others)];
      if (known.kind === 'name' || other.kind === 'name') return known;
      const isKnown = knownHeaders[name].reduce<Node>(
        (any, number) => bdd.or(any, fieldIs(symbols, transportProtocol, BigInt(number))),
        0,
      );
      const present = bdd.minus(bdd.or(isKnown, other.present), fieldIs(symbols, laterFragment, 1n));
      return { kind: 'number', present, bits: choose(symbols, isKnown, known.bits, other.bits) };
    },
  };
}

/** Two bytes of a header that has no ports there; none where the packet ends before them (nft_payload.c: nft_payload_eval). */
function bytesAt(packet: Packet, at: number): FieldValue {
  const { transport, untold } = packet;
  const bytes = packet.payload ?? nothing;
  if (transport.kind === 'icmp' && at === 0) return BigInt((transport.type << 8) | transport.code);
  if (transport.kind !== 'opaque' || untold !== undefined) return notTold('the transport header');
  if (bytes.length >= at + 2) return readUint(bytes, at, 2);
  return packet.length === knownSize(packet) ? undefined : notTold('the transport header');
}

const nothing = new Uint8Array();

const withPorts = ['tcp', 'udp', 'udplite', 'sctp', 'dccp'] as const;

/** A rule for each protocol with ports, where only those are left: nft looks at the same bytes of any other, too. */
function writeAnyPorts(
  test: FieldTest,
  target: IptablesTarget,
  place: { readonly side: Side; readonly key: string },
): Condition {
  if (!target.ported) {
    const why = `\`${place.key}\` compares what protocols without ports have in that place, too`;
    return {
      kind: 'unsupported',
      why,
      help: 'ask for protocols with ports before it: `meta l4proto { tcp, udp }`',
    };
  }
  if (test.value.kind === 'set') return unsupported(place.key, test);
  const ways: (readonly Words[])[] = [];
  for (const name of withPorts) {
    const condition = writePorts(test, target, {
      ...place,
      protocol: protocols[name],
      ...(name !== 'udplite' && { module: name }),
    });
    if (condition.kind !== 'any') return condition;
    ways.push(...condition.alternatives.map((words) => [protocolWords(protocols[name]), ...words]));
  }
  return { kind: 'any', alternatives: ways };
}

function protocolWords(number: number): Words {
  return { own: 'p', words: ['-p', protocolWord(number)] };
}

export const transportMatches = [
  anyPort(source),
  anyPort(destination),
  field('tcp', 'sequence', bits(32), { read: tcp(({ seq }) => seq) }),
  field('tcp', 'ackseq', bits(32), { read: tcp(({ ack }) => ack) }),
  field('tcp', 'doff', bits(4)),
  field('tcp', 'reserved', bits(4)),
  field('tcp', 'window', bits(16), { read: tcp(({ window }) => window) }),
  field('tcp', 'checksum', bits(16)),
  field('tcp', 'urgptr', bits(16)),
  field('udp', 'length', bits(16)),
  field('udp', 'checksum', bits(16)),
  portField('udplite', source),
  portField('udplite', destination),
  field('udplite', 'checksum', bits(16)),
  field('udplite', 'csumcov', bits(16)),
  portField('sctp', source),
  portField('sctp', destination),
  field('sctp', 'vtag', bits(32)),
  field('sctp', 'checksum', bits(32)),
  portField('dccp', source),
  portField('dccp', destination),
  field('dccp', 'type', dccpType, { iptables: packetTypes }),
  field('ah', 'nexthdr', protocol),
  field('ah', 'hdrlength', bits(8)),
  field('ah', 'reserved', bits(16)),
  numbered('ah', 'spi', bits(32), 'ah', '--ahspi'),
  field('ah', 'sequence', bits(32)),
  numbered('esp', 'spi', bits(32), 'esp', '--espspi'),
  field('esp', 'sequence', bits(32)),
  field('comp', 'nexthdr', protocol),
  field('comp', 'flags', bits(8)),
  numbered('comp', 'cpi', bits(16), 'ipcomp', '--ipcompspi'),
  field('icmp', 'id', bits(16), { read: echo('id') }),
  field('icmp', 'sequence', bits(16), { read: echo('sequence') }),
  field('icmp', 'mtu', bits(16)),
  field('icmp', 'gateway', bits(32)),
  field('icmp', 'checksum', bits(16)),
  field('icmpv6', 'id', bits(16), { read: echo('id') }),
  field('icmpv6', 'sequence', bits(16), { read: echo('sequence') }),
  field('icmpv6', 'mtu', bits(32)),
  field('icmpv6', 'parameter-problem', bits(32)),
  field('icmpv6', 'max-delay', bits(16)),
  field('icmpv6', 'checksum', bits(16)),
  field('igmp', 'type', igmpType),
  field('igmp', 'mrt', bits(8)),
  field('igmp', 'checksum', bits(16)),
  field('igmp', 'group', bits(32)),
];
