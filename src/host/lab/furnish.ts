// What makes a network namespace the host that a policy describes: sysctls, and lines for `ip -batch`. A namespace of a lab
// has its devices by then, with cables; one that packets are handed to has taps, and neighbours are not looked for.
import type { AddressFamily } from '../../core/datatype/address.ts';
import { linesWithPorts, makingLine, portLines } from '../../core/device/ip-link.ts';
import { kindOf, resolvesAddresses } from '../../core/device/registry.ts';
import { addressWords, routeWords, ruleWords } from '../../core/host-config/write/ip-words.ts';
import { formatMac } from '../../core/packet/link-text.ts';
import { ownRoutes } from '../../core/topology/facts-of.ts';
import type { Host, Interface, InterfaceAddress, Route, RoutingRule } from '../../core/topology/host.ts';

/** In the order in which they are done: `quiet`, then the devices, then the rest. */
export interface Furnishing {
  /** Paths below /proc/sys/net with their values. */
  readonly quiet: readonly SysctlValue[];
  readonly sysctls: readonly SysctlValue[];
  /** Lines for `ip -batch -` with these options, one after the other. */
  readonly batches: readonly { readonly options: readonly string[]; readonly lines: readonly string[] }[];
}

type SysctlValue = readonly [path: string, value: string];

/** For a host of which all devices are there. */
export function furnishing(host: Host): Furnishing {
  const lines = lowestFirst(host.interfaces).flatMap((one) => interfaceLines(one, cableLines(one)));
  return furnished(host, onCables, [...lines, ...host.interfaces.flatMap(linesWithPorts)]);
}

/** For a host without neighbours: devices are made by the lines, but for the `taps`, which are there. */
export function tapFurnishing(host: Host): Furnishing & { readonly taps: readonly string[] } {
  const made = host.interfaces.filter((one) => isMadeHere(one, host));
  const names = new Set(made.map(({ name }) => name));
  const lines = [
    ...lowestFirst(made).flatMap((one) => makingLine(one, { settings: kindOf(one).quiet ?? {} }) ?? []),
    ...lowestFirst(host.interfaces).flatMap((one) => interfaceLines(one, tapLines(one, names))),
    ...made.flatMap(linesWithPorts),
  ];
  const taps = host.interfaces.map(({ name }) => name).filter((name) => name !== 'lo' && !names.has(name));
  return { ...furnished(host, silent, lines), taps };
}

function furnished(host: Host, before: Furnishing['quiet'], lines: readonly string[]): Furnishing {
  return {
    quiet: [...quiet, ...before],
    sysctls: [...host.sysctls].map(([name, value]) => [sysctlPath(name), value]),
    batches: [
      { options: [], lines },
      { options: ['-4'], lines: routing(host, 4) },
      { options: ['-6'], lines: routing(host, 6) },
    ],
  };
}

/** Whether the kernel makes it, with all that it stands on in this host; it does not answer for the far end of a tunnel. */
function isMadeHere(one: Interface, host: Host): boolean {
  const { type } = one;
  if (kindOf(one).made !== 'link' || kindOf(one).tunnel) return false;
  if (!type?.lower) return true;
  return type.lower.host === undefined || type.lower.host === host.name;
}

/** What stands on another one comes behind it. */
function lowestFirst(interfaces: readonly Interface[]): readonly Interface[] {
  const depth = ({ type }: Interface): number => {
    const lower = type?.lower?.host === undefined && type?.lower?.device;
    const found = interfaces.find(({ name }) => name === lower);
    return found ? 1 + depth(found) : 0;
  };
  return interfaces.toSorted((one, other) => depth(one) - depth(other));
}

function routing(host: Host, family: AddressFamily): readonly string[] {
  return [
    ...ownRoutes(host)
      .filter((route) => route.family === family)
      .map(routeLine),
    ...host.rules.filter((rule) => rule.family === family && isDeclared(rule)).map(ruleLine),
  ];
}

/**
 * No duplicates looked for, no routers listened to, no limit on ICMP errors, and nothing that a new namespace would take
 * over from the machine.
 */
