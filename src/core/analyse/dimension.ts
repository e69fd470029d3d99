// A part of packets that a table of classes has a column for: some variables that follow each other, and the values that
// they spell.
import type { Bdd, Node } from '../bdd/bdd.ts';
import { normalize, type Range } from '../datatype/range.ts';

/** The variables of a column. */
export interface Dimension {
  readonly name: string;
  /** One after the other in the order, the most significant bit of a value first. */
  readonly variables: readonly number[];
  /** What a set of values is written as, so that short sets are preferred. */
  readonly shape: 'prefixes' | 'ranges';
  /**
   * Kinds of values by which other columns are read differently: no row that says anything of those has values of several
   * kinds. Every value is of one kind.
   */
  readonly kinds?: { readonly sets: readonly Node[]; readonly of: ReadonlySet<string> };
}

/** The bits of a value, as functions. */
export function bitsOf(bdd: Bdd, { variables }: Dimension): readonly Node[] {
  return variables.map((variable) => bdd.variable(variable));
}

/** A set of values that leads to the same rest. */
export interface Group {
  /** A function of the variables of the dimension. */
  readonly values: Node;
  readonly lower: Node;
  readonly upper: Node;
}

/**
 * The values of a dimension by what is to be covered there: between `lower` and `upper`, of which no variable comes before
 * the dimension. Values with the same upper bound are one group; groups stand in the order of their smallest values.
 */
export function groupsOf(bdd: Bdd, dimension: Dimension, lower: Node, upper: Node): readonly Group[] {
  const end = (dimension.variables.at(-1) ?? -1) + 1;
  const waiting = new Map<number, Map<string, Group>>();
  const add = (group: Group) => {
    const level = Math.min(bdd.root(group.lower) ?? end, bdd.root(group.upper) ?? end, end);
    const beside = waiting.get(level) ?? new Map<string, Group>();
    join(bdd, beside, level === end ? `${group.upper}` : `${group.lower} ${group.upper}`, group);
    waiting.set(level, beside);
  };
  add({ values: 1, lower, upper });
  for (const variable of dimension.variables)
    for (const group of waiting.get(variable)?.values() ?? [])
      for (const side of sidesOf(bdd, variable, group)) add(side);
  const groups = [...(waiting.get(end)?.values() ?? [])];
  const least = new Map(groups.map((group) => [group, leastOf(bdd, dimension, group.values)]));
  return groups.toSorted((one, other) => ((least.get(one) ?? 0n) < (least.get(other) ?? 0n) ? -1 : 1));
}

function join(bdd: Bdd, groups: Map<string, Group>, key: string, group: Group): void {
  const known = groups.get(key);
  if (!known) groups.set(key, group);
  else {
    const [values, lower] = [bdd.or(known.values, group.values), bdd.or(known.lower, group.lower)];
    groups.set(key, { values, lower, upper: group.upper });
  }
}

function sidesOf(bdd: Bdd, variable: number, { values, lower, upper }: Group): readonly Group[] {
  const isHigh = bdd.variable(variable);
  const side = (some: Node, way: 'low' | 'high'): Group => ({
    values: some,
    lower: bdd.root(lower) === variable ? bdd[way](lower) : lower,
    upper: bdd.root(upper) === variable ? bdd[way](upper) : upper,
  });
  return [side(bdd.minus(values, isHigh), 'low'), side(bdd.and(values, isHigh), 'high')];
}

/** The smallest value in a set that is not empty. */
function leastOf(bdd: Bdd, { variables }: Dimension, values: Node): bigint {
  const picked = bdd.pick(values);
  return variables.reduce((sum, variable) => sum * 2n + (picked?.get(variable) ? 1n : 0n), 0n);
}

/** The values in a set, in order; nothing if they are in more ranges than that. */
export function rangesOf(
  bdd: Bdd,
  { variables }: Dimension,
  values: Node,
  most: number,
): readonly Range[] | undefined {
  const ranges: Range[] = [];
  const add = (node: Node, bit: number, lo: bigint): boolean => {
    const size = 1n << BigInt(variables.length - bit);
    if (node === 0) return true;
    if (node === 1) {
      ranges.push({ lo, hi: lo + size - 1n });
      return ranges.length <= most;
    }
    const isRoot = bdd.root(node) === variables[bit];
    const [low, high] = isRoot ? [bdd.low(node), bdd.high(node)] : [node, node];
    return add(low, bit + 1, lo) && add(high, bit + 1, lo + size / 2n);
  };
  return add(values, 0, 0n) ? normalize(ranges) : undefined;
}
