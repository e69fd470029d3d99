// The headers that nft knows by name: where each field lies, what carries what (nftables: src/proto.c). The layers are
// link, network and transport, numbered as nft orders them.
import { isTypeName, type NftType, types } from './types.ts';

export type Layer = 'll' | 'nh' | 'th' | 'ih';

/** A field of a header; offset and length in bits. */
export interface Field {
  readonly protocol: string;
  readonly name: string;
  readonly offset: number;
  readonly bits: number;
  readonly type: NftType;
  /** The ICMP type that a packet with this field has. */
  readonly icmpType?: number;
}

export interface Protocol {
  readonly name: string;
  readonly layer: Layer;
  readonly fields: readonly Field[];
  /** The fields that say what comes next. */
  readonly keys: ReadonlySet<string>;
  /** How a rule asks what comes next: by this field or, for `meta …`, by that key. */
  readonly asks?: { readonly field: string } | { readonly meta: string; readonly type: NftType };
  /** What may come next, by the number that the key has for it. */
  readonly upper: ReadonlyMap<number, string>;
  /** Bits of a header that another one of its layer may follow. */
  readonly length: number;
}

const transport: ReadonlyMap<number, string> = new Map([
  [1, 'icmp'],
  [2, 'igmp'],
  [6, 'tcp'],
  [17, 'udp'],
  [33, 'dccp'],
  [50, 'esp'],
  [51, 'ah'],
  [58, 'icmpv6'],
  [108, 'comp'],
  [132, 'sctp'],
  [136, 'udplite'],
]);

const network: ReadonlyMap<number, string> = new Map([
  [0x0800, 'ip'],
  [0x0806, 'arp'],
  [0x86dd, 'ip6'],
  [0x8100, 'vlan'],
  [0x88a8, 'vlan'],
]);

const families: ReadonlyMap<number, string> = new Map([
  [2, 'ip'],
  [10, 'ip6'],
]);

/** Each field is `name offset bits`, then its type if it is more than a number, then `?` and the ICMP type. */
const headers: Readonly<Record<string, readonly [Layer, string]>> = {
  ether: ['ll', 'daddr 0 48 mac, saddr 48 48 mac, type 96 16 etherType'],
  vlan: ['ll', 'pcp 0 3, dei 3 1, cfi 3 1, id 4 12, type 16 16 etherType'],
  arp: [
    'nh',
    `htype 0 16, ptype 16 16 etherType, hlen 32 8, plen 40 8, operation 48 16 arpOperation,
    saddr-ether 64 48 mac, saddr-ip 112 32 ipv4, daddr-ether 144 48 mac, daddr-ip 192 32 ipv4`,
  ],
  ip: [
    'nh',
    `version 0 4, hdrlength 4 4, dscp 8 6 dscp, ecn 14 2 ecn, length 16 16, id 32 16, frag-off 48 16, ttl 64 8,
    protocol 72 8 protocol, checksum 80 16, saddr 96 32 ipv4, daddr 128 32 ipv4`,
  ],
  ip6: [
    'nh',
    `version 0 4, dscp 4 6 dscp, ecn 10 2 ecn, flowlabel 12 20, length 32 16, nexthdr 48 8 protocol, hoplimit 56 8,
    saddr 64 128 ipv6, daddr 192 128 ipv6`,
  ],
  icmp: [
    'th',
    `type 0 8 icmpType, code 8 8 icmpCode, checksum 16 16, id 32 16 ?8, sequence 48 16 ?8, gateway 32 32 ?5,
    mtu 48 16 ?3`,
  ],
  icmpv6: [
    'th',
    `type 0 8 icmpv6Type, code 8 8 icmpv6Code, checksum 16 16, parameter-problem 32 32 ?4, mtu 32 32 ?2,
    id 32 16 ?128, sequence 48 16 ?128, max-delay 32 16 ?130`,
  ],
  igmp: ['th', 'type 0 8 igmpType, mrt 8 8, checksum 16 16, group 32 32'],
  ah: ['th', 'nexthdr 0 8 protocol, hdrlength 8 8, reserved 16 16, spi 32 32, sequence 64 32'],
  esp: ['th', 'spi 0 32, sequence 32 32'],
  comp: ['th', 'nexthdr 0 8 protocol, flags 8 8 bitmask, cpi 16 16'],
  udp: ['th', 'sport 0 16 service, dport 16 16 service, length 32 16, checksum 48 16'],
  udplite: ['th', 'sport 0 16 service, dport 16 16 service, csumcov 32 16, checksum 48 16'],
  tcp: [
    'th',
    `sport 0 16 service, dport 16 16 service, sequence 32 32, ackseq 64 32, doff 96 4, reserved 100 4,
    flags 104 8 tcpFlags, window 112 16, checksum 128 16, urgptr 144 16`,
  ],
  dccp: ['th', 'sport 0 16 service, dport 16 16 service, type 67 4 dccpType'],
  sctp: ['th', 'sport 0 16 service, dport 16 16 service, vtag 32 32, checksum 64 32'],
  th: ['th', 'sport 0 16 service, dport 16 16 service'],
};

