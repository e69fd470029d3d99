// What becomes of a host when an address is added or deleted, or an interface goes down: its other addresses, its routes.
import { formatAddress } from '../datatype/address.ts';
import { deleteFrom, insertAddress } from './address-list.ts';
import type { Host, Interface, InterfaceAddress, Route } from './host.ts';
import { addressesOf, interfaceNamed, table } from './inventory.ts';
import { isRepeated, isSameRoute, kernelRoutes } from './kernel-routes.ts';
import { isLinkLocal6 } from './prefix.ts';
import { sysctlNumber } from './sysctl.ts';
import { formatRoute, withHop } from './tables.ts';
import { vrfTable } from './vrf.ts';

/** The host afterwards, and what went with the change, for people. */
export interface HostChange {
  readonly host: Host;
  readonly effects: readonly string[];
}

/** `ip address add`: the kernel's routes for it come behind all that there are. */
export function addAddress(host: Host, device: string, entry: InterfaceAddress): HostChange {
  const changed = withAddresses(host, device, ({ addresses }) => insertAddress(addresses, entry));
  return { host: withRoutes(changed, rerouted(host, changed)), effects: [] };
}

/**
 * `ip address del` (`net/ipv4/devinet.c: __inet_del_ifa`, `net/ipv6/addrconf.c: ipv6_del_addr`). Without any address of
 * IPv4 left, all IPv4 routes by the interface go, too (`net/ipv4/fib_frontend.c: fib_disable_ip`).
 */
export function deleteAddress(host: Host, device: string, entry: InterfaceAddress): HostChange {
  const one = interfaceNamed(host, device);
  if (!one) return { host, effects: [] };
  const promotes = sysctlNumber(host, 'net.ipv4.conf.*.promote_secondaries', device) !== 0;
  const { list, others, promoted } = deleteFrom(one.addresses, entry, promotes);
  const changed = withAddresses(host, device, () => list);
  const gone = [entry, ...others].filter(({ address }) => !isOwn(changed, address));
  const isEmptied = entry.address.family === 4 && list.every(({ address }) => address.family === 6);
  const stay = rerouted(host, changed)
    .flatMap((route) => withoutAddresses(route, gone, mainOf(host, device)))
    .flatMap((route) => (isEmptied && route.family === 4 ? withoutDevice(route, device) : route));
  const effects = [
    ...others.map((other) => `${prefixed(other)} goes with it: it was secondary to it`),
    ...(promoted ? [`${prefixed(promoted)} becomes primary (promote_secondaries)`] : []),
  ];
  return done(host, withRoutes(changed, stay), effects);
}

/** `ip link set … down` (`net/ipv4/fib_frontend.c: fib_netdev_event`, `net/ipv6/addrconf.c: addrconf_ifdown`). */
export function takeDown(host: Host, device: string): HostChange {
  const one = interfaceNamed(host, device);
  if (!one?.up) return { host, effects: [] };
  const keeps = sysctlNumber(host, 'net.ipv6.conf.*.keep_addr_on_down', device) > 0;
  const flushed = addressesOf(one, 6).filter((entry) => !(keeps && isKept(entry)));
  const changed = {
    ...host,
    interfaces: host.interfaces.map((other) =>
      other === one
        ? { ...one, up: false, addresses: one.addresses.filter((entry) => !flushed.includes(entry)) }
        : other,
    ),
  };
  const gone = flushed.filter(({ address }) => !isOwn(changed, address));
  const stay = rerouted(host, changed)
    .flatMap((route) => (isLocalRoute(route) ? route : withoutDevice(route, device)))
    .flatMap((route) => withoutAddresses(route, gone, mainOf(host, device)));
  const names = flushed.map(prefixed).join(', ');
  const effects = flushed.length > 0 ? [`IPv6 gives up ${names} with the interface`] : [];
  return done(host, withRoutes(changed, stay), effects);
}

/** Those that live forever, and are valid beyond the link. */
function isKept({ address, validLifetime }: InterfaceAddress): boolean {
  return validLifetime === undefined && !isLinkLocal6(address.value) && address.value !== 1n;
}

/** The address itself stays reachable from the host. */
function isLocalRoute({ family, type, scope }: Route): boolean {
  return family === 4 && type === 'local' && scope === 'host';
}

function done(before: Host, host: Host, effects: readonly string[]): HostChange {
  const lost = before.routes.filter((route) => !host.routes.some((other) => isSameRoute(route, other)));
  const own = kernelRoutes(before);
  const declared = lost.filter((route) => !own.some((other) => isSameRoute(route, other)));
  return {
    host,
    effects: [...effects, ...declared.map((route) => `the route \`${formatRoute(route)}\` goes`)],
  };
}

function withAddresses(
  host: Host,
  device: string,
  change: (one: Interface) => readonly InterfaceAddress[],
): Host {
  const interfaces = host.interfaces.map((one) =>
    one.name === device ? { ...one, addresses: change(one) } : one,
  );
  return { ...host, interfaces };
}

function withRoutes(host: Host, routes: readonly Route[]): Host {
  return { ...host, routes };
}

function isOwn({ interfaces }: Host, { family, value }: InterfaceAddress['address']): boolean {
  return interfaces.some((one) => addressesOf(one, family).some(({ address }) => address.value === value));
}

function isIn(route: Route, routes: readonly Route[]): boolean {
  return routes.some((other) => isRepeated(route, other));
}

/** The routes with those that the kernel makes as it does now: what it takes back and makes anew comes last. */
function rerouted(before: Host, changed: Host): readonly Route[] {
  const [old, fresh] = [kernelRoutes(before), kernelRoutes(changed)];
  const kept = before.routes.filter((route) => !isIn(route, old) || isIn(route, fresh));
  return [...kept, ...fresh.filter((route) => !isIn(route, old))];
}

/** The table for routes by an interface that no other is named for. */
function mainOf(host: Host, device: string): number {
  return vrfTable(host, device) ?? table.main;
}

/**
 * An IPv4 route that prefers an address goes with it, in the main table or that of the VRF (`net/ipv4/fib_semantics.c:
 * fib_sync_down_addr`). An IPv6 route stays and prefers none (`net/ipv6/route.c: fib6_remove_prefsrc`).
 */
function withoutAddresses(route: Route, gone: readonly InterfaceAddress[], main: number): readonly Route[] {
  const isSource = gone.some(
    ({ address }) => address.family === route.family && address.value === route.source,
  );
  if (!isSource) return [route];
  if (route.family === 6) return [withoutSource(route)];
  return route.table === main ? [] : [route];
}

function withoutSource({ source: _source, ...route }: Route): Route {
  return route;
}

/** Of several next hops those by other interfaces stay. */
function withoutDevice(route: Route, device: string): readonly Route[] {
  if (!route.hops) return route.device === device ? [] : [route];
  const [first, ...more] = route.hops.filter((hop) => hop.device !== device);
  if (!first) return [];
  return [{ ...withHop(route, first), hops: [first, ...more] }];
}

function prefixed({ address, prefixLength }: InterfaceAddress): string {
  return `${formatAddress(address)}/${prefixLength}`;
}
