// Ranges of addresses that DHCP servers hand out.
import { formatAddress } from '../datatype/address.ts';
import type { DhcpRange } from './host.ts';

/** `192.168.56.101-192.168.56.254`, or the one address that it is. */
export function dhcpText({ first, last }: DhcpRange): string {
  const [from, to] = [first, last].map((value) => formatAddress({ family: 4, value }));
  return from === to ? `${from}` : `${from}-${to}`;
}

/** Whether an address of IPv4 is one of them. */
export function isHandedOut({ first, last }: DhcpRange, value: bigint): boolean {
  return first <= value && value <= last;
}
