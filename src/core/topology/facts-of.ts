// From a host back to what somebody would declare of it: without what the kernel makes by itself.
import type { HostFacts, InterfaceFacts, RouteFacts, SysctlFact } from './facts.ts';
import type { Host, Interface, InterfaceAddress, Route } from './host.ts';
import { scopeOf } from './inventory.ts';
import { kernelRoutes } from './kernel-routes.ts';
import { initialRules } from './make-host.ts';
import { writeSysctls } from './sysctl.ts';
import { formatRoute } from './tables.ts';

/** Facts of which makeHost makes the same host. */
export function factsOf(host: Host): HostFacts {
  const { name, interfaces, rules, listening } = host;
  return {
    name,
    interfaces: interfaces.map(interfaceFacts).filter(isSaid),
    routes: ownRoutes(host).map(routeFacts),
    rules: rules.filter((rule) => !initialRules.includes(rule)),
    sysctls: writesOf(host),
    ...(listening && { listening }),
  };
}

function interfaceFacts({ index: _index, addresses, up, mtu, group, ...rest }: Interface): InterfaceFacts {
  const usual = rest.name === 'lo' ? 65536 : 1500;
  const ipv4 = addresses.filter(({ address }) => address.family === 4);
  // The newest address of IPv6 is the first one.
  const ipv6 = addresses.filter(({ address }) => address.family === 6).toReversed();
  return {
    ...rest,
    addresses: [...ipv4, ...ipv6].filter((entry) => !isLoopback(rest.name, entry)).map(addressFacts),
    ...(!up && { up }),
    ...(mtu !== usual && { mtu }),
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

function routeFacts({ scope: _scope, table, metric, hops, ...rest }: Route): RouteFacts {
  const { gateway, device, ...alone } = rest;
  const { type, ...facts } = hops ? { ...alone, hops } : rest;
  const usualMetric = rest.family === 4 ? 0 : 1024;
  return {
    ...facts,
    ...(type !== 'unicast' && { type }),
    ...(table !== 254 && { table }),
    ...(metric !== usualMetric && { metric }),
  };
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
