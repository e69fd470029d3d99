// What rules ask the routing tables: nft's `fib`, and `addrtype` and `rpfilter` of iptables. The facts of a host answer
// as the kernel's tables would.
import type { FibQuestion, ReverseQuestion, RoutedKinds, RoutedPacket, RoutingFacts } from '../field/view.ts';
import type { Flow } from './decision.ts';
import type { Host, Route, RouteType } from './host.ts';
import { addressesOf, interfaceNamed, table } from './inventory.ts';
import { isLinkLocal6, isLocalMulticast4, isMulticast, isMulticast4, limitedBroadcast } from './prefix.ts';
import { bestRoute, hasCustomRules, isRefusing, searchTables, usesDevice } from './tables.ts';
import { vrfAbove, vrfOf, vrfTable } from './vrf.ts';

/** include/uapi/linux/rtnetlink.h: RTN_UNSPEC and so on. */
const numbers = {
  unspec: 0,
  unicast: 1,
  local: 2,
  broadcast: 3,
  anycast: 4,
  multicast: 5,
  blackhole: 6,
  unreachable: 7,
  prohibit: 8,
  throw: 9,
} as const satisfies Record<RouteType | 'unspec', number>;

/** The answers that a host gives. */
export function routingFacts(host: Host): RoutingFacts {
  return {
    addressType: (packet, question) => numbers[addressType(host, packet, question)],
    outputInterface: (packet, question) => outputInterface(host, packet, question),
    kindsOfIpv6: (address, device) => kindsOfIpv6(host, address, device),
    reversePath: (packet, question) => reversePath(host, packet, question),
  };
}

function addressType(host: Host, packet: RoutedPacket, question: FibQuestion): keyof typeof numbers {
  const device = question.device && packet[question.device];
  if (packet.family === 6) return ipv6AddressType(host, packet, question, device);
  const address = question.side === 'saddr' ? packet.source : packet.destination;
  const looked = question.noVrf ? device : (device ?? deviceOfPacket(packet));
  return ipv4AddressType(host, address, device, vrfTable(host, looked));
}

/**
 * `net/ipv4/fib_frontend.c: __inet_dev_addr_type`. The table is `local`, which without rules of the user's is one with
 * `main`, and in a VRF its own; a route that refuses makes the address no other than any.
 */
function ipv4AddressType(
  host: Host,
  address: bigint,
  device: string | undefined,
  own: number | undefined,
): RouteType {
  if (address === 0n || address === limitedBroadcast) return 'broadcast';
  if (isMulticast4(address)) return 'multicast';
  const usual = hasCustomRules(host) ? [table.local] : [table.local, table.main];
  const route = bestRoute(host, { family: 4, destination: address }, own === undefined ? usual : [own]);
  if (!route || isRefusing(route) || route.type === 'throw') return 'unicast';
  return device === undefined || device === deviceOf(route) ? route.type : 'unicast';
}

/** `net/ipv6/netfilter/nft_fib_ipv6.c: __nft_fib6_eval_type`. */
function ipv6AddressType(
  host: Host,
  packet: RoutedPacket,
  question: FibQuestion,
  device: string | undefined,
): keyof typeof numbers {
  const flow = { ...ipv6Flow(packet, question, device), ...vrfHere(host, packet, device) };
  const answer = searchTables(host, { ...flow, iif: 'lo' });
  const own = device !== undefined && hasAddress(host, device, flow.destination);
  if (answer?.kind === 'rule') return answer.rule.action === 'lookup' ? 'unreachable' : answer.rule.action;
  if (!answer) return 'unreachable';
  const { route } = answer;
  if (isRefusing(route) || route.type === 'throw') return route.type;
  if (isRejected(route)) return 'unreachable';
  if (isAnycast(route, flow.destination)) return 'anycast';
  if (own || (device === undefined && route.type === 'local')) return 'local';
  return isMulticast(6, flow.destination) ? 'multicast' : flow.destination === 0n ? 'unspec' : 'unicast';
}

