// What is inside of a host as its own machinery: namespaces that forward or hand out addresses for others, and the links
// between them and their host.
import type { Place } from '../device/frame.ts';
import type { Host } from '../topology/host.ts';
import { sysctlNumber } from '../topology/sysctl.ts';
import type { Network } from './network.ts';
import { keyOf } from './wiring.ts';

/** A part of another host that forwards for others, or gives them addresses: nobody means it by itself. */
export function isService({ host }: Network['hosts'][number]): boolean {
  const gives = host.interfaces.some(({ dhcp }) => dhcp !== undefined);
  return host.within !== undefined && (gives || forwards(host));
}

function forwards(host: Host): boolean {
  return sysctlNumber(host, 'net.ipv4.ip_forward') === 1;
}

/** The interfaces of links that are between a host and its services alone. */
export function innerPlaces({ hosts, links }: Network): ReadonlySet<string> {
  const owners = new Map(
    hosts.filter(isService).map(({ host }) => [host.name, host.within ?? host.name] as const),
  );
  const inner = links.filter(({ ends }) => {
    const names = new Set(ends.map(({ host }) => owners.get(host) ?? host));
    return names.size === 1 && ends.some(({ host }) => owners.has(host));
  });
  return new Set(inner.flatMap(({ ends }) => ends.map((end: Place) => keyOf(end))));
}
