// The multicast groups that the kernel joins by itself.
import { type AddressFamily, parseIpv4, parseIpv6 } from '../datatype/address.ts';
import type { Host } from './host.ts';
import { addressesOf, interfaceNamed } from './inventory.ts';
import { sysctlNumber } from './sysctl.ts';

const allHosts4 = parseIpv4('224.0.0.1');
const allNodes6 = [parseIpv6('ff01::1'), parseIpv6('ff02::1')];
const allRouters6 = [parseIpv6('ff01::2'), parseIpv6('ff02::2'), parseIpv6('ff05::2')];
const solicitedNode = parseIpv6('ff02::1:ff00:0') ?? 0n;

/**
 * Whether an interface is in a group without any program having asked for it (`net/ipv4/igmp.c: ip_mc_up`;
 * `net/ipv6/addrconf.c: ipv6_add_dev, addrconf_join_solict`).
 */
export function isJoined(host: Host, device: string, family: AddressFamily, group: bigint): boolean {
  const one = interfaceNamed(host, device);
  if (!one?.up) return false;
  if (family === 4) return group === allHosts4;
  if (allNodes6.includes(group)) return true;
  if (allRouters6.includes(group)) return sysctlNumber(host, 'net.ipv6.conf.*.forwarding', device) !== 0;
  return addressesOf(one, 6).some((entry) => (solicitedNode | (entry.address.value & 0xffffffn)) === group);
}