/** `nft_fib6_flowi_init`: only addresses of a link are bound to an interface. */
function ipv6Flow(
  packet: RoutedPacket,
  { side, device, mark }: FibQuestion,
  asked: string | undefined,
): Flow {
  const [destination, other] =
    side === 'daddr' ? [packet.destination, packet.source] : [packet.source, packet.destination];
  const hasOther = other !== 0n && !isMulticast(6, other);
  const link = isLinkScoped(destination) ? (asked ?? packet.iif ?? packet.oif) : undefined;
  const isAnswer = packet.hook === 'forward' && side === 'saddr' && device === 'iif';
  return {
    family: 6,
    destination,
    ...(hasOther && { source: other }),
    ...(link !== undefined && { oif: link }),
    ...(isAnswer && packet.oif !== undefined && { iif: packet.oif }),
    mark: mark ? packet.mark : 0,
    tos: packet.tos,
    protocol: packet.protocol,
  };
}

function isLinkScoped(address: bigint): boolean {
  return isLinkLocal6(address) || (isMulticast(6, address) && ((address >> 112n) & 0xfn) === 2n);
}

/** `net/ipv6/route.c: fib6_nh_init`: IPv6 has no routes to others over the loopback interface, they refuse instead. */
function isRejected({ family, type, device }: Route): boolean {
  return family === 6 && type === 'unicast' && device === 'lo';
}

/** `include/net/ip6_route.h: ipv6_anycast_destination`: the first address of a subnet on the link is its routers'. */
function isAnycast(route: Route, address: bigint): boolean {
  const isSubnet = route.prefixLength < 127 && route.gateway === undefined;
  return route.type === 'anycast' || (isSubnet && route.destination === address);
}

function hasAddress(host: Host, device: string, address: bigint): boolean {
  const one = interfaceNamed(host, device);
  return one !== undefined && addressesOf(one, 6).some((entry) => entry.address.value === address);
}

function deviceOf(route: Route): string {
  return route.device ?? 'lo';
}

function outputInterface(host: Host, packet: RoutedPacket, question: FibQuestion): string {
  const device = question.device && packet[question.device];
  if (packet.family === 4 && isUnconfigured(packet)) return packet.iif ?? packet.oif ?? '';
  if (packet.family === 6 && isDetection(packet)) return packet.iif ?? '';
  const asked = packet.family === 4 ? ipv4Flow(packet, question) : ipv6Flow(packet, question, device);
  const flow = { ...asked, ...vrfHere(host, packet, device) };
  const route = routeOf(host, flow);
  const refused = packet.family === 4 ? ['local'] : ['local', 'anycast'];
  if (!route || refused.includes(route.type)) return '';
  if (device !== undefined && isBehind(host, route, device)) return device;
  return device === undefined ? deviceOf(route) : '';
}

/** Also by a port of a VRF (`net/ipv4/fib_semantics.c: nh_uses_dev`). */
function isBehind(host: Host, route: Route, device: string): boolean {
  return usesDevice(route, device) || vrfAbove(host, deviceOf(route))?.name === device;
}

/** The VRF that is looked into (`include/net/netfilter/nft_fib.h: nft_fib_l3mdev_master_ifindex_rcu`). */
function vrfHere(host: Host, packet: RoutedPacket, device: string | undefined): Pick<Flow, 'vrf'> {
  const found = vrfOf(host, device ?? deviceOfPacket(packet));
  return found ? { vrf: found.name } : {};
}

/** The one that the packet belongs to at a hook (`skb->dev`); what is only just sent belongs to none. */
function deviceOfPacket({ hook, iif, oif }: RoutedPacket): string | undefined {
  return hook === 'output' || hook === 'postrouting' || hook === 'egress' ? oif : iif;
}

/** `net/ipv4/netfilter/nft_fib_ipv4.c: nft_fib4_eval`: a host without an address yet is asking for one. */
function isUnconfigured({ source, destination }: RoutedPacket): boolean {
  return source === 0n && (destination === limitedBroadcast || isLocalMulticast4(destination));
}

