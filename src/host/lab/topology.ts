// A small network as a value, and the commands that make it: one `ip -batch` and one list of sysctls per host.

/** Hosts and the cables between them. */
export interface Topology {
  readonly hosts: readonly LabHost[];
  readonly links: readonly LabLink[];
}

/** A host, which becomes a network namespace. */
export interface LabHost {
  readonly name: string;
  /** Interface name to addresses with their prefix length, in the order in which they are added; `lo` may be there. */
  readonly addresses: Readonly<Record<string, readonly string[]>>;
  /** As `ip route add` takes them, for example `default via 10.0.0.1`. */
  readonly routes?: readonly string[];
  /** Whether it passes on packets of others, both families; without it, no. */
  readonly forwarding?: boolean;
  /** Reverse path filter of all interfaces: 0 off, 1 strict, 2 loose; without it, 0. */
  readonly rpFilter?: 0 | 1 | 2;
  /** Further values by dotted name; the per-interface ones cannot be set by this. */
  readonly sysctls?: Readonly<Record<string, string | number>>;
}

/** A veth pair. */
export interface LabLink {
  readonly ends: readonly [LinkEnd, LinkEnd];
}

/** One end of a link. */
export interface LinkEnd {
  readonly host: string;
  readonly interface: string;
}

/** What makes one host, once the namespaces of all of them are there and all have their sysctls. */
export interface HostCommands {
  readonly host: string;
  /** Lines for `ip -batch -`. */
  readonly batch: readonly string[];
  /** `path value`, the path below /proc/sys. */
  readonly sysctls: readonly string[];
}

/**
 * The commands, host by host, to be run in this order: an end of a link comes into being with the host that is first
 * in the list. `namespaces` gives the name that `ip netns` knows each host by.
 */
export function commandsFor(topology: Topology, namespaces: ReadonlyMap<string, string>): HostCommands[] {
  const isDual = topology.hosts.some((host) => Object.values(host.addresses).flat().some(isVersion6));
  const made = new Set<LabLink>();
  return topology.hosts.map((host) => {
    const links = topology.links.filter((link) => touches(link, host) && !made.has(link));
    for (const link of links) made.add(link);
    return {
      host: host.name,
      batch: [
        ...links.map((link) => linkLine(topology, link, host, namespaces)),
        ...hostLines(host, topology),
      ],
      sysctls: sysctlLines(host, isDual),
    };
  });
}

function touches(link: LabLink, host: LabHost): boolean {
  return link.ends.some((end) => end.host === host.name);
}

/**
 * The two ends get different interface indices: net/core/link_watch.c: linkwatch_urgent_event reports the carrier of
 * a pair with equal ones up to a second late.
 */
function linkLine(
  topology: Topology,
  link: LabLink,
  host: LabHost,
  namespaces: ReadonlyMap<string, string>,
): string {
  const [near, far] = link.ends[0].host === host.name ? link.ends : ([link.ends[1], link.ends[0]] as const);
  const there = namespaces.get(far.host);
  if (there === undefined) throw new RangeError(`a link ends at \`${far.host}\`, which is no host`);
  const index = firstIndex + 2 * topology.links.indexOf(link);
  return `link add ${near.interface} index ${index} type veth peer name ${far.interface} index ${index + 1} netns ${there}`;
}

/** Above those that the kernel gives by itself in an empty namespace. */
const firstIndex = 10;

function hostLines(host: LabHost, { links }: Topology): string[] {
  const ends = links.flatMap((link) => link.ends).filter((end) => end.host === host.name);
  return [
    ...Object.entries(host.addresses).flatMap(([name, addresses]) =>
      addresses.map((one) => addressLine(one, name)),
    ),
    ...['lo', ...ends.map((end) => end.interface)].map((name) => `link set ${name} up`),
    ...(host.routes ?? []).map((route) => `${isVersion6(route) ? '-6 ' : ''}route add ${route}`),
  ];
}

/** Without duplicate address detection a version 6 address is usable at once. */
function addressLine(address: string, name: string): string {
  return `address add ${address} dev ${name}${isVersion6(address) ? ' nodad' : ''}`;
}

function isVersion6(text: string): boolean {
  return text.includes(':');
}

/** No noise of its own, no limit on ICMP errors, and nothing inherited from the machine. */
function sysctlLines(host: LabHost, isDual: boolean): string[] {
  const forwarding = host.forwarding ? 1 : 0;
  const chosen = Object.entries(host.sysctls ?? {}).map(
    ([name, value]) => `${name.replaceAll('.', '/')} ${value}`,
  );
  const perInterface = ['all', 'default'].flatMap((which) => [
    `net/ipv4/conf/${which}/rp_filter ${host.rpFilter ?? 0}`,
    `net/ipv6/conf/${which}/disable_ipv6 ${isDual ? 0 : 1}`,
    `net/ipv6/conf/${which}/accept_dad 0`,
    `net/ipv6/conf/${which}/accept_ra 0`,
    `net/ipv6/conf/${which}/router_solicitations 0`,
  ]);
  const whole = ['net/ipv4/icmp_ratemask 0', `net/ipv4/ip_forward ${forwarding}`];
  return [...whole, ...perInterface, `net/ipv6/conf/all/forwarding ${forwarding}`, ...chosen];
}
