// A function over the variables of packets as a table of classes of packets: few rows, together exactly the function.
import type { Bdd, Node } from '../bdd/bdd.ts';
import { type Covering, cover, keyOfRow, nodeOfRow, type Row } from './cover.ts';
import type { Dimension } from './dimension.ts';

export type { Row } from './cover.ts';

/** How often the shorter of two ways is looked for, which doubles the work of all that is behind it; then the first one is taken. */
const patience = 500;

/** Tables with more rows are not looked through for rows that others cover. */
const mostCompared = 1000;

/**
 * Rows that together are the function, for all cases in `possible`: of others they may say anything. Every variable
 * that it depends on belongs to a dimension; these are in the order of the variables. The same function has the same rows.
 */
export function classesOf(
  bdd: Bdd,
  node: Node,
  dimensions: readonly Dimension[],
  possible: Node = 1,
): readonly Row[] {
  const owners = new Map(dimensions.flatMap((one) => one.variables.map((variable) => [variable, one])));
  const dimensionOf = (variable: number): Dimension => {
    const found = owners.get(variable);
    if (!found) throw new RangeError(`variable ${variable} belongs to no dimension`);
    return found;
  };
  const covering: Covering = { bdd, dimensionOf, known: new Map(), left: patience };
  const lower = bdd.and(node, possible);
  const upper = bdd.or(node, bdd.not(possible));
  const rows = merged(bdd, cover(covering, lower, upper));
  return needed(
    bdd,
    rows.flatMap((row) => apart(bdd, row, dimensions)),
    lower,
  );
}

/** A row for each kind of values by which others of its dimensions are read. */
function apart(bdd: Bdd, row: Row, dimensions: readonly Dimension[]): readonly Row[] {
  const dimension = dimensions.find((one) => isReadBy(row, one) && ofSeveralKinds(bdd, row, one));
  if (!dimension) return [row];
  const values = row.get(dimension) ?? 1;
  const parts = dimension.kinds?.sets.map((kind) => bdd.and(values, kind)) ?? [];
  return parts
    .filter((part) => part !== 0)
    .flatMap((part) => apart(bdd, inOrder(dimensions, row, dimension, part), dimensions));
}

function ofSeveralKinds(bdd: Bdd, row: Row, dimension: Dimension): boolean {
  const values = row.get(dimension) ?? 1;
  return !dimension.kinds?.sets.some((kind) => bdd.implies(values, kind));
}

/** The row with these values of the dimension. */
function inOrder(dimensions: readonly Dimension[], row: Row, dimension: Dimension, values: Node): Row {
  const all = dimensions.map((one) => [one, one === dimension ? values : (row.get(one) ?? 1)] as const);
  return new Map(all.filter(([, set]) => set !== 1));
}

/** With rows that differ in one dimension made one, as long as there are such. */
function merged(bdd: Bdd, rows: readonly Row[]): readonly Row[] {
  const dimensions = [...new Set(rows.flatMap((row) => [...row.keys()]))];
  const once = dimensions.reduce((all, dimension) => mergedIn(bdd, all, dimension), rows);
  return once.length < rows.length ? merged(bdd, once) : rows;
}

function mergedIn(bdd: Bdd, rows: readonly Row[], dimension: Dimension): readonly Row[] {
  const byRest = new Map<string, Row>();
  for (const row of rows) {
    const key = keyOfRow(row, dimension) + (isReadBy(row, dimension) ? `:${row.get(dimension)}` : '');
    const known = byRest.get(key);
    byRest.set(key, known ? either(bdd, known, row, dimension) : row);
  }
  return [...byRest.values()];
}

/** Whether the row says anything that is read by the values of the dimension. */
function isReadBy(row: Row, { kinds }: Dimension): boolean {
  return kinds !== undefined && [...row.keys()].some(({ name }) => kinds.of.has(name));
}

function either(bdd: Bdd, one: Row, other: Row, dimension: Dimension): Row {
  const values = bdd.or(one.get(dimension) ?? 1, other.get(dimension) ?? 1);
  const rest = [...one].filter(([key]) => values !== 1 || key !== dimension);
  return new Map(rest.map(([key, had]) => [key, key === dimension ? values : had]));
}

/** Without rows whose cases of the function are all in others: those that say most are asked first. */
function needed(bdd: Bdd, rows: readonly Row[], lower: Node): readonly Row[] {
  if (rows.length > mostCompared) return rows;
  const nodes = rows.map((row) => bdd.and(nodeOfRow(bdd, row), lower));
  const before = [0];
  for (const [at, node] of nodes.entries()) before.push(bdd.or(before[at] ?? 0, node));
  let kept = 0;
  return rows
    .toReversed()
    .filter((_, back) => {
      const at = rows.length - 1 - back;
      const node = nodes[at] ?? 0;
      if (bdd.implies(node, bdd.or(before[at] ?? 0, kept))) return false;
      kept = bdd.or(kept, node);
      return true;
    })
    .toReversed();
}
