// The types of ipset, as far as a set of ours says the same: what their elements are made of, and what a rule looks up
// in them (net/netfilter/ipset/ip_set_hash_*.c, ip_set_bitmap_*.c).

/** Whose address, port or interface is looked up. */
export type IpsetSide = 'src' | 'dst';

type PartKind = 'address' | 'port' | 'protocol-port' | 'mark' | 'interface';

const parts: Readonly<Record<string, readonly PartKind[]>> = {
  'hash:ip': ['address'],
  'hash:net': ['address'],
  'bitmap:ip': ['address'],
  'bitmap:port': ['port'],
  'hash:ip,port': ['address', 'protocol-port'],
  'hash:net,port': ['address', 'protocol-port'],
  'hash:ip,port,ip': ['address', 'protocol-port', 'address'],
  'hash:ip,port,net': ['address', 'protocol-port', 'address'],
  'hash:net,net': ['address', 'address'],
  'hash:net,port,net': ['address', 'protocol-port', 'address'],
  'hash:ip,mark': ['address', 'mark'],
  'hash:net,iface': ['address', 'interface'],
};

/** What an element is made of; undefined for types that no set of ours is like. */
export function partsOfType(type: string): readonly PartKind[] | undefined {
  return Object.hasOwn(parts, type) ? parts[type] : undefined;
}

/** The type that the words behind the name of a created set begin with. */
export function typeOfWords(words: string): string {
  return words.split(' ', 1)[0] ?? '';
}

/**
 * The keys of the fields that a rule looks up, the port with its protocol; undefined where the sides don't fit. Without
 * TCP or UDP in the rule a port is of several protocols.
 */
export function keysOfSides(
  type: string,
  sides: readonly string[],
  family: 'ip' | 'ip6',
  protocol: 'tcp' | 'udp' | undefined,
): readonly string[] | undefined {
  const kinds = partsOfType(type);
  if (kinds?.length !== sides.length) return undefined;
  const keys: string[] = [];
  for (const [at, kind] of kinds.entries()) {
    const side = sides[at];
    if (side !== 'src' && side !== 'dst') return undefined;
    if (kind.endsWith('port') && !protocol) return undefined;
    keys.push(...keysOf(kind, side, family, protocol));
  }
  return keys;
}

function keysOf(
  kind: PartKind,
  side: IpsetSide,
  family: 'ip' | 'ip6',
  protocol: 'tcp' | 'udp' = 'tcp',
): readonly string[] {
  switch (kind) {
    case 'address':
      return [`${family} ${side === 'src' ? 'saddr' : 'daddr'}`];
    case 'port':
      return [`${protocol} ${side === 'src' ? 'sport' : 'dport'}`];
    case 'protocol-port':
      return ['meta l4proto', `${protocol} ${side === 'src' ? 'sport' : 'dport'}`];
    case 'mark':
      return ['meta mark'];
    case 'interface':
      return [side === 'src' ? 'iifname' : 'oifname'];
  }
}

/** The sides that look some fields up in a set of the type, and the protocol they need; undefined where none do. */
export function sidesOfKeys(
  type: string,
  keys: readonly string[],
  family: 'ip' | 'ip6',
): { readonly sides: readonly IpsetSide[]; readonly protocol: 'tcp' | 'udp' | undefined } | undefined {
  const count = partsOfType(type)?.length ?? 0;
  const named = (['tcp', 'udp'] as const).find((one) => keys.some((key) => key.startsWith(`${one} `)));
  for (let choice = 0; choice < 2 ** count; choice++) {
    const sides = Array.from({ length: count }, (_, at): IpsetSide => ((choice >> at) & 1 ? 'dst' : 'src'));
    const found = keysOfSides(type, sides, family, named);
    if (found?.join() === keys.join()) return { sides, protocol: named };
  }
  return undefined;
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
