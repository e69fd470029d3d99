// Whether a received packet's addresses are acceptable: martians, and the reverse path filter.
import { addressWidth } from '../datatype/address.ts';
import type { Flow, ReceivedFlow } from './decision.ts';
import type { Host, Route } from './host.ts';
import { addressesOf, interfaceNamed, interfaceWith } from './inventory.ts';
import { formatPrefix, isLocalMulticast4, isLoopback4, isMulticast, limitedBroadcast } from './prefix.ts';
import { addressScope } from './rfc6724.ts';
import { forwards, sysctlNumber } from './sysctl.ts';
import { formatRoute, hasCustomRules, isRefusing, searchTables, usesDevice } from './tables.ts';
import { vrfOf } from './vrf.ts';

/** Why a received packet is dropped for its addresses. */
export interface SourceRejection {
  readonly reason: 'martian-source' | 'martian-destination' | 'rp-filter';
  /** `header`: before PREROUTING. `routing`: after it, at the routing decision. */
  readonly stage: 'header' | 'routing';
  readonly why: string;
}

/**
 * Checks the addresses of a received packet; undefined where they are acceptable. Where no route leads to the
 * destination, or forwarding is off, that comes first in the kernel and is for the caller to say. `destination` is
 * the one after DNAT; packets that come back by `lo` are not checked, they keep the route they were sent with, unless they
 * are routed `anew`.
 */
export function validateSource(host: Host, flow: ReceivedFlow, anew = false): SourceRejection | undefined {
  if (flow.iif === 'lo' && !anew) return undefined;
  return flow.family === 4 ? validateIpv4(host, flow) : validateIpv6(flow);
}

function reject(
  reason: SourceRejection['reason'],
  why: string,
  stage: SourceRejection['stage'] = 'routing',
): SourceRejection {
  return { reason, stage, why };
}

/** `net/ipv4/route.c: ip_route_input_slow`, in its order. */
function validateIpv4(host: Host, flow: ReceivedFlow): SourceRejection | undefined {
  const { source, destination } = flow;
  const obvious = obviousMartian(host, flow);
  if (obvious) return obvious;
  if (destination === limitedBroadcast || destination === 0n || isMulticast(4, destination)) {
    return source === 0n ? undefined : validateReverse(host, { ...flow, destination: 0n });
  }
  const answer = searchTables(host, flow);
  if (answer?.kind !== 'route') return undefined;
  return validateFor(host, flow, answer.route);
}

/** Addresses that are wrong whatever the tables say. */
function obviousMartian(host: Host, { source, destination, iif }: ReceivedFlow): SourceRejection | undefined {
  const localnet = sysctlNumber(host, 'net.ipv4.conf.*.route_localnet', iif) !== 0;
  if (isMulticast(4, source)) return reject('martian-source', 'a multicast group cannot be a source');
  if (source === limitedBroadcast) return reject('martian-source', '255.255.255.255 cannot be a source');
  if (destination === limitedBroadcast || (source === 0n && destination === 0n)) return undefined;
  if (source === 0n && !isLocalMulticast4(destination)) {
    return reject('martian-source', '0.0.0.0 may only send to 255.255.255.255 and 224.0.0.0/24');
  }
  if (destination === 0n) return reject('martian-destination', '0.0.0.0 is no destination');
  if (isLoopback4(destination) && !localnet) return loopbackOutside('martian-destination', iif);
  return isLoopback4(source) && !localnet ? loopbackOutside('martian-source', iif) : undefined;
}

function loopbackOutside(reason: SourceRejection['reason'], iif: string): SourceRejection {
  return reject(reason, `127/8 does not exist outside the host (\`route_localnet\` is off on \`${iif}\`)`);
}

/** What the destination's route is decides how the source is checked. */
function validateFor(host: Host, flow: ReceivedFlow, route: Route): SourceRejection | undefined {
  switch (route.type) {
    case 'local':
      return validateReverse(host, flow);
    case 'broadcast':
      return flow.source === 0n ? undefined : validateReverse(host, { ...flow, destination: 0n });
    case 'unicast':
      return forwards(host, flow.iif, 4) ? validateReverse(host, flow, route.device) : undefined;
    case 'anycast':
    case 'multicast':
      return reject('martian-destination', `\`${formatRoute(route)}\` is no destination for a packet`);
    case 'unreachable':
    case 'prohibit':
    case 'blackhole':
    case 'throw':
      return undefined;
  }
}

