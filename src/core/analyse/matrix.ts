// Who may talk to whom: addresses in groups that behave alike, as those who begin and as those who are asked, and which
// group may talk to which.
import type { Bdd, Node } from '../bdd/bdd.ts';
import type { Range } from '../datatype/range.ts';
import { type Dimension, groupsOf, rangesOf } from './dimension.ts';

/** Addresses that behave alike. */
export interface AddressGroup {
  readonly ranges: readonly Range[];
  /** The groups that it may talk to, by their places. */
  readonly to: readonly number[];
}

/** Which source may talk to which destination, over the variables of the two and no others. */
export interface Talk {
  readonly node: Node;
  readonly source: Dimension;
  readonly destination: Dimension;
}

/** All addresses, in groups in the order of their smallest addresses. */
export function matrixOf(bdd: Bdd, talk: Talk): readonly AddressGroup[] {
  const destinations = groupsOf(bdd, talk.destination, talk.node, talk.node);
  const sources = alikeSources(
    bdd,
    destinations.map(({ upper }) => upper),
  );
  const bySource = sources.map((node) => listed(bdd, talk.source, node));
  const byDestination = destinations.map(({ values }) => listed(bdd, talk.destination, values));
  const groups = crossed(bySource, byDestination);
  return groups.map(({ ranges, source }) => {
    const asking = sources[source] ?? 0;
    const to = groups.flatMap(({ destination }, at) =>
      bdd.intersects(asking, destinations[destination]?.upper ?? 0) ? [at] : [],
    );
    return { ranges, to };
  });
}

/** Sources that may talk to the same destinations. */
function alikeSources(bdd: Bdd, allowed: readonly Node[]): readonly Node[] {
  return allowed.reduce<readonly Node[]>(
    (parts, some) =>
      parts.flatMap((part) => [bdd.and(part, some), bdd.minus(part, some)].filter((one) => one !== 0)),
    [1],
  );
}

/** More ranges than these are in no group that anybody reads; they are listed all the same. */
const most = 1_000_000;

function listed(bdd: Bdd, dimension: Dimension, node: Node): readonly Range[] {
  return rangesOf(bdd, dimension, node, most) ?? [];
}

interface Crossed {
  readonly ranges: Range[];
  readonly source: number;
  readonly destination: number;
}

/** Addresses by the part that they are in on each side. */
function crossed(
  bySource: readonly (readonly Range[])[],
  byDestination: readonly (readonly Range[])[],
): readonly Crossed[] {
  const [sources, destinations] = [bySource, byDestination].map(inOrder);
  const groups = new Map<string, Crossed>();
  let at = 0;
  for (const source of sources ?? [])
    for (; at < (destinations?.length ?? 0); at++) {
      const destination = destinations?.[at];
      if (!destination || destination.lo > source.hi) break;
      const lo = source.lo > destination.lo ? source.lo : destination.lo;
      const hi = source.hi < destination.hi ? source.hi : destination.hi;
      add(groups, { lo, hi }, source.part, destination.part);
      if (destination.hi > source.hi) break;
    }
  return [...groups.values()];
}

function add(groups: Map<string, Crossed>, range: Range, source: number, destination: number): void {
  const key = `${source} ${destination}`;
  const group = groups.get(key) ?? { ranges: [], source, destination };
  groups.set(key, group);
  const last = group.ranges.at(-1);
  if (last && last.hi + 1n === range.lo)
    group.ranges[group.ranges.length - 1] = { lo: last.lo, hi: range.hi };
  else group.ranges.push(range);
}

function inOrder(parts: readonly (readonly Range[])[]): readonly (Range & { readonly part: number })[] {
  return parts
    .flatMap((ranges, part) => ranges.map((range) => ({ ...range, part })))
    .toSorted((one, other) => (one.lo < other.lo ? -1 : 1));
}
