// Adds declared routes to a host as `ip route add` does, with the checks that the kernel makes.
import { formatAddress } from '../datatype/address.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import { suggest } from '../text/suggest.ts';
import type { RouteFacts } from './facts.ts';
import type { Host, Route, RouteType } from './host.ts';
import { interfaceNamed, interfaceWith, table } from './inventory.ts';
import { lookupRoute } from './lookup.ts';
import { networkAddress } from './prefix.ts';
import { formatRoute } from './tables.ts';

/** The host with its declared routes, one after the other; what the kernel would refuse goes into `found`. */
export function addRoutes(host: Host, declared: readonly RouteFacts[], found: Diagnostic[]): Host {
  let grown = host;
  for (const facts of declared) {
    const route = completeRoute(grown, facts);
    const problem = checkRoute(grown, facts, route);
    if (problem) found.push(problem);
    else grown = { ...grown, routes: [...grown.routes, route] };
  }
  return grown;
}

/** Fills in what `ip route add` leaves to defaults (`iproute2 ip/iproute.c: iproute_modify`). */
function completeRoute(host: Host, facts: RouteFacts): Route {
  const { family, prefixLength, type = 'unicast', gateway, source } = facts;
  const device = facts.device ?? gatewayDevice(host, facts);
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
  };
}

const hostTypes: ReadonlySet<RouteType> = new Set(['local', 'broadcast', 'anycast']);

function defaultScope(type: RouteType, gateway: bigint | undefined): Route['scope'] {
  if (type === 'local') return 'host';
  const onLink = type === 'unicast' && gateway === undefined;
  return onLink || type === 'broadcast' || type === 'multicast' || type === 'anycast' ? 'link' : 'global';
}

/** Where the gateway is (`net/ipv4/fib_semantics.c: fib_check_nh`). */
function gatewayDevice(host: Host, { family, gateway }: RouteFacts): string | undefined {
  if (gateway === undefined) return undefined;
  const decision = lookupRoute(host, { family, destination: gateway });
  return decision.kind === 'unicast' && decision.gateway === undefined ? decision.device : undefined;
}

function checkRoute(host: Host, facts: RouteFacts, route: Route): Diagnostic | undefined {
  return (
    checkGateway(host, facts) ??
    checkDevice(host, facts, route) ??
    checkSource(host, facts) ??
    checkTwice(host, facts, route)
  );
}

/** A gateway must be on the link of the route's interface. */
function checkGateway(host: Host, { family, gateway, device, span }: RouteFacts): Diagnostic | undefined {
  if (gateway === undefined || (device !== undefined && !interfaceNamed(host, device))) return undefined;
  const flow = { family, destination: gateway, ...(device !== undefined && { oif: device }) };
  const decision = lookupRoute(host, flow);
  if (decision.kind === 'unicast' && decision.gateway === undefined && decision.route) return undefined;
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
  if (known?.up) return undefined;
  if (known) return diagnostic('HK6042', `\`${device}\` is down`, { span: facts.span });
  const near = suggest(
    device,
    host.interfaces.map((one) => one.name),
  );
  return diagnostic('HK6042', `this host has no interface \`${device}\``, {
    span: facts.span,
    help: near === undefined ? `declare it: \`interface "${device}" { … }\`` : `did you mean \`${near}\`?`,
  });
}

function isWithoutDevice(type: RouteType): boolean {
  return type === 'unreachable' || type === 'prohibit' || type === 'blackhole' || type === 'throw';
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
      (route.family === 4 || other.device === route.device),
  );
  if (!twin) return undefined;
  return diagnostic('HK6044', `the table already has \`${formatRoute(twin)}\``, {
    span,
    help: 'give one of them another metric',
  });
}
