// Adds declared routes to a host as `ip route add` does, with the checks that the kernel makes.
import { formatAddress } from '../datatype/address.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { nearestName } from '../diagnostic/meant.ts';
import type { RouteFacts } from './facts.ts';
import type { Host, Route, RouteType } from './host.ts';
import { interfaceNamed, interfaceWith, table } from './inventory.ts';
import { isLinkLocal6, networkAddress } from './prefix.ts';
import { lacksIpv6 } from './sysctl.ts';
import { bestRoute, formatRoute, isRefusing, searchTables } from './tables.ts';

/** The host with its declared routes, one after the other; what the kernel would refuse goes into `found`. */
export function addRoutes(host: Host, declared: readonly RouteFacts[], found: Diagnostic[]): Host {
  let grown = host;
  for (const facts of declared) {
    const [route, problem] = declaredRoute(grown, facts);
    if (problem) found.push(problem);
    else grown = { ...grown, routes: [...grown.routes, route] };
  }
  return grown;
}

/** A route with several next hops is checked as one for each of them. */
function declaredRoute(host: Host, facts: RouteFacts): readonly [Route, Diagnostic | undefined] {
  const { hops, ...rest } = facts;
  if (!hops) {
    const route = completeRoute(host, facts);
    return [route, checkRoute(host, facts, route)];
  }
  const single = hops.map((hop): RouteFacts => ({ ...rest, ...hop }));
  const routes = single.map((one) => completeRoute(host, one));
  const problems = single.map((one, at) => checkRoute(host, one, routes[at] ?? completeRoute(host, one)));
  const ways = routes.map(({ gateway, device = '' }, at) => ({
    device,
    weight: hops[at]?.weight ?? 1,
    ...(gateway !== undefined && { gateway }),
  }));
  const route: Route = { ...completeRoute(host, { ...rest, ...hops[0] }), scope: 'global', hops: ways };
  return [route, problems.find((one) => one !== undefined)];
}

/** Fills in what `ip route add` leaves to defaults (`iproute2 ip/iproute.c: iproute_modify`). */
function completeRoute(host: Host, facts: RouteFacts): Route {
  const { family, prefixLength, type = 'unicast', gateway, source, tos, mtu, mtuLocked, preference } = facts;
  const device = deviceOf(host, facts);
  return {
    family,
    type,
    destination: networkAddress(family, facts.destination, prefixLength),
    prefixLength,
    table: facts.table ?? (hostTypes.has(type) ? table.local : table.main),
    metric: facts.metric ?? (family === 4 ? 0 : 1024),
    scope: family === 4 ? defaultScope(type, gateway) : 'global',
    ...(gateway !== undefined && { gateway }),
    ...(device !== undefined && { device }),
    ...(source !== undefined && { source }),
    ...(tos !== undefined && { tos }),
    ...(mtu !== undefined && { mtu }),
    ...(mtuLocked && { mtuLocked }),
    ...(preference && { preference }),
  };
}

const hostTypes: ReadonlySet<RouteType> = new Set(['local', 'broadcast', 'anycast']);

/** The scope of an IPv4 route that nobody gives one (`iproute2 ip/iproute.c: iproute_modify`). */
export function defaultScope(type: RouteType, gateway: bigint | undefined): Route['scope'] {
  if (type === 'local') return 'host';
  const onLink = type === 'unicast' && gateway === undefined;
  return onLink || type === 'broadcast' || type === 'multicast' || type === 'anycast' ? 'link' : 'global';
}

/** IPv6 hangs refusing routes on `lo`. A VRF stands for the port of it that the gateway is behind. */
function deviceOf(host: Host, facts: RouteFacts): string | undefined {
  const { family, device, gateway, onlink } = facts;
  if (device !== undefined && (gateway === undefined || onlink || family === 6)) return device;
  if (gateway !== undefined) return gatewayRoute(host, facts, gateway)?.device ?? device;
  return facts.family === 6 && isWithoutDevice(facts.type ?? 'unicast') ? 'lo' : undefined;
}

/**
 * The route to the gateway, first in the table that the new route is for, then by the rules
 * (`net/ipv4/fib_semantics.c: fib_check_nh_v4_gw`, `net/ipv6/route.c: ip6_route_check_nh`).
 */
