// All rules that let packets pass or stop them, in a chain and in those that it leads to, found by what they match.
import type { Node } from '../../../bdd/bdd.ts';
import { createTrie, type Trie } from '../../../bdd/trie.ts';
import { type Budget, demandTime } from '../budget.ts';
import type { Exit, Ruled, RuledChain, RuledTable } from './ruled.ts';

/** A rule that ends packets, seen from a chain. */
export interface Ending {
  /** The rule of the chain that it is, or that leads to it. */
  readonly index: number;
  readonly rule: Ruled;
  readonly passes: boolean;
  /** The packets of the exit, if nothing ended them before. */
  readonly node: Node;
}

/** Those of one chain. */
export interface Endings {
  readonly list: readonly Ending[];
  /** By what they match: those that let packets pass, and those that stop them. */
  readonly passing: Trie;
  readonly stopping: Trie;
}

/** What a table is asked about. */
export interface EndingWork {
  readonly table: RuledTable;
  readonly budget: Budget;
  readonly found: Map<RuledChain, Endings>;
}

/** The rules of a chain and below that end packets for sure, in order. */
export function endingsOf(work: EndingWork, chain: RuledChain): Endings {
  const known = work.found.get(chain);
  if (known) return known;
  const list = chain.rules.flatMap((rule, index) =>
    isOpen(work.table, rule) ? [] : rule.exits.flatMap((exit) => endingsBehind(work, rule, exit, index)),
  );
  const { bdd } = work.table.space;
  const made = { list, passing: createTrie(bdd), stopping: createTrie(bdd) };
  for (const [at, { node, passes }] of list.entries()) (passes ? made.passing : made.stopping).add(at, node);
  work.found.set(chain, made);
  return made;
}

/** Whether nobody can tell what it does: what it ends is not sure. */
function isOpen({ space }: RuledTable, { isCertain, matched }: Ruled): boolean {
  return !isCertain || space.freeIn(matched).length > 0;
}

function endingsBehind(
  work: EndingWork,
  rule: Ruled,
  { node, result }: Exit,
  index: number,
): readonly Ending[] {
  demandTime(work.budget);
  const { bdd } = work.table.space;
  switch (result.kind) {
    case 'accept':
    case 'drop':
    case 'reject':
      return [{ index, rule, node, passes: result.kind === 'accept' }];
    case 'jump':
    case 'goto':
      return endingsOf(work, work.table.target(result.chain)).list.flatMap((one) => {
        const both = bdd.and(node, one.node);
        return both === 0 ? [] : [{ ...one, index, node: both }];
      });
    case 'return':
    case 'queue':
    case 'continue':
    case 'nat':
    case 'leave':
      return [];
  }
}
