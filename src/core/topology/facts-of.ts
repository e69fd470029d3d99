// From a host back to what somebody would declare of it: without what the kernel makes by itself.
import { reachesGateway } from './declared-routes.ts';
import type { HopFacts, HostFacts, InterfaceFacts, RouteFacts, SysctlFact } from './facts.ts';
import type { Host, Interface, InterfaceAddress, Route } from './host.ts';
import { scopeOf, table } from './inventory.ts';
import { kernelRoutes } from './kernel-routes.ts';
import { initialRules, usualMtu, vrfRules } from './make-host.ts';
import { writeSysctls } from './sysctl.ts';
import { formatRoute, isRefusing } from './tables.ts';

/** Facts of which makeHost makes the same host. */
export function factsOf(host: Host): HostFacts {
  const { name, interfaces, rules, listening, within } = host;
  return {
    name,
    interfaces: interfaces.map(interfaceFacts).filter(isSaid),
    routes: ownRoutes(host).map((route) => routeFacts(before(host, route), route)),
    rules: rules.filter((rule) => !initialRules.includes(rule) && !vrfRules.includes(rule)),
    sysctls: writesOf(host),
    ...(listening && { listening }),
    ...(within !== undefined && { within }),
  };
}

function interfaceFacts({ index: _index, addresses, up, mtu, group, ...rest }: Interface): InterfaceFacts {
  const ipv4 = addresses.filter(({ address }) => address.family === 4);
  // The newest address of IPv6 is the first one.
  const ipv6 = addresses.filter(({ address }) => address.family === 6).toReversed();
  return {
    ...rest,
    addresses: [...ipv4, ...ipv6].filter((entry) => !isLoopback(rest.name, entry)).map(addressFacts),
    ...(!up && { up }),
    ...(mtu !== usualMtu(rest) && { mtu }),
    ...(group && { group }),
  };
}

function isLoopback(device: string, { address: { family, value } }: InterfaceAddress): boolean {
  return device === 'lo' && value === (family === 4 ? 0x7f000001n : 1n);
}

function addressFacts({
  secondary: _secondary,
  scope,
  ...facts
}: InterfaceAddress): InterfaceFacts['addresses'][0] {
  return scope === scopeOf(facts) ? facts : { ...facts, scope };
}

/** `lo` is there without being declared. */
function isSaid({ name, addresses, ...rest }: InterfaceFacts): boolean {
  return name !== 'lo' || addresses.length > 0 || Object.keys(rest).length > 0;
}

/** The routes of a host that the kernel does not make by itself. */
export function ownRoutes(host: Host): readonly Route[] {
  const made = new Set(kernelRoutes({ ...host, routes: [] }).map(identity));
  return host.routes.filter((route) => !made.has(identity(route)));
}

function identity(route: Route): string {
  return [route.family, route.table, route.source, formatRoute(route)].join(' ');
}

/** The host as it was when the route was added. */
function before(host: Host, route: Route): Host {
  return { ...host, routes: host.routes.slice(0, host.routes.indexOf(route)) };
}

function routeFacts(host: Host, { scope: _scope, table: number, metric, hops, ...rest }: Route): RouteFacts {
  const { family, destination, prefixLength, gateway, device, type, ...alone } = rest;
  const common = {
    family,
    destination,
    prefixLength,
    ...(type !== 'unicast' && { type }),
    ...(number !== table.main && { table: number }),
    ...(metric !== (family === 4 ? 0 : 1024) && { metric }),
    ...alone,
  };
  const withLink = (way: HopFacts): HopFacts =>
    reachesGateway(host, { ...common, ...way }) ? way : { ...way, onlink: true };
  if (!hops) {
    const hangsOnLoopback = family === 6 && isRefusing({ type });
    const way = {
      ...(gateway !== undefined && { gateway }),
      ...(device !== undefined && !hangsOnLoopback && { device }),
    };
    return { ...common, ...withLink(way) };
  }
  const ways = hops.map(({ weight, ...way }) => withLink(weight === 1 ? way : { ...way, weight }));
  return { ...common, hops: ways };
}

/** As few writes as give the same values; the switches of the whole host come first. */
function writesOf({ sysctls, interfaces }: Host): readonly SysctlFact[] {
  const devices = interfaces.map(({ name }) => name);
  const all = [...sysctls].map(([name, value]) => ({ name, value }));
  const switches = all.filter(
    ({ name }) => name === 'net.ipv4.ip_forward' || name.endsWith('.conf.all.forwarding'),
  );
  const rest = all.filter((one) => !switches.includes(one));
  const writes: SysctlFact[] = [];
  for (const one of [...switches, ...rest])
    if (writeSysctls(writes, devices).get(one.name) !== one.value) writes.push(one);
  return writes;
}
