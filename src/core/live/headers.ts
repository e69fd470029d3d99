// The headers of a packet as `nft -nn monitor trace` writes them, read as a packet (nftables, src/netlink.c: trace_print_packet).
import { parseAddress } from '../datatype/address.ts';
import { isIcmpError } from '../packet/icmp-kind.ts';
import { parseMac } from '../packet/link-text.ts';
import {
  type LinkHeader,
  notFragmented,
  type Packet,
  protocolNumber,
  type Transport,
} from '../packet/packet.ts';

/** A packet where a chain sees it. */
export interface SeenHeaders {
  readonly iif?: string;
  readonly oif?: string;
  readonly packet: Packet;
}

type Fields = ReadonlyMap<string, string>;

/** What stands behind `packet: `; a sentence where it is no IP packet. Options, checksums, sequence numbers and payload are not printed. */
export function readHeaders(text: string): SeenHeaders | string {
  const fields = fieldsOf(text);
  const network = networkOf(fields);
  if (!network) return 'nft prints no header of IP';
  const [iif, oif] = [fields.get('iif'), fields.get('oif')];
  const link = linkOf(fields);
  return {
    ...(iif !== undefined && { iif }),
    ...(oif !== undefined && { oif }),
    packet: { ...network, ...transportOf(network.protocol, fields), ...(link && { link }) },
  };
}

/** By header and name: `ip saddr`. */
function fieldsOf(text: string): Fields {
  const pairs = text.matchAll(
    /(?<=^| )(?:([io]if) "?([^" ]+)"?|((?:ether|ip|ip6|tcp|udp|udplite|icmp|icmpv6) [a-z]+) (?:== )?(\S+))/g,
  );
  const fields = new Map<string, string>();
  for (const [, way, device = '', name, value = ''] of pairs) {
    const key = way ?? name ?? '';
    if (!fields.has(key)) fields.set(key, way === undefined ? value : device);
  }
  return fields;
}

function numberAt(fields: Fields, key: string): number {
  return Number(fields.get(key) ?? 0);
}

type Network = Omit<Packet, 'transport'>;

function networkOf(fields: Fields): Network | undefined {
  const isIpv4 = fields.has('ip saddr');
  const head = isIpv4 ? 'ip' : 'ip6';
  const [source, destination] = ['saddr', 'daddr'].map((name) =>
    parseAddress(fields.get(`${head} ${name}`) ?? ''),
  );
  if (!source || !destination) return undefined;
  const length = numberAt(fields, `${head} length`);
  const [ecn, identification] = [numberAt(fields, `${head} ecn`), fields.get('ip id')];
  return {
    family: isIpv4 ? 4 : 6,
    source: source.value,
    destination: destination.value,
    protocol: protocolOf(fields),
    ttl: numberAt(fields, isIpv4 ? 'ip ttl' : 'ip6 hoplimit'),
    dscp: numberAt(fields, `${head} dscp`),
    length: isIpv4 ? length : length + 40,
    fragment: notFragmented,
    ...(ecn !== 0 && { ecn }),
    ...(identification !== undefined && { identification: Number(identification) }),
  };
}

/** In a table of IPv4 nft leaves the protocol to the next header. */
function protocolOf(fields: Fields): number {
  const said = fields.get('ip protocol') ?? fields.get('ip6 nexthdr');
  if (said !== undefined) return Number(said);
  const names = ['tcp', 'udp', 'udplite', 'icmp', 'icmpv6'] as const;
  const found = names.find((name) => [...fields.keys()].some((key) => key.startsWith(`${name} `)));
  return found === undefined ? 0 : protocolNumber[found];
}

type Carried = Pick<Packet, 'transport' | 'untold'>;

function transportOf(protocol: number, fields: Fields): Carried {
  switch (protocol) {
    case protocolNumber.tcp:
      return { transport: tcpOf(fields) };
    case protocolNumber.udp:
      return { transport: { kind: 'udp', ...portsOf(fields, 'udp') } };
    case protocolNumber.udplite:
      return { transport: { kind: 'udp', ...portsOf(fields, 'udplite') } };
    case protocolNumber.icmp:
      return icmpOf(protocol, fields, 'icmp');
    case protocolNumber.icmpv6:
      return icmpOf(protocol, fields, 'icmpv6');
    default:
      return {
        transport: { kind: 'opaque' },
        ...(withPorts.has(protocol) && { untold: 'nft does not print its ports' }),
      };
  }
}

/** GRE, DCCP and SCTP. */
const withPorts: ReadonlySet<number> = new Set([protocolNumber.gre, 33, protocolNumber.sctp]);

function portsOf(fields: Fields, name: string): { readonly sport: number; readonly dport: number } {
  return { sport: numberAt(fields, `${name} sport`), dport: numberAt(fields, `${name} dport`) };
}

function tcpOf(fields: Fields): Transport {
  const [flags, window] = [numberAt(fields, 'tcp flags'), numberAt(fields, 'tcp window')];
  return { kind: 'tcp', ...portsOf(fields, 'tcp'), flags, window, seq: 0, ack: 0 };
}

function icmpOf(protocol: number, fields: Fields, name: 'icmp' | 'icmpv6'): Carried {
  const [type, code, id, sequence] = ['type', 'code', 'id', 'sequence'].map((one) =>
    numberAt(fields, `${name} ${one}`),
  );
  const transport: Transport = {
    kind: 'icmp',
    type: type ?? 0,
    code: code ?? 0,
    id: id ?? 0,
    sequence: sequence ?? 0,
  };
  const isError = isIcmpError(protocol, transport.type);
  return { transport, ...(isError && { untold: 'nft does not print the packet that the error speaks of' }) };
}

function linkOf(fields: Fields): LinkHeader | undefined {
  const [source, destination] = ['ether saddr', 'ether daddr'].map((key) => parseMac(fields.get(key) ?? ''));
  return source === undefined || destination === undefined ? undefined : { source, destination };
}