function gatewayRoute(host: Host, facts: RouteFacts, gateway: bigint): Route | undefined {
  const { family, device, table: wanted = table.main } = facts;
  const flow = { family, destination: gateway, ...(device !== undefined && { oif: device }) };
  const near = { ...host, routes: host.routes.filter((route) => family === 6 || route.scope !== 'global') };
  const answer = searchTables(near, flow);
  const routes = [bestRoute(near, flow, [wanted]), answer?.kind === 'route' ? answer.route : undefined];
  return routes.find((route) => route?.type === 'unicast' && route.gateway === undefined);
}

function checkRoute(host: Host, facts: RouteFacts, route: Route): Diagnostic | undefined {
  return (
    checkGateway(host, facts) ??
    checkDevice(host, facts, route) ??
    checkSource(host, facts) ??
    checkTwice(host, facts, route)
  );
}

/** Whether a route to the gateway is there, so that nobody has to say that it is on the link. */
export function reachesGateway(host: Host, facts: RouteFacts): boolean {
  const { family, gateway, device } = facts;
  if (gateway === undefined || (device !== undefined && family === 6 && isLinkLocal6(gateway))) return true;
  const found = gatewayRoute(host, facts, gateway);
  return found !== undefined && (device === undefined || found.device === device);
}

/** Where IPv4 is told a VRF, it looks for the port itself. */
function findsGateway(host: Host, facts: RouteFacts, gateway: bigint): boolean {
  const isLeft = facts.family === 4 && gatewayRoute(host, facts, gateway) !== undefined;
  return isLeft || reachesGateway(host, facts);
}

/** A gateway must be on the link of the route's interface. */
function checkGateway(host: Host, facts: RouteFacts): Diagnostic | undefined {
  const { family, gateway, device, onlink, span } = facts;
  if (gateway === undefined || (device !== undefined && !interfaceNamed(host, device))) return undefined;
  if ((device !== undefined && onlink) || findsGateway(host, facts, gateway)) return undefined;
  const text = formatAddress({ family, value: gateway });
  const where = device === undefined ? '' : ` on \`${device}\``;
  return diagnostic('HK6043', `no connected network${where} contains the gateway \`${text}\``, {
    span,
    help: `give ${device === undefined ? 'an interface' : `\`${device}\``} an address in the subnet of \`${text}\``,
  });
}

function checkDevice(host: Host, facts: RouteFacts, { type, device }: Route): Diagnostic | undefined {
  if (device === undefined) return isWithoutDevice(type) ? undefined : missingDevice(facts);
  const known = interfaceNamed(host, device);
  if (known?.up && facts.family === 6 && !isRefusing({ type }) && lacksIpv6(host, device))
    return diagnostic('HK6042', `\`${device}\` has no IPv6`, {
      span: facts.span,
      help: 'take the route out, or set `disable_ipv6` to 0',
    });
  if (known?.up) return undefined;
  if (known) return diagnostic('HK6042', `\`${device}\` is down`, { span: facts.span });
  const names = host.interfaces.map((one) => one.name);
  return diagnostic('HK6042', `this host has no interface \`${device}\``, {
    span: facts.span,
    help: nearestName(device, names) ?? `declare it: \`interface "${device}" { … }\``,
  });
}

function isWithoutDevice(type: RouteType): boolean {
  return isRefusing({ type }) || type === 'throw';
}

function missingDevice({ span }: RouteFacts): Diagnostic {
  return diagnostic('HK6042', 'a route without interface and gateway', {
    span,
    help: 'say `dev "…"` or `via …`',
  });
}

function checkSource(host: Host, { family, source, span }: RouteFacts): Diagnostic | undefined {
  if (source === undefined || interfaceWith(host, family, source)) return undefined;
  const text = formatAddress({ family, value: source });
  return diagnostic('HK6045', `\`${text}\` is no address of this host`, {
    span,
    help: 'declare it on an interface first',
  });
}

/** IPv6 takes equal routes over several interfaces. */
function checkTwice(host: Host, { span }: RouteFacts, route: Route): Diagnostic | undefined {
  const twin = host.routes.find(
    (other) =>
      other.family === route.family &&
      other.destination === route.destination &&
      other.prefixLength === route.prefixLength &&
      other.table === route.table &&
      other.metric === route.metric &&
      (other.tos ?? 0) === (route.tos ?? 0) &&
      (route.family === 4 || other.device === route.device),
  );
  if (!twin) return undefined;
  return diagnostic('HK6044', `the table already has \`${formatRoute(twin)}\``, {
    span,
    help: 'give one of them another metric',
  });
}
