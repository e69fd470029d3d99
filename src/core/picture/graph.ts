// The edges of a picture as ways: which nodes are how far from the root, and which lie between two others.
import type { Edge, PictureNode } from './picture.ts';

/** The neighbours of each node, in the order of the edges. */
export type Neighbours = ReadonlyMap<string, readonly string[]>;

/** Who is connected with whom. */
export function neighboursOf(edges: readonly Edge[]): Neighbours {
  const found = new Map<string, string[]>();
  const note = (from: string, to: string): void => {
    const list = found.get(from);
    if (list) list.push(to);
    else found.set(from, [to]);
  };
  for (const { from, to } of edges) {
    note(from, to);
    note(to, from);
  }
  return found;
}

/** How many edges each node is from the root; what is not connected with it counts from its own first node. */
export function layersFrom(
  root: string | undefined,
  nodes: readonly PictureNode[],
  neighbours: Neighbours,
): ReadonlyMap<string, number> {
  const layers = new Map<string, number>();
  for (const start of [...(root === undefined ? [] : [root]), ...nodes.map(({ key }) => key)]) {
    if (layers.has(start)) continue;
    layers.set(start, 0);
    const queue = [start];
    for (const key of queue) {
      const next = (layers.get(key) ?? 0) + 1;
      for (const other of neighbours.get(key) ?? []) {
        if (layers.has(other)) continue;
        layers.set(other, next);
        queue.push(other);
      }
    }
  }
  return layers;
}

/** The nodes from one to another by the fewest edges, both included; it passes none of `closed` on the way. */
export function wayBetween(
  neighbours: Neighbours,
  from: string,
  to: string,
  isClosed: (key: string) => boolean,
): readonly string[] | undefined {
  const before = new Map<string, string | undefined>([[from, undefined]]);
  const queue = [from];
  for (const key of queue) {
    if (key === to) return backFrom(to, before);
    if (key !== from && isClosed(key)) continue;
    for (const other of neighbours.get(key) ?? []) {
      if (before.has(other)) continue;
      before.set(other, key);
      queue.push(other);
    }
  }
  return undefined;
}

function backFrom(to: string, before: ReadonlyMap<string, string | undefined>): readonly string[] {
  const found: string[] = [];
  for (let key: string | undefined = to; key !== undefined; key = before.get(key)) found.unshift(key);
  return found;
}
