// The multicast groups that the kernel joins by itself.
import { type AddressFamily, parseIpv4, parseIpv6 } from '../datatype/address.ts';
import type { Host } from './host.ts';
import { addressesOf, interfaceNamed } from './inventory.ts';
import { sysctlNumber } from './sysctl.ts';

const allHosts4 = parseIpv4('224.0.0.1') ?? 0n;
const allNodes6 = ['ff01::1', 'ff02::1'].map((text) => parseIpv6(text) ?? 0n);
const allRouters6 = ['ff01::2', 'ff02::2', 'ff05::2'].map((text) => parseIpv6(text) ?? 0n);
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
  return addressesOf(one, 6).some((entry) => solicitedNodeOf(entry.address.value) === group);
}

/** RFC 4291, 2.7.1. */
function solicitedNodeOf(address: bigint): bigint {
  return solicitedNode | (address & 0xffffffn);
}

/** The groups that some interface may be in. */
export function groupsOf({ interfaces }: Pick<Host, 'interfaces'>, family: AddressFamily): readonly bigint[] {
  if (family === 4) return [allHosts4];
  const own = interfaces.flatMap((one) => addressesOf(one, 6));
  return [...allNodes6, ...allRouters6, ...own.map(({ address }) => solicitedNodeOf(address.value))];
}