/**
 * `net/ipv4/fib_frontend.c: fib_validate_source`: without rp_filter only the host's own addresses are refused, unless
 * a redirect may have to be sent or the rules are not the default ones.
 */
function validateReverse(host: Host, flow: ReceivedFlow, oif?: string): SourceRejection | undefined {
  const filter = sysctlNumber(host, 'net.ipv4.conf.*.rp_filter', flow.iif);
  const mayRedirect =
    flow.iif === oif && sysctlNumber(host, 'net.ipv4.conf.*.send_redirects', flow.iif) !== 0;
  if (filter !== 0 || mayRedirect) return fullCheck(host, flow, filter, oif);
  if (acceptsLocal(host, flow.iif)) return undefined;
  if (hasCustomRules(host)) return fullCheck(host, flow, filter, oif);
  return interfaceWith(host, 4, flow.source) ? ownAddress() : undefined;
}

function acceptsLocal(host: Host, device: string): boolean {
  return sysctlNumber(host, 'net.ipv4.conf.*.accept_local', device) !== 0;
}

function ownAddress(): SourceRejection {
  return reject('martian-source', "the source is this host's own address (`accept_local` is off)");
}

/** `__fib_validate_source`: looks up the way back. */
function fullCheck(host: Host, flow: ReceivedFlow, filter: number, oif = 'lo'): SourceRejection | undefined {
  const answer = searchTables(host, reverseOf(host, flow, oif));
  const route = answer?.kind === 'route' && !isRefusing(answer.route) ? answer.route : undefined;
  if (!route) return filter ? reject('rp-filter', `no route leads back to ${text(flow.source)}`) : undefined;
  const accepted = route.type === 'unicast' || (route.type === 'local' && acceptsLocal(host, flow.iif));
  if (!accepted)
    return route.type === 'local'
      ? ownAddress()
      : reject('martian-source', `the source is a ${route.type} address (\`${formatRoute(route)}\`)`);
  if (usesDevice(route, flow.iif)) return undefined;
  if (filter === 0 || (filter !== 1 && hasIpv4Address(host, flow.iif))) return undefined;
  return reject(
    'rp-filter',
    `the way back to ${text(flow.source)} is \`${formatRoute(route)}\`, not \`${flow.iif}\` (\`rp_filter\` is ${filter})`,
  );
}

/** The lookup of the way back (`net/ipv4/fib_frontend.c: __fib_validate_source`). */
function reverseOf(host: Host, flow: ReceivedFlow, iif: string): Flow {
  const vrf = vrfOf(host, flow.iif);
  const marked = sysctlNumber(host, 'net.ipv4.conf.*.src_valid_mark', flow.iif) !== 0;
  return {
    family: 4,
    destination: flow.source,
    source: flow.destination,
    iif,
    mark: marked ? (flow.mark ?? 0) : 0,
    tos: flow.tos ?? 0,
    protocol: flow.protocol ?? 0,
    sport: flow.dport ?? 0,
    dport: flow.sport ?? 0,
    ...(vrf && { vrf: vrf.name }),
  };
}

/** The loose filter gives up on a foreign reverse path where the interface has no IPv4 address. */
function hasIpv4Address(host: Host, device: string): boolean {
  const one = interfaceNamed(host, device);
  return one !== undefined && addressesOf(one, 4).length > 0;
}

function text(address: bigint): string {
  return formatPrefix(4, address, addressWidth(4));
}

/**
 * IPv6 knows no reverse path filter, and takes its own addresses as sources. Those that are not valid beyond their link
 * are refused when a packet is forwarded (`net/ipv6/ip6_input.c: ip6_rcv_core`).
 */
function validateIpv6({ source, destination }: ReceivedFlow): SourceRejection | undefined {
  if (source === 1n) return reject('martian-source', '::1 does not exist outside the host', 'header');
  if (destination === 1n)
    return reject('martian-destination', '::1 does not exist outside the host', 'header');
  if (isMulticast(6, source))
    return reject('martian-source', 'a multicast group cannot be a source', 'header');
  if (!isMulticast(6, destination) || addressScope(destination) > 1) return undefined;
  return reject('martian-destination', 'an interface-local group does not exist outside the host', 'header');
}