const quiet: Furnishing['quiet'] = [
  ...['all', 'default'].flatMap((which): Furnishing['quiet'] => [
    [`ipv4/conf/${which}/rp_filter`, '0'],
    [`ipv4/conf/${which}/forwarding`, '0'],
    [`ipv4/conf/${which}/accept_local`, '0'],
    [`ipv4/conf/${which}/route_localnet`, '0'],
    [`ipv4/conf/${which}/send_redirects`, '1'],
    [`ipv4/conf/${which}/src_valid_mark`, '0'],
    [`ipv6/conf/${which}/disable_ipv6`, '0'],
    [`ipv6/conf/${which}/accept_ra`, '0'],
  ]),
  ['ipv4/icmp_ratemask', '0'],
  ['ipv4/icmp_msgs_per_sec', '1000000'],
  ['ipv4/icmp_msgs_burst', '1000000'],
  ['ipv6/icmp/ratelimit', '0'],
  ['ipv6/conf/default/accept_dad', '0'],
  ['ipv6/conf/default/router_solicitations', '0'],
  // In milliseconds: the reports about multicast groups are over at once.
  ['ipv6/conf/default/mldv1_unsolicited_report_interval', '1'],
  ['ipv6/conf/default/mldv2_unsolicited_report_interval', '1'],
];

/** No link-local addresses: nobody is there to be spoken to. */
const silent: Furnishing['quiet'] = [['ipv6/conf/default/addr_gen_mode', '1']];

/** Routers ask for neighbours from their link-local addresses, which are made of the Ethernet address. */
const onCables: Furnishing['quiet'] = [['ipv6/conf/default/addr_gen_mode', '0']];

/** An address with the scope that it is added with. */
type AddedAddress = Omit<InterfaceAddress, 'secondary'>;

/** The line of `ip -batch` that adds an address. */
export function addressLine(device: string, added: AddedAddress): string {
  const nodad = added.address.family === 6 ? ' nodad' : '';
  return `address add ${addressWords(added)} dev ${device}${nodad}`;
}

/** In a dotted name a slash stands for the dot of an interface (sysctl(8)). */
function sysctlPath(name: string): string {
  return name.replace(/^net\./, '').replaceAll(/[./]/g, (one) => (one === '.' ? '/' : '.'));
}

/** Without address resolution every next hop is there at once; made devices need it to find the port. */
function tapLines({ name, mtu, mac }: Interface, made: ReadonlySet<string>): readonly string[] {
  return [
    `link set dev ${name} arp ${made.has(name) ? 'on' : 'off'} txqueuelen 10000 mtu ${mtu}`,
    ...(mac === undefined ? [] : [`link set dev ${name} address ${formatMac(mac)}`]),
  ];
}

/** A cable in place of a device that carries packets alone has no address resolution either. */
function cableLines(one: Interface): readonly string[] {
  return [`link set dev ${one.name}${resolvesAddresses(one) ? '' : ' arp off'} mtu ${one.mtu}`];
}

/** `before` is what its device needs first; `lo` needs nothing. */
function interfaceLines(one: Interface, before: readonly string[]): readonly string[] {
  const { name, addresses, up, group } = one;
  // The kernel keeps the newest address of IPv6 first.
  const [ipv4, ipv6] = [4, 6].map((family) => addresses.filter(({ address }) => address.family === family));
  const added = [...(ipv4 ?? []), ...(ipv6 ?? []).toReversed()].filter((entry) => !isOfKernel(name, entry));
  return [
    ...(name === 'lo' ? [] : before),
    ...portLines(one),
    ...(group === undefined ? [] : [`link set dev ${name} group ${group}`]),
    ...added.map((entry) => addressLine(name, entry)),
    ...(up ? [`link set dev ${name} up`] : []),
  ];
}

/** 127.0.0.1 and ::1. */
function isOfKernel(device: string, { address: { family, value } }: InterfaceAddress): boolean {
  return device === 'lo' && value === (family === 4 ? 0x7f000001n : 1n);
}

/** With every default said; a next hop counts as on the link, as the host says that it is. */
function routeLine(route: Route): string {
  const { gateway, device, hops } = route;
  const onlink = gateway !== undefined && device !== undefined;
  const ways = hops && { hops: hops.map((hop) => ({ ...hop, onlink: hop.gateway !== undefined })) };
  return `route append ${routeWords({ ...route, onlink, ...ways }, asIs)}`;
}

function asIs(name: string): string {
  return name;
}

/** The kernel has those of its own tables already. */
function isDeclared({ priority }: RoutingRule): boolean {
  return priority !== 0 && priority < 32766;
}

function ruleLine(rule: RoutingRule): string {
  return `rule add ${ruleWords(rule, asIs)}`;
}
