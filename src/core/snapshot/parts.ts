// What a snapshot is made of: each part is a text as a tool of the machine printed it.

/** One part: what it tells, and the command that prints it. */
export interface SnapshotPart {
  /** For people, as the beginning of a sentence about it. */
  readonly what: string;
  /** A program and its arguments; what is put together from several files is named by them. */
  readonly command: readonly [string, ...string[]];
}

/** All parts, in the order in which they are read. */
export const snapshotParts = {
  'nft-json': {
    what: 'rules of nftables',
    command: ['nft', '-j', 'list', 'ruleset'],
  },
  'nft-hooks': { what: 'order of chains at their hooks', command: ['nft', 'list', 'hooks'] },
  'iptables-nft': { what: 'rules of iptables-nft in its words', command: ['iptables-nft-save', '-c'] },
  'ip6tables-nft': { what: 'rules of ip6tables-nft in its words', command: ['ip6tables-nft-save', '-c'] },
  'iptables-legacy': {
    what: 'rules of iptables-legacy',
    command: ['iptables-legacy-save', '-c'],
  },
  'ip6tables-legacy': {
    what: 'rules of ip6tables-legacy',
    command: ['ip6tables-legacy-save', '-c'],
  },
  ipset: { what: 'sets of ipset', command: ['ipset', 'save'] },
  addresses: { what: 'links and addresses', command: ['ip', '-d', '-j', 'address'] },
  'routing-tables': { what: 'names of routing tables', command: ['/etc/iproute2/rt_tables'] },
  routes: { what: 'routes of IPv4', command: ['ip', '-j', 'route', 'show', 'table', 'all'] },
  routes6: { what: 'routes of IPv6', command: ['ip', '-6', '-j', 'route', 'show', 'table', 'all'] },
  rules: { what: 'rules of routing of IPv4', command: ['ip', '-j', 'rule'] },
  rules6: { what: 'rules of routing of IPv6', command: ['ip', '-6', '-j', 'rule'] },
  neighbours: { what: 'neighbours', command: ['ip', '-j', 'neigh'] },
  sysctls: { what: 'sysctls', command: ['sysctl', '-a'] },
  conntrack: { what: 'connections', command: ['conntrack', '-L', '-o', 'extended,id'] },
} as const satisfies Readonly<Record<string, SnapshotPart>>;

export type PartName = keyof typeof snapshotParts;

/** The names of all parts, in their order. */
export const partNames = Object.keys(snapshotParts).filter(isPartName);

/** Whether it names a part. */
export function isPartName(name: string): name is PartName {
  return Object.hasOwn(snapshotParts, name);
}

/** How the source of a part is called in problems: what printed it. */
export function printedBy(part: PartName): string {
  return snapshotParts[part].command.join(' ');
}
