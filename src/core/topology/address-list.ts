// The list of addresses that the kernel keeps for each interface: where a new one stands, and what goes with an old one.
import type { InterfaceAddress } from './host.ts';
import { sameSubnet, scopeRank } from './inventory.ts';

/** The addresses of one interface, in the kernel's order: those of IPv4, then those of IPv6. */
export type AddressList = readonly InterfaceAddress[];

/** The list with one more; what `secondary` it has is worked out. */
export function insertAddress(list: AddressList, entry: InterfaceAddress): AddressList {
  const [ipv4, ipv6] = [list.filter(isIpv4), list.filter((one) => !isIpv4(one))];
  return isIpv4(entry) ? [...insertIpv4(ipv4, entry), ...ipv6] : [...ipv4, ...insertIpv6(ipv6, entry)];
}

function isIpv4({ address }: InterfaceAddress): boolean {
  return address.family === 4;
}

/**
 * The first address of a subnet is primary, the others go to the end; primaries with a narrower scope come first
 * (`net/ipv4/devinet.c: __inet_insert_ifa`).
 */
function insertIpv4(list: AddressList, entry: InterfaceAddress): AddressList {
  if (list.some((one) => sameSubnet(one, entry))) return [...list, { ...entry, secondary: true }];
  const last = list.findLastIndex((one) => !one.secondary && scopeRank[entry.scope] <= scopeRank[one.scope]);
  return list.toSpliced(last + 1, 0, { ...entry, secondary: false });
}

/** Wider scopes first, in each the newest first (`net/ipv6/addrconf.c: ipv6_link_dev_addr`). */
function insertIpv6(list: AddressList, entry: InterfaceAddress): AddressList {
  const at = isNarrow(entry) ? list.findIndex(isNarrow) : 0;
  return list.toSpliced(at === -1 ? list.length : at, 0, entry);
}

function isNarrow({ scope }: InterfaceAddress): boolean {
  return scope !== 'global';
}

/** What becomes of a list where an address is deleted. */
export interface Deletion {
  readonly list: AddressList;
  /** Those that went with it. */
  readonly others: AddressList;
  /** The one that is primary in its place. */
  readonly promoted?: InterfaceAddress;
}

/**
 * With the primary address of a subnet the others go, too, or the next of them becomes primary
 * (`net/ipv4/devinet.c: __inet_del_ifa`).
 */
export function deleteFrom(list: AddressList, entry: InterfaceAddress, promotes: boolean): Deletion {
  const rest = list.filter((one) => one !== entry);
  const dependent = entry.secondary || !isIpv4(entry) ? [] : rest.filter((one) => dependsOn(one, entry));
  const [next] = dependent;
  if (!next) return { list: rest, others: [] };
  if (!promotes) return { list: rest.filter((one) => !dependent.includes(one)), others: dependent };
  const promoted = { ...next, secondary: false };
  return { list: moved(list, entry, next, promoted), others: [], promoted };
}

function dependsOn(one: InterfaceAddress, primary: InterfaceAddress): boolean {
  return isIpv4(one) && one.secondary && sameSubnet(primary, one);
}

/** The promoted one goes behind the last primary that is not wider than the one before it was. */
function moved(
  list: AddressList,
  entry: InterfaceAddress,
  next: InterfaceAddress,
  promoted: InterfaceAddress,
): AddressList {
  const from = list.indexOf(entry);
  const between = list.slice(from + 1, list.indexOf(next));
  const last = between.findLastIndex(
    (one) => !one.secondary && scopeRank[entry.scope] <= scopeRank[one.scope],
  );
  const behind = list.slice(list.indexOf(next) + 1);
  return [...list.slice(0, from), ...between.toSpliced(last + 1, 0, promoted), ...behind];
}
