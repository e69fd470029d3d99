// The types of ipset, as far as a set of ours says the same: what their elements are made of, and what a rule looks up
// in them (net/netfilter/ipset/ip_set_hash_*.c, ip_set_bitmap_*.c).

/** Whose address, port or interface is looked up. */
export type IpsetSide = 'src' | 'dst';

/** A part of an element that one field is compared with. */
export type IpsetPart = 'address' | 'protocol' | 'port' | 'mark' | 'interface';

const parts: Readonly<Record<string, readonly IpsetPart[]>> = {
  'hash:ip': ['address'],
  'hash:net': ['address'],
  'bitmap:ip': ['address'],
  'bitmap:port': ['port'],
  'hash:ip,port': ['address', 'protocol', 'port'],
  'hash:net,port': ['address', 'protocol', 'port'],
  'hash:ip,port,ip': ['address', 'protocol', 'port', 'address'],
  'hash:ip,port,net': ['address', 'protocol', 'port', 'address'],
  'hash:net,net': ['address', 'address'],
  'hash:net,port,net': ['address', 'protocol', 'port', 'address'],
  'hash:ip,mark': ['address', 'mark'],
  'hash:net,iface': ['address', 'interface'],
};

/** What an element is made of; undefined for types that no set of ours is like. */
export function partsOfType(type: string): readonly IpsetPart[] | undefined {
  return Object.hasOwn(parts, type) ? parts[type] : undefined;
}

/** The type that the words behind the name of a created set begin with. */
export function typeOfWords(words: string): string {
  return words.split(' ', 1)[0] ?? '';
}

/** A field that an ipset can be asked about. */
export interface LookedUp {
  readonly part: IpsetPart;
  /** Absent for a protocol, which goes with its port. */
  readonly side?: IpsetSide;
  readonly family?: 'ip' | 'ip6';
  /** The protocol that a port is of; `th` is any. */
  readonly protocol?: PortProtocol;
}

/** The protocols whose ports ipset knows (net/netfilter/ipset/ip_set_getport.c: get_port), and `th` for all of them. */
const portProtocols = ['tcp', 'udp', 'sctp', 'udplite', 'th'] as const;

export type PortProtocol = (typeof portProtocols)[number];

/** By the key of the match. */
const lookedUp: Readonly<Record<string, LookedUp>> = {
  'ip saddr': { part: 'address', side: 'src', family: 'ip' },
  'ip daddr': { part: 'address', side: 'dst', family: 'ip' },
  'ip6 saddr': { part: 'address', side: 'src', family: 'ip6' },
  'ip6 daddr': { part: 'address', side: 'dst', family: 'ip6' },
  'meta l4proto': { part: 'protocol' },
  'meta mark': { part: 'mark', side: 'src' },
  iifname: { part: 'interface', side: 'src' },
  oifname: { part: 'interface', side: 'dst' },
  ...Object.fromEntries(
    portProtocols.flatMap((protocol): [string, LookedUp][] => [
      [`${protocol} sport`, { part: 'port', side: 'src', protocol }],
      [`${protocol} dport`, { part: 'port', side: 'dst', protocol }],
    ]),
  ),
};

/** What the field of a match is to ipset; undefined where ipset can't be asked about it. */
export function lookedUpBy(key: string): LookedUp | undefined {
  return Object.hasOwn(lookedUp, key) ? lookedUp[key] : undefined;
}

/**
 * The keys of the fields that a rule looks up, the port with its protocol before it; undefined where the sides don't
 * fit.
 */
export function keysOfSides(
  type: string,
  sides: readonly string[],
  family: 'ip' | 'ip6',
  protocol: PortProtocol,
): readonly string[] | undefined {
  const left = [...sides];
  const keys = partsOfType(type)?.map((part) => {
    const side = part === 'protocol' ? undefined : left.shift();
    return Object.entries(lookedUp).find(
      ([, one]) =>
        one.part === part &&
        one.side === side &&
        (one.family ?? family) === family &&
        (one.protocol ?? protocol) === protocol,
    )?.[0];
  });
  const found = keys?.filter((key) => key !== undefined);
  return found && found.length === keys?.length && left.length === 0 ? found : undefined;
}

/** The options of `-m set` (extensions/libxt_set.c), so that a reader of one sees that there are others. */
export const setOptions: Readonly<Record<string, number>> = {
  '--match-set': 2,
  '--return-nomatch': 0,
  '--update-counters': 0,
  '--update-subcounters': 0,
  '--packets-eq': 1,
  '--packets-lt': 1,
  '--packets-gt': 1,
  '--bytes-eq': 1,
  '--bytes-lt': 1,
  '--bytes-gt': 1,
};
