// Small questions about addresses that routing asks everywhere.
import {
  type AddressFamily,
  addressWidth,
  formatAddress,
  parseIpv4,
  parseIpv6,
} from '../datatype/address.ts';

/** Whether two addresses of a family share their first `length` bits. */
export function sharesPrefix(family: AddressFamily, left: bigint, right: bigint, length: number): boolean {
  const rest = BigInt(addressWidth(family) - length);
  return left >> rest === right >> rest;
}

/** The first address of a subnet. */
export function networkAddress(family: AddressFamily, address: bigint, length: number): bigint {
  const rest = BigInt(addressWidth(family) - length);
  return (address >> rest) << rest;
}

/** The test for one block of addresses, written as a prefix. */
function inBlock(family: AddressFamily, text: string, length: number): (address: bigint) => boolean {
  const block = (family === 4 ? parseIpv4(text) : parseIpv6(text)) ?? 0n;
  return (address) => sharesPrefix(family, address, block, length);
}

/** 255.255.255.255. */
export const limitedBroadcast = 0xffffffffn;
/** 127.0.0.1. */
export const loopback4 = 0x7f000001n;
/** 127.0.0.0/8. */
export const isLoopback4 = inBlock(4, '127.0.0.0', 8);
/** 224.0.0.0/4. */
export const isMulticast4 = inBlock(4, '224.0.0.0', 4);
/** 224.0.0.0/24: never routed. */
export const isLocalMulticast4 = inBlock(4, '224.0.0.0', 24);
/** ff00::/8. */
export const isMulticast6 = inBlock(6, 'ff00::', 8);
/** fe80::/10. */
export const isLinkLocal6 = inBlock(6, 'fe80::', 10);

/** Whether an address is a group, not a host. */
export function isMulticast(family: AddressFamily, address: bigint): boolean {
  return family === 4 ? isMulticast4(address) : isMulticast6(address);
}

/** `10.0.0.0/8`; a whole address without a length, everything as `default`, as `ip route` prints it. */
export function formatPrefix(family: AddressFamily, value: bigint, length: number): string {
  if (length === 0) return 'default';
  const text = formatAddress({ family, value });
  return length === addressWidth(family) ? text : `${text}/${length}`;
}

/** RFC 4291, appendix A: what an interface gives itself where nobody said an address of the link. */
export function linkLocalOf(mac: bigint): bigint {
  const id = (((mac >> 24n) ^ 0x02_0000n) << 40n) | (0xfffen << 24n) | (mac & 0xff_ffffn);
  return (0xfe80n << 112n) | id;
}