/** `nft_fib_v6_skip_icmpv6`: duplicate address detection. */
function isDetection({ source, destination, isIcmpv6 }: RoutedPacket): boolean {
  return isIcmpv6 && source === 0n && isLinkScoped(destination);
}

function ipv4Flow(packet: RoutedPacket, { side, device, mark }: FibQuestion): Flow {
  const [destination, other] =
    side === 'daddr' ? [packet.destination, packet.source] : [packet.source, packet.destination];
  const isAnswer = packet.hook === 'forward' && side === 'saddr' && device === 'iif';
  return {
    family: 4,
    destination,
    source: usualSource(other),
    mark: mark ? packet.mark : 0,
    tos: packet.tos,
    ...(isAnswer && packet.oif !== undefined && { iif: packet.oif }),
  };
}

/** `get_saddr`: neither a group nor a broadcast can be a source. */
function usualSource(address: bigint): bigint {
  return isMulticast4(address) || address === limitedBroadcast ? 0n : address;
}

/** The route that the tables give, if it leads anywhere. */
function routeOf(host: Host, flow: Flow): Route | undefined {
  const answer = searchTables(host, flow);
  const route = answer?.kind === 'route' ? answer.route : undefined;
  return route && !isRefusing(route) && !isRejected(route) ? route : undefined;
}

/** `net/netfilter/xt_addrtype.c: match_lookup_rt6`. */
function kindsOfIpv6(host: Host, address: bigint, device: string | undefined): RoutedKinds {
  const flow = { family: 6, destination: address, ...(device !== undefined && { oif: device }) } as const;
  const route = routeOf(host, flow);
  if (!route) return { local: false, anycast: false, unreachable: true };
  return {
    local: device === undefined ? route.type === 'local' : hasAddress(host, device, address),
    anycast: isAnycast(route, address),
    unreachable: false,
  };
}

function reversePath(host: Host, packet: RoutedPacket, question: ReverseQuestion): boolean {
  return packet.family === 4
    ? ipv4ReversePath(host, packet, question)
    : ipv6ReversePath(host, packet, question);
}

/** `net/ipv4/netfilter/ipt_rpfilter.c: rpfilter_mt, rpfilter_lookup_reverse`. */
function ipv4ReversePath(
  host: Host,
  packet: RoutedPacket,
  { loose, validMark, acceptLocal }: ReverseQuestion,
): boolean {
  if (isUnconfigured(packet)) return true;
  const flow = ipv4Flow(packet, { side: 'saddr', mark: validMark });
  const route = routeOf(host, { ...flow, ...vrfHere(host, packet, packet.iif) });
  const isRight = route?.type === 'unicast' || (route?.type === 'local' && acceptLocal);
  return isRight && (loose || isBehind(host, route, packet.iif ?? ''));
}

/** `net/ipv6/netfilter/ip6t_rpfilter.c: rpfilter_mt, rpfilter_lookup_reverse6`. */
function ipv6ReversePath(
  host: Host,
  packet: RoutedPacket,
  { loose, validMark, acceptLocal }: ReverseQuestion,
): boolean {
  const { source, destination, iif, mark } = packet;
  if (source === 0n) return true;
  const flow: Flow = {
    family: 6,
    destination: source,
    ...(destination !== 0n && !isMulticast(6, destination) && { source: destination }),
    ...(iif !== undefined && (isLinkLocal6(source) ? { oif: iif } : !loose && { preferredOif: iif })),
    mark: validMark ? mark : 0,
    tos: packet.tos,
    protocol: packet.protocol,
    ...vrfHere(host, packet, iif),
  };
  const route = routeOf(host, flow);
  if (!route || route.type === 'anycast') return false;
  if (route.type === 'local') return acceptLocal;
  return loose || isBehind(host, route, iif ?? '');
}
