// The routing decision: where a received packet, or one of this host's own, goes.
import { formatAddress } from '../datatype/address.ts';
import type { Flow, NoRouteDecision, RefusedDecision, RouteDecision } from './decision.ts';
import type { Host, NextHop, Route, RoutingRule } from './host.ts';
import { interfaceNamed } from './inventory.ts';
import { isJoined } from './multicast.ts';
import {
  isLinkLocal6,
  isLocalMulticast4,
  isLoopback4,
  isMulticast,
  isMulticast4,
  limitedBroadcast,
} from './prefix.ts';
import { sysctlNumber } from './sysctl.ts';
import {
  formatRoute,
  isRefusing,
  localDevice,
  searchTables,
  type TableAnswer,
  tableName,
  withHop,
} from './tables.ts';
import { domainOf, vrfOf } from './vrf.ts';

/**
 * Policy rules in order of priority, in each table the longest prefix, then the lowest metric. A flow with an
 * `iif` other than `lo` is a received packet (`net/ipv4/route.c: ip_route_input_slow`), any other is one of this
 * host's own (`ip_route_output_key_hash_rcu`; `net/ipv6/route.c: ip6_route_output_flags`).
 */
export function lookupRoute(host: Host, flow: Flow, choose: HopChoice = first): RouteDecision {
  const special = isReceived(flow) ? receivedSpecially(host, flow) : sentSpecially(host, flow);
  return special ?? decide(host, flow, chosenHop(host, flow, choose));
}

/** Says by which of several next hops the packets of a flow go. */
export type HopChoice = (flow: Flow, hops: readonly NextHop[]) => NextHop | undefined;

const first: HopChoice = (_flow, hops) => hops[0];

/** `net/ipv4/fib_semantics.c: fib_select_path`: nothing is chosen for who is bound to an interface. */
function chosenHop(host: Host, flow: Flow, choose: HopChoice): TableAnswer | undefined {
  const answer = searchTables(host, flow);
  const route = answer?.kind === 'route' ? answer.route : undefined;
  const isBound = flow.oif !== undefined && domainOf(host, flow).oif !== undefined;
  if (!route?.hops || route.hops.length < 2 || isBound) return answer;
  const hop = choose(flow, route.hops);
  return hop ? { kind: 'route', route: withHop(route, hop) } : answer;
}

/** Whether the flow came in over a link; what comes back by `lo` keeps the route it was sent with. */
function isReceived(flow: Flow): flow is Flow & { readonly iif: string } {
  return flow.iif !== undefined && flow.iif !== 'lo';
}

/** Received packets that need no table. */
function receivedSpecially(host: Host, flow: Flow & { readonly iif: string }): RouteDecision | undefined {
  const toAll =
    flow.destination === limitedBroadcast || (flow.destination === 0n && (flow.source ?? 0n) === 0n);
  if (flow.family === 4 && toAll) return limitedBroadcastOn(flow, flow.iif);
  return isMulticast(flow.family, flow.destination) ? multicastOn(host, flow, flow.iif) : undefined;
}

/** What is for a link has to say by which port of a VRF (`drivers/net/vrf.c: vrf_link_scope_lookup`). */
function linkOfVrf(host: Host, flow: Flow): RouteDecision | undefined {
  const { destination, oif } = flow;
  const isNear = isMulticast(6, destination) || isLinkLocal6(destination);
  if (oif === undefined || !isNear || vrfOf(host, oif)?.name !== oif) return undefined;
  return noRoute(flow, `\`${oif}\` is a VRF: groups and addresses of a link are behind its ports alone`);
}

/** IPv4 packets of this host that need no table, or may not be sent at all. */
function sentSpecially(host: Host, flow: Flow): RouteDecision | undefined {
  const { family, destination, source, oif } = flow;
  if (family === 6) return linkOfVrf(host, flow);
  if (source && isGroup(source)) return noRoute(flow, 'a group cannot be a source', 'EINVAL');
  const owner = source ? localDevice(host, source) : undefined;
  const ownedGroup = source && oif === undefined && isGroup(destination);
  if (source && !owner && (ownedGroup || !flow.anySource)) return foreignSource(flow, source);
  if (owner !== undefined && ownedGroup) return toGroup(host, flow, owner);
  if (oif !== undefined && !interfaceNamed(host, oif)?.up) return noRoute(flow, `\`${oif}\` is not up`);
  if (oif !== undefined && isNeverRouted(destination)) return toGroup(host, flow, oif);
  const why = '0.0.0.0 as a destination is this host itself';
  return destination === 0n ? { kind: 'local', flow, device: 'lo', why } : undefined;
}

function isGroup(destination: bigint): boolean {
  return destination === limitedBroadcast || isMulticast4(destination);
}

function isNeverRouted(destination: bigint): boolean {
  return destination === limitedBroadcast || isLocalMulticast4(destination);
}

