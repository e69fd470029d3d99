// Cycles and depth in a graph of names: constants that lead to each other, chains that jump to each other.

/** Something that leads from one node to another. */
export interface Edge<Node> {
  readonly to: Node;
}

interface Step<Node, Via extends Edge<Node>> {
  readonly node: Node;
  readonly edges: readonly Via[];
  next: number;
  /** The edge that is being followed. */
  via?: Via;
}

/** Finds cycles, at least one where there are any, each as its edges in order; depth-first, without recursion. */
export function findCycles<Node, Via extends Edge<Node>>(
  nodes: Iterable<Node>,
  edgesOf: (node: Node) => readonly Via[],
): readonly (readonly Via[])[] {
  const cycles: (readonly Via[])[] = [];
  const done = new Set<Node>();
  for (const start of nodes) {
    const stack: Step<Node, Via>[] = [];
    const depth = new Map<Node, number>();
    const enter = (node: Node): void => {
      depth.set(node, stack.length);
      stack.push({ node, edges: edgesOf(node), next: 0 });
    };
    if (!done.has(start)) enter(start);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const edge = top.edges[top.next++];
      if (!edge) {
        done.add(top.node);
        depth.delete(top.node);
        stack.pop();
        continue;
      }
      top.via = edge;
      const at = depth.get(edge.to);
      if (at !== undefined) cycles.push(stack.slice(at).flatMap((step) => step.via ?? []));
      else if (!done.has(edge.to)) enter(edge.to);
    }
  }
  return cycles;
}

/** The kernel's NFT_JUMP_STACK_SIZE less the base chain itself. */
export const deepestJump = 15;

/**
 * The ways that lead deeper below a base chain than the kernel lets chains be nested, one for each last edge
 * (net/netfilter/nf_tables_api.c: nft_chain_validate, EMLINK). There must be no cycle.
 */
export function findTooDeep<Node, Via extends Edge<Node>>(
  bases: Iterable<Node>,
  edgesOf: (node: Node) => readonly Via[],
): readonly (readonly Via[])[] {
  const found: (readonly Via[])[] = [];
  const depth = new Map<Node, number>();
  const visit = (node: Node, path: readonly Via[]): void => {
    if (path.length <= (depth.get(node) ?? -1)) return;
    depth.set(node, path.length);
    for (const edge of edgesOf(node)) {
      if (path.length === deepestJump) found.push([...path, edge]);
      else visit(edge.to, [...path, edge]);
    }
  };
  for (const base of bases) visit(base, []);
  return found;
}
