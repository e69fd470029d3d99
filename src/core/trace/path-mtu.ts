// How large a packet may leave.
import type { Interface } from '../topology/host.ts';
import { interfaceNamed, type Run } from './run.ts';

/**
 * The MTU of the route, if it has one that counts, else of the interface (include/net/ip.h:
 * ip_dst_mtu_maybe_forward; include/net/ip6_route.h: ip6_dst_mtu_maybe_forward, where others' packets heed only a locked
 * one).
 */
export function pathMtu(run: Run, device: Interface): number {
  const counts = run.family === 4 || run.request.injection.direction === 'out' || routeOf(run)?.mtuLocked;
  return counts ? outputMtu(run, device) : device.mtu;
}

/** What counts behind POSTROUTING: there IPv6 heeds any MTU of the route (net/ipv6/ip6_output.c: ip6_finish_output). */
export function outputMtu(run: Run, device: Interface): number {
  return routeOf(run)?.mtu ?? device.mtu;
}

/** The same by the name of the interface; undefined where nothing is known of that. */
export function pathMtuBy(run: Run, name: string | undefined): number | undefined {
  const device = interfaceNamed(run, name);
  return device && pathMtu(run, device);
}

function routeOf({ routed }: Run) {
  return routed && 'route' in routed ? routed.route : undefined;
}