function toGroup(host: Host, flow: Flow, device: string): RouteDecision {
  return isMulticast4(flow.destination) ? multicastOn(host, flow, device) : limitedBroadcastOn(flow, device);
}

function foreignSource(flow: Flow, source: bigint): RouteDecision {
  return noRoute(
    flow,
    `the source ${formatAddress({ family: 4, value: source })} is no address of this host`,
  );
}

function limitedBroadcastOn(flow: Flow, device: string): RouteDecision {
  return { kind: 'broadcast', flow, device, why: 'a broadcast to everybody on the link' };
}

function multicastOn(host: Host, flow: Flow, device: string, route?: Route): RouteDecision {
  const joined = isJoined(host, device, flow.family, flow.destination);
  const why = route
    ? because(route)
    : `a multicast group, on \`${device}\` ${joined ? 'joined' : 'not joined'}`;
  return { kind: 'multicast', flow, device, joined, why, ...(route && { route }) };
}

function noRoute(flow: Flow, why: string, errno: NoRouteDecision['errno'] = 'ENETUNREACH'): RouteDecision {
  return { kind: 'no-route', flow, why, errno };
}

/** Turns what the tables say into a decision. */
function decide(host: Host, flow: Flow, answer: TableAnswer | undefined): RouteDecision {
  const route = answer?.kind === 'route' ? answer.route : undefined;
  if (!route || isRefusing(route)) return boundOnLink(host, flow) ?? refused(flow, answer);
  const device = route.device ?? 'lo';
  if (isLoopbackLeak(host, flow, route))
    return noRoute(flow, `a packet from 127/8 may not leave by \`${device}\``, 'EINVAL');
  if (isMulticast(flow.family, flow.destination)) return multicastOn(host, flow, device, route);
  if (flow.family === 4 && flow.destination === limitedBroadcast) {
    return { kind: 'broadcast', flow, device, route, why: because(route) };
  }
  const vrf = vrfOf(host, device)?.name;
  return byRoute(flow, route, device, vrf);
}

function byRoute(flow: Flow, route: Route, device: string, vrf?: string): RouteDecision {
  const why = because(route);
  switch (route.type) {
    case 'local':
    case 'anycast':
      return { kind: 'local', flow, device, route, why, ...(vrf !== undefined && { vrf }) };
    case 'broadcast':
      return { kind: 'broadcast', flow, device, route, why };
    case 'multicast':
      return { kind: 'multicast', flow, device, route, joined: false, why };
    case 'unicast':
      return {
        kind: 'unicast',
        flow,
        device,
        route,
        why,
        ...(route.gateway !== undefined && { gateway: route.gateway }),
      };
    case 'unreachable':
    case 'prohibit':
    case 'blackhole':
      return { kind: route.type, flow, by: 'route', why };
    case 'throw':
      return noRoute(flow, why);
  }
}

/** "Apparently, routing tables are wrong. Assume, that the destination is on link" (`ip_route_output_key_hash_rcu`). */
function boundOnLink(host: Host, flow: Flow): RouteDecision | undefined {
  const { family, destination, oif } = flow;
  if (family === 6 || oif === undefined || isReceived(flow)) return undefined;
  if (vrfOf(host, oif) && !isMulticast4(destination)) return undefined;
  const why = `bound to \`${oif}\` without a route: ${textOf(flow)} is taken to be on its link`;
  return isMulticast4(destination)
    ? multicastOn(host, flow, oif)
    : { kind: 'unicast', flow, device: oif, why };
}

function refused(flow: Flow, answer: TableAnswer | undefined): RouteDecision {
  if (!answer) return noRoute(flow, `no route to ${textOf(flow)}`);
  return answer.kind === 'rule' ? refusedByRule(flow, answer.rule) : byRoute(flow, answer.route, 'lo');
}

function textOf({ family, destination }: Flow): string {
  return formatAddress({ family, value: destination });
}

function refusedByRule(flow: Flow, rule: RoutingRule): RefusedDecision {
  const kind = rule.action === 'lookup' ? 'unreachable' : rule.action;
  return {
    kind,
    flow,
    by: 'rule',
    why: `the routing rule with priority ${rule.priority} says ${rule.action}`,
  };
}

/** `net/ipv4/route.c: __mkroute_output` refuses it unless the device has route_localnet. */
function isLoopbackLeak(host: Host, flow: Flow, route: Route): boolean {
  if (flow.family === 6 || isReceived(flow) || !isLoopback4(flow.source ?? 0n) || route.type === 'local')
    return false;
  const device = route.device ?? 'lo';
  return device !== 'lo' && !sysctlNumber(host, 'net.ipv4.conf.*.route_localnet', device);
}

function because(route: Route): string {
  const shared = route.hops ? `, by one of its ${route.hops.length} next hops` : '';
  return `\`${formatRoute(route)}\` in table ${tableName(route.table)} is the best route${shared}`;
}
