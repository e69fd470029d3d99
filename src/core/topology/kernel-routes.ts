// The routes that the kernel makes by itself for the addresses of a host.
import { addressWidth } from '../datatype/address.ts';
import type { Host, Interface, InterfaceAddress, Route } from './host.ts';
import { addressesOf, isInSubnet, subnetAddress, table } from './inventory.ts';
import { networkAddress } from './prefix.ts';
import { lacksIpv6, sysctlNumber } from './sysctl.ts';
import { vrfTable } from './vrf.ts';

/** All of them, interface by interface, in the order in which the addresses were added. */
export function kernelRoutes(host: Host): readonly Route[] {
  const routes = host.interfaces.flatMap((one) => [
    ...addressesOf(one, 4).flatMap((entry) => ipv4Routes(host, one, entry)),
    ...addressesOf(one, 6)
      .toReversed()
      .flatMap((entry) => ipv6Routes(host, one, entry)),
    ...multicastRoute(host, one),
  ]);
  return routes.filter((route, at) => !routes.slice(0, at).some((other) => isRepeated(route, other)));
}

/** Whether one of two routes would be there already: those that prefer different sources are two. */
export function isRepeated(a: Route, b: Route): boolean {
  return isSameRoute(a, b) && a.source === b.source;
}

/** Whether two routes are for the same, by the same device; what they prefer as a source may differ. */
export function isSameRoute(a: Route, b: Route): boolean {
  return (
    a.family === b.family &&
    a.type === b.type &&
    a.destination === b.destination &&
    a.prefixLength === b.prefixLength &&
    a.table === b.table &&
    a.metric === b.metric &&
    a.device === b.device
  );
}

/** `net/ipv4/fib_frontend.c: fib_add_ifaddr`. On an interface that is down only the address itself is there. */
function ipv4Routes(host: Host, one: Interface, entry: InterfaceAddress): readonly Route[] {
  const { address, prefixLength } = entry;
  const source = primaryOf(one, entry);
  const common = { family: 4, metric: 0, device: one.name, source } as const;
  const { local, main } = tablesOf(host, one);
  const own: Route = {
    ...common,
    type: 'local',
    destination: address.value,
    prefixLength: 32,
    table: local,
    scope: 'host',
  };
  const network = networkAddress(4, subnetAddress(entry), prefixLength);
  const isAlone = prefixLength === 32 && network === address.value;
  if (!one.up || entry.secondary || isAlone || network >> 24n === 0n) return [own];
  const subnet = { ...common, destination: network, prefixLength, metric: entry.metric ?? 0 };
  const connected: Route =
    one.name === 'lo'
      ? { ...subnet, type: 'local', table: local, scope: 'host' }
      : { ...subnet, type: 'unicast', table: main, scope: 'link' };
  const toSubnet = entry.noPrefixRoute ? [] : [connected];
  if (prefixLength >= 31) return [own, ...toSubnet];
  const last = network | ((1n << BigInt(32 - prefixLength)) - 1n);
  return [
    own,
    ...toSubnet,
    { ...common, type: 'broadcast', destination: last, prefixLength: 32, table: local, scope: 'link' },
  ];
}

/** A port of a VRF has all of them in that one's table (`fib_magic`; `net/ipv6/addrconf.c: addrconf_prefix_route`). */
function tablesOf(host: Host, { name }: Interface): { readonly local: number; readonly main: number } {
  const own = vrfTable(host, name);
  return own === undefined ? table : { local: own, main: own };
}

/** The address that routes of a subnet prefer: its primary one. */
function primaryOf(one: Interface, entry: InterfaceAddress): bigint {
  if (!entry.secondary) return entry.address.value;
  const primary = addressesOf(one, 4).find(
    (other) =>
      !other.secondary &&
      other.prefixLength === entry.prefixLength &&
      isInSubnet(other, subnetAddress(entry)),
  );
  return primary?.address.value ?? entry.address.value;
}

/** `net/ipv6/addrconf.c: __ipv6_ifa_notify, addrconf_prefix_route, addrconf_join_anycast`. */
function ipv6Routes(
  host: Host,
  one: Interface,
  { address, prefixLength, peer, metric = 256, noPrefixRoute, tentative, optimistic }: InterfaceAddress,
): readonly Route[] {
  if (!one.up) return [];
  const width = addressWidth(6);
  const common = { family: 6, device: one.name, scope: 'global' } as const;
  const { local, main } = tablesOf(host, one);
  const whole = { ...common, prefixLength: width, table: local, metric: 0 };
  const own: Route = { ...whole, type: 'local', destination: address.value };
  if (address.value === 1n) return [own];
  const destination = networkAddress(6, address.value, prefixLength);
  const connected: Route = {
    ...common,
    type: 'unicast',
    destination,
    prefixLength,
    table: main,
    metric,
  };
  const router = prefixLength < 127 && sysctlNumber(host, 'net.ipv6.conf.*.forwarding', one.name) !== 0;
  const other: readonly Route[] =
    peer === undefined ? [] : [{ ...connected, destination: peer, prefixLength: width }];
  const anycast: readonly Route[] = router ? [{ ...whole, type: 'anycast', destination }] : [];
  const toSubnet = noPrefixRoute ? [] : [connected];
  // What may be somebody else's is nothing to be delivered to.
  return tentative && !optimistic ? toSubnet : [own, ...toSubnet, ...other, ...anycast];
}

/** `net/ipv6/addrconf.c: addrconf_add_mroute`. */
function multicastRoute(host: Host, one: Interface): readonly Route[] {
  if (!one.up || one.name === 'lo' || lacksIpv6(host, one.name)) return [];
  const destination = 0xffn << 120n;
  const route: Route = {
    family: 6,
    type: 'multicast',
    destination,
    prefixLength: 8,
    table: tablesOf(host, one).local,
    metric: 256,
    scope: 'global',
    device: one.name,
  };
  return [route];
}