function readFields(protocol: string, text: string): readonly Field[] {
  return text.split(',').map((entry): Field => {
    const [name = '', offset, bits, ...more] = entry.trim().split(/\s+/);
    const type = more.find(isTypeName);
    const icmpType = more.find((word) => word.startsWith('?'))?.slice(1);
    return {
      protocol,
      // The fields of ARP are of two words.
      name: protocol === 'arp' ? name.replace('-', ' ') : name,
      offset: Number(offset),
      bits: Number(bits),
      type: types[type ?? 'integer'],
      ...(icmpType !== undefined && { icmpType: Number(icmpType) }),
    };
  });
}

type Linkage = Partial<Pick<Protocol, 'asks' | 'upper' | 'length'>> & { readonly keys?: readonly string[] };

const l4proto = { asks: { meta: 'l4proto', type: types.protocol }, upper: transport } as const;
const afterIpsec: ReadonlyMap<number, string> = new Map(
  [...transport].filter(([, name]) => !/^ic?gmp|icmp/.test(name)),
);

const linkage: Readonly<Record<string, Linkage>> = {
  ether: { asks: { field: 'type' }, keys: ['type'], upper: network, length: 112 },
  vlan: { asks: { field: 'type' }, keys: ['type'], upper: network, length: 32 },
  ip: { ...l4proto, keys: ['protocol'] },
  ip6: { ...l4proto, keys: ['nexthdr'] },
  ah: { keys: ['nexthdr'], upper: afterIpsec },
  comp: { keys: ['nexthdr'], upper: afterIpsec },
  icmp: { keys: ['type'] },
  icmpv6: { keys: ['type'] },
};

function define(name: string, layer: Layer, fields: string, links: Linkage): Protocol {
  const { keys = [], upper = new Map(), length = 0, ...more } = links;
  const read = fields === '' ? [] : readFields(name, fields);
  return { name, layer, fields: read, keys: new Set(keys), upper, length, ...more };
}

const protocols: ReadonlyMap<string, Protocol> = new Map(
  [
    ...Object.entries(headers).map(([name, [layer, fields]]) =>
      define(name, layer, fields, linkage[name] ?? {}),
    ),
    // What stands below a rule of a family that sees several network protocols.
    define('inet', 'll', '', { asks: { meta: 'nfproto', type: types.family }, upper: families }),
    define('netdev', 'll', '', { asks: { meta: 'protocol', type: types.etherType }, upper: network }),
    // What stands below a transport header where the network protocol is not known.
    define('inet-service', 'th', '', l4proto),
    define('unknown', 'th', '', {}),
  ].map((protocol) => [protocol.name, protocol]),
);

const unknown = define('unknown', 'th', '', {});

/** A protocol by its name; one without fields for a name that is none. */
export function protocolOf(name: string): Protocol {
  return protocols.get(name) ?? unknown;
}

/** Whether a word begins a header field. */
export function isHeader(name: string): boolean {
  return Object.hasOwn(headers, name);
}

/** The number by which a protocol names the one above it. */
export function numberFor(protocol: Protocol, upper: string): number | undefined {
  for (const [number, name] of protocol.upper) if (name === upper) return number;
  return undefined;
}
