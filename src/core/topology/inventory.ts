// Looking things up in a host: its interfaces, and who has an address.
import type { Address, AddressFamily } from '../datatype/address.ts';
import type { AddressFacts } from './facts.ts';
import type { Host, Interface, InterfaceAddress } from './host.ts';
import { isLinkLocal6, isLoopback4, sharesPrefix } from './prefix.ts';

/** Routing tables with names (`/etc/iproute2/rt_tables`). */
export const table = { default: 253, main: 254, local: 255 } as const;

/** Scopes as numbers: the greater, the narrower (`include/uapi/linux/rtnetlink.h: rt_scope_t`). */
export const scopeRank = { global: 0, link: 253, host: 254 } as const;

/** The interface of that name. */
export function interfaceNamed(host: Host, name: string): Interface | undefined {
  return host.interfaces.find((one) => one.name === name);
}

/** Its addresses of one family, in the kernel's order. */
export function addressesOf(one: Interface, family: AddressFamily): readonly InterfaceAddress[] {
  return one.addresses.filter((entry) => entry.address.family === family);
}

type Subnetted = Pick<InterfaceAddress, 'address' | 'peer' | 'prefixLength'>;

/** Whether two IPv4 addresses are of one subnet, so that the later one is secondary. */
export function sameSubnet(one: Subnetted, other: Subnetted): boolean {
  return one.prefixLength === other.prefixLength && isInSubnet(one, subnetAddress(other));
}

/** What `ip address add` chooses (`iproute2 ip/ipaddress.c: default_scope`), and what the kernel sees in IPv6 ones. */
export function scopeOf({ address: { family, value }, scope }: AddressFacts): InterfaceAddress['scope'] {
  if (scope && family === 4) return scope;
  if (family === 4) return isLoopback4(value) ? 'host' : 'global';
  if (value === 1n) return 'host';
  return isLinkLocal6(value) ? 'link' : 'global';
}

/** Whether an IPv4 address is in the subnet of one of an interface (`include/linux/inetdevice.h: inet_ifa_match`). */
export function isInSubnet(
  entry: Pick<InterfaceAddress, 'address' | 'peer' | 'prefixLength'>,
  value: bigint,
): boolean {
  return sharesPrefix(4, subnetAddress(entry), value, entry.prefixLength);
}

/** The address whose prefix is the subnet: the peer's, where there is one. */
export function subnetAddress({ address, peer }: Pick<InterfaceAddress, 'address' | 'peer'>): bigint {
  return peer ?? address.value;
}

/** The first interface that has this address (`net/ipv4/devinet.c: __ip_dev_find`). */
export function interfaceWith(host: Host, family: AddressFamily, address: bigint): Interface | undefined {
  return host.interfaces.find((one) =>
    addressesOf(one, family).some((entry) => entry.address.value === address),
  );
}

/** Whether any of its interfaces has the address. */
export function hasAddress({ interfaces }: Host, { family, value }: Address): boolean {
  return interfaces.some((one) => addressesOf(one, family).some(({ address }) => address.value === value));
}
