// Whose part of a file a route, a rule or a kind of device is.
import type { HostFacts, InterfaceFacts, RouteFacts } from '../../topology/facts.ts';

/** The interface that a route is written with; `lo` where it has none. */
export function ownerOf({ device, hops }: Pick<RouteFacts, 'device' | 'hops'>): string {
  return device ?? hops?.[0]?.device ?? 'lo';
}

/** The interfaces, with `lo` where rules or routes hang on it. */
export function withLoopback({ interfaces, rules = [], routes = [] }: HostFacts): readonly InterfaceFacts[] {
  const isNeeded = rules.length > 0 || routes.some((route) => ownerOf(route) === 'lo');
  const isThere = interfaces.some(({ name }) => name === 'lo');
  return isNeeded && !isThere ? [{ name: 'lo', addresses: [] }, ...interfaces] : interfaces;
}

/** Its kind; a device that others name as their master without its being said is a bridge. */
export function kindNameOf({ name, type }: InterfaceFacts, { interfaces }: HostFacts): string | undefined {
  return type?.kind ?? (interfaces.some(({ master }) => master === name) ? 'bridge' : undefined);
}
