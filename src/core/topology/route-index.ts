// Routes by their prefix, so that a lookup looks at those alone that contain an address.
import type { AddressFamily } from '../datatype/address.ts';
import { addressWidth } from '../datatype/address.ts';
import type { Host, Route } from './host.ts';
import { networkAddress } from './prefix.ts';

/** For each length, the longest first, the routes by their network, each list in the order of the host. */
type RouteIndex = ReadonlyMap<number, ReadonlyMap<bigint, readonly Route[]>>;

const indexes = new WeakMap<readonly Route[], Record<AddressFamily, RouteIndex>>();

/** The routes whose prefix contains an address: longer prefixes first, of equal ones in the order of the host. */
export function routesTo(
  { routes }: Pick<Host, 'routes'>,
  family: AddressFamily,
  destination: bigint,
): readonly Route[] {
  let index = indexes.get(routes);
  if (!index) {
    index = { 4: makeIndex(routes, 4), 6: makeIndex(routes, 6) };
    indexes.set(routes, index);
  }
  const width = BigInt(addressWidth(family));
  const found: Route[] = [];
  for (const [length, byNetwork] of index[family]) {
    const rest = width - BigInt(length);
    const fitting = byNetwork.get((destination >> rest) << rest);
    if (fitting) found.push(...fitting);
  }
  return found;
}

function makeIndex(routes: readonly Route[], family: AddressFamily): RouteIndex {
  const index = new Map<number, Map<bigint, Route[]>>();
  const own = routes.filter((route) => route.family === family);
  for (const route of own.toSorted((a, b) => b.prefixLength - a.prefixLength)) {
    const { prefixLength, destination } = route;
    const byNetwork = index.get(prefixLength) ?? new Map<bigint, Route[]>();
    index.set(prefixLength, byNetwork);
    const network = networkAddress(family, destination, prefixLength);
    const list = byNetwork.get(network);
    if (list) list.push(route);
    else byNetwork.set(network, [route]);
  }
  return index;
}
