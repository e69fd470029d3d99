// Packets by what was done to them.
import type { Node } from '../../bdd/bdd.ts';
import type { Space } from '../space.ts';

/** Packets by what was done to them, and for those that left a stretch of rules also by where they went. */
export type Outcomes = Map<string, Node>;

/** Both together. */
export function merged({ bdd }: Space, some: Outcomes, more: Outcomes = new Map()): Outcomes {
  const all = new Map(some);
  for (const [done, node] of more) all.set(done, bdd.or(all.get(done) ?? 0, node));
  return all;
}

/** Adds packets to which one more thing was done. */
export function put({ bdd }: Space, into: Outcomes, some: Outcomes, what: string): void {
  for (const [done, node] of some) {
    const key = `${done}${what}\n`;
    if (node !== 0) into.set(key, bdd.or(into.get(key) ?? 0, node));
  }
}

/** Adds packets to those with which the same was done. */
export function add({ bdd }: Space, to: Outcomes, done: string, node: Node): void {
  if (node !== 0) to.set(done, bdd.or(to.get(done) ?? 0, node));
}

/** Adds all. */
export function addAll(space: Space, to: Outcomes, some: Outcomes): void {
  for (const [done, node] of some) add(space, to, done, node);
}
