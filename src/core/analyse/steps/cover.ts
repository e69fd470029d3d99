// Whether packets are all among those of some functions taken together.
import type { Bdd, Node } from '../../bdd/bdd.ts';
import { createTrie } from '../../bdd/trie.ts';

/** Functions that were added one by one. */
export interface Cover {
  readonly add: (node: Node) => void;
  /** Whether one of them holds wherever this one does. */
  readonly hasAll: (packets: Node) => boolean;
}

/** None. */
export function createCover(bdd: Bdd): Cover {
  const trie = createTrie(bdd);
  const nodes: Node[] = [];
  const known = new Set<Node>();
  return {
    add: (node) => {
      if (node === 0 || known.has(node)) return;
      known.add(node);
      trie.add(nodes.length, node);
      nodes.push(node);
    },
    hasAll: (packets) => {
      if (known.has(packets)) return true;
      // Few are asked for: those that hold for a packet that is left.
      for (let left = packets; left !== 0; ) {
        const packet = bdd.pick(left) ?? new Map();
        const holding = trie.holding((variable) => packet.get(variable) ?? false);
        if (holding.length === 0) return false;
        for (const at of holding) left = bdd.minus(left, nodes[at] ?? 0);
      }
      return true;
    },
  };
}
