// What a function is: its variables, its size, how many cases it holds for, and which.
import { type Arena, highOf, lastLevel, levelOf, lowOf, type Node } from './arena.ts';

/** The value for a case. */
export function evaluate(arena: Arena, node: Node, value: (index: number) => boolean): boolean {
  let at = node;
  while (at > 1) at = value(levelOf(arena, at)) ? highOf(arena, at) : lowOf(arena, at);
  return at === 1;
}

/** Every row of a function but the constant, as nodes that are not complemented. */
function rowsOf(arena: Arena, node: Node): ReadonlySet<Node> {
  const seen = new Set<Node>();
  const waiting = [node & ~1];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    if (at === 0 || seen.has(at)) continue;
    seen.add(at);
    waiting.push(lowOf(arena, at), highOf(arena, at) & ~1);
  }
  return seen;
}

/** The variables that it depends on, in order. */
export function support(arena: Arena, node: Node): readonly number[] {
  const levels = new Set<number>();
  for (const at of rowsOf(arena, node)) levels.add(levelOf(arena, at));
  return [...levels].toSorted((one, other) => one - other);
}

/** Its nodes but the constants; a node and its negation are one. */
export function size(arena: Arena, node: Node): number {
  return rowsOf(arena, node).size;
}

/** For how many cases of so many variables it holds; at least those that it depends on. */
export function count(arena: Arena, node: Node, variables: number): bigint {
  const levels = support(arena, node);
  const rank = new Map(levels.map((level, at) => [level, at]));
  const rankOf = (at: Node) => rank.get(levelOf(arena, at)) ?? levels.length;
  const counts = new Map<Node, bigint>([[0, 0n]]);
  const of = (at: Node) => {
    const regular = counts.get(at & ~1) ?? 0n;
    return (at & 1) === 0 ? regular : (1n << BigInt(levels.length - rankOf(at))) - regular;
  };
  // A node of a later variable is counted before those that lead to it.
  const rows = [...rowsOf(arena, node)].toSorted((one, other) => rankOf(other) - rankOf(one));
  for (const at of rows) {
    const ways = [lowOf(arena, at), highOf(arena, at)].map(
      (way) => of(way) << BigInt(rankOf(way) - rankOf(at) - 1),
    );
    counts.set(at, (ways[0] ?? 0n) + (ways[1] ?? 0n));
  }
  return of(node) << BigInt(rankOf(node) + variables - levels.length);
}

/** A case by the variables that decide it, with the preferred value where that leads anywhere; false is preferred else. */
export function pick(
  arena: Arena,
  node: Node,
  prefer: (index: number) => boolean | undefined,
): ReadonlyMap<number, boolean> | undefined {
  if (node === 0) return undefined;
  const values = new Map<number, boolean>();
  for (let at = node; at > 1; ) {
    const level = levelOf(arena, at);
    const [low, high] = [lowOf(arena, at), highOf(arena, at)];
    const value = (prefer(level) ?? false) ? high !== 0 : low === 0;
    values.set(level, value);
    at = value ? high : low;
  }
  return values;
}

/** Every path to true by the variables that decide it: no two share a case. */
export function* cubes(arena: Arena, node: Node): Generator<ReadonlyMap<number, boolean>> {
  const path: { readonly at: Node; readonly isHigh: boolean }[] = [];
  let at = node;
  for (;;) {
    while (at > 1) {
      path.push({ at, isHigh: false });
      at = lowOf(arena, at);
    }
    if (at === 1) yield new Map(path.map((one) => [levelOf(arena, one.at), one.isHigh]));
    let last = path.pop();
    while (last?.isHigh) last = path.pop();
    if (!last) return;
    path.push({ at: last.at, isHigh: true });
    at = highOf(arena, last.at);
  }
}

/** The variable at the root; nothing for a constant. */
export function rootOf(arena: Arena, node: Node): number | undefined {
  const level = levelOf(arena, node);
  return level === lastLevel ? undefined : level;
}
