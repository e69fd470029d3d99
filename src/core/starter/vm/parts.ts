// What the networks of all modes are made of: the machines, the physical network around the host, and links.
import type { Subnet } from '../answer.ts';
import { addressAt, networkAddressAt } from './mode.ts';

/** Places in the physical network. */
const place = { router: 1, host: 10, firstLease: 100, lastLease: 199 } as const;

/** A machine with one card; without a gateway it knows its own network alone. */
export function machineLines(
  vm: number,
  { address, gateway }: { readonly address: string; readonly gateway?: string },
): readonly string[] {
  return [
    `host vm${vm} {`,
    'within host',
    `interface "eth0" { address ${address} }`,
    ...(gateway === undefined ? [] : [`route default via ${gateway}`]),
    'policy none',
    '}',
  ];
}

/** The address of the host in the physical network. */
export function hostAddress(lan: Subnet): string {
  return networkAddressAt(lan, place.host);
}

/** The way of the host to the rest of the world. */
export function hostRoute(lan: Subnet): string {
  return `route default via ${routerAddress(lan)}`;
}

/** The router of the physical network. */
export function routerAddress(lan: Subnet): string {
  return addressAt(lan, place.router);
}

/** An address that the router hands out, counted from 1. */
export function leaseInLan(lan: Subnet, number: number): string {
  return `${networkAddressAt(lan, place.firstLease + number)} dhcp`;
}

/** What stands for all that is outside. */
export function outsideLines(lan: Subnet): readonly string[] {
  const [first, last] = [addressAt(lan, place.firstLease), addressAt(lan, place.lastLease)];
  return [
    '# Another machine of the physical network, its router, stands for all that is outside.',
    'host outside {',
    'interface "eth0" {',
    `address ${networkAddressAt(lan, place.router)}`,
    `dhcp ${first}-${last}`,
    '}',
    'policy none',
    '}',
  ];
}

/** A cable or a switch between interfaces, each written as `vm1 "eth0"`. */
export function linkLines(name: string, ends: readonly string[]): readonly string[] {
  return [`link ${name} {`, ...ends, '}'];
}

/** The cable between the host and the physical network. */
export const lanLink = linkLines('lan', ['host "eth0"', 'outside "eth0"']);
