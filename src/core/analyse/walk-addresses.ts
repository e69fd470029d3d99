// Addresses in classes that a host treats alike by itself.
import { hostBorders } from '../classify/host-borders.ts';
import { type AddressFamily, addressWidth } from '../datatype/address.ts';
import type { Range } from '../datatype/range.ts';
import type { Host } from '../topology/host.ts';
import { isLocalMulticast4, isMulticast, isMulticast6, limitedBroadcast } from '../topology/prefix.ts';
import { addressScope } from '../topology/rfc6724.ts';
import { classRanges } from './walk-flow.ts';

/** Addresses that are alike; the lowest stands for all. */
export type Class = readonly Range[];

/** Every address is in one of them. */
export function addressClasses(host: Host, family: AddressFamily): readonly Class[] {
  const isApart = family === 4 || host.routes.some(isOfGroups);
  return gathered(host, family, (range) => (isApart ? `${range.lo}` : groupsName(range)));
}

/** The same where nothing of the host asks for the address: the kernel looks at what kind it is of. */
export function plainClasses(family: AddressFamily): readonly Class[] {
  return gathered(undefined, family, ({ lo }) => {
    const isOfLink = family === 4 ? isLocalMulticast4(lo) : addressScope(lo) === linkScope;
    const isAll = family === 4 && lo === limitedBroadcast;
    return `${lo === 0n} ${isMulticast(family, lo)} ${isOfLink} ${isAll}`;
  });
}

function gathered(
  host: Host | undefined,
  family: AddressFamily,
  nameOf: (range: Range) => string,
): readonly Class[] {
  const classes = new Map<string, Range[]>();
  for (const range of classRanges(hostBorders(host).addresses[family].values, addressWidth(family))) {
    const name = nameOf(range);
    const one = classes.get(name) ?? [];
    classes.set(name, one);
    one.push(range);
  }
  return [...classes.values()];
}

/** RFC 4291, 2.7. */
const linkScope = 2;

/** A route to some groups of IPv6, not to all. */
function isOfGroups({ family, destination, prefixLength }: Host['routes'][number]): boolean {
  return family === 6 && prefixLength > 8 && isMulticast6(destination);
}

/** Groups with other flags and the same scope are one class, but for those that a host is in. */
function groupsName({ lo, hi }: Range): string {
  return isMulticast6(lo) && lo !== hi ? `scope ${addressScope(lo)}` : `${lo}`;
}
