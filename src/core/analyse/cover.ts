// Few rows that cover a function: each a product of sets of values, one set for each dimension that it says anything of.
// Rows may overlap where that makes them shorter. Dimension by dimension, in the order of the variables: values that lead to
// the same rest are one set, and what holds for all values is covered first where that takes fewer rows
// (S. Minato, Fast Generation of Irredundant Sum-of-Products Forms from BDDs, 1993, for variables of many values).
import type { Bdd, Node } from '../bdd/bdd.ts';
import { type Dimension, type Group, groupsOf } from './dimension.ts';
import { costOf, simplest } from './values.ts';

/** A product of sets of values; a dimension that is not in it may have any. */
export type Row = ReadonlyMap<Dimension, Node>;

/** What rows are made in. */
export interface Covering {
  readonly bdd: Bdd;
  /** The dimension of each variable. */
  readonly dimensionOf: (variable: number) => Dimension;
  /** Rows found before, by their bounds. */
  readonly known: Map<string, readonly Row[]>;
  /** Steps until rows are taken as they come. */
  left: number;
}

/** Rows that cover all of `lower` and nothing outside of `upper`. */
export function cover(covering: Covering, lower: Node, upper: Node): readonly Row[] {
  if (lower === 0) return [];
  if (upper === 1) return [new Map()];
  const key = `${lower} ${upper}`;
  const rows = covering.known.get(key) ?? shortest(covering, lower, upper);
  covering.known.set(key, rows);
  return rows;
}

function shortest(covering: Covering, lower: Node, upper: Node): readonly Row[] {
  const { bdd, dimensionOf } = covering;
  const [one, other] = [bdd.root(lower), bdd.root(upper)];
  const dimension = dimensionOf(Math.min(one ?? other ?? 0, other ?? one ?? 0));
  const groups = groupsOf(bdd, dimension, lower, upper);
  const apart = joinGroups(covering, dimension, groups, groups);
  covering.left--;
  const common = groups.reduce((all, group) => bdd.and(all, group.upper), 1);
  if (common === 0 || dimension.kinds || apart.length < 3 || covering.left < 0) return apart;
  const together = commonFirst(covering, dimension, groups, common);
  return weight(covering, together) < weight(covering, apart) ? together : apart;
}

/** First what all values have in common, then the rest of each. */
function commonFirst(
  covering: Covering,
  dimension: Dimension,
  groups: readonly Group[],
  common: Node,
): readonly Row[] {
  const { bdd } = covering;
  const wanted = groups.reduce((any, group) => bdd.or(any, group.lower), 0);
  const rows = cover(covering, bdd.and(wanted, common), common);
  const covered = rows.reduce((any, row) => bdd.or(any, nodeOfRow(bdd, row)), 0);
  const rest = groups.map((group) => ({ ...group, lower: bdd.minus(group.lower, covered) }));
  return [...rows, ...joinGroups(covering, dimension, rest, groups)];
}

/** A rest that some values of a dimension have. */
interface Found {
  readonly rest: Row;
  readonly node: Node;
  values: Node;
}

/**
 * The rows of each group with its values. What the rows of one group cover of another is taken from there: the values of
 * many first, so that a network is one row though some addresses in it may do more.
 */
function joinGroups(
  covering: Covering,
  dimension: Dimension,
  groups: readonly Group[],
  bounds: readonly Group[],
): readonly Row[] {
  const { bdd } = covering;
  const found = new Map<string, Found>();
  for (const group of largestFirst(bdd, dimension, groups)) addRows(covering, found, group);
  return [...found.values()].flatMap(({ rest, values, node }) => {
    const allowed = bounds.reduce(
      (any, group) => (bdd.implies(node, group.upper) ? bdd.or(any, group.values) : any),
      0,
    );
    return withValues(bdd, dimension, rest, values, allowed);
  });
}

function largestFirst(bdd: Bdd, { variables }: Dimension, groups: readonly Group[]): readonly Group[] {
  const sizes = new Map(groups.map((group) => [group, bdd.count(group.values, variables.length)]));
  const sizeOf = (group: Group) => sizes.get(group) ?? 0n;
  return groups.toSorted(
    (one, other) => Number(sizeOf(one) < sizeOf(other)) - Number(sizeOf(one) > sizeOf(other)),
  );
}

function addRows(covering: Covering, found: Map<string, Found>, { values, lower, upper }: Group): void {
  const { bdd } = covering;
  let open = lower;
  for (const one of found.values()) {
    if (open === 0) return;
    if (!bdd.intersects(one.node, open) || !bdd.implies(one.node, upper)) continue;
    open = bdd.minus(open, one.node);
    one.values = bdd.or(one.values, values);
  }
  for (const rest of cover(covering, open, upper)) {
    const key = keyOfRow(rest);
    const known = found.get(key);
    if (known) known.values = bdd.or(known.values, values);
    else found.set(key, { rest, node: nodeOfRow(bdd, rest), values });
  }
}

/** The row with values of one more dimension: all that are needed, and of those allowed as many as makes it short. */
function withValues(bdd: Bdd, dimension: Dimension, rest: Row, needed: Node, allowed: Node): readonly Row[] {
  const { kinds } = dimension;
  const isRead = kinds !== undefined && [...rest.keys()].some(({ name }) => kinds.of.has(name));
  const parts = isRead ? kinds.sets : [1];
  return parts.flatMap((part) => {
    const values = bdd.and(needed, part);
    if (values === 0) return [];
    const chosen = simplest(bdd, dimension, values, bdd.and(allowed, part));
    return [chosen === 1 ? rest : new Map([[dimension, chosen], ...rest])];
  });
}

/** The cases of a row. */
export function nodeOfRow(bdd: Bdd, row: Row): Node {
  // The last variables first: so nothing is built twice.
  return [...row.values()].reduceRight<Node>((all, values) => bdd.and(values, all), 1);
}

/** Equal for equal rows. */
export function keyOfRow(row: Row, but?: Dimension): string {
  return [...row]
    .flatMap(([dimension, values]) => (dimension === but ? [] : [`${dimension.name}=${values}`]))
    .join();
}

/** Fewer rows are better, then shorter ones. */
function weight({ bdd }: Covering, rows: readonly Row[]): number {
  return rows.reduce((sum, row) => sum + 1000 + rowCost(bdd, row), 0);
}

function rowCost(bdd: Bdd, row: Row): number {
  return [...row].reduce((sum, [dimension, values]) => sum + costOf(bdd, dimension, values), 0);
}
