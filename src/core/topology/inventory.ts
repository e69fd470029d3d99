// Looking things up in a host: its interfaces, and who has an address.
import type { AddressFamily } from '../datatype/address.ts';
import type { Host, Interface, InterfaceAddress } from './host.ts';

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

/** The first interface that has this address (`net/ipv4/devinet.c: __ip_dev_find`). */
export function interfaceWith(host: Host, family: AddressFamily, address: bigint): Interface | undefined {
  return host.interfaces.find((one) =>
    addressesOf(one, family).some((entry) => entry.address.value === address),
  );
}
