// The first rule of a chain whose head holds for a packet, found in a tree of the rules.
import { type Asking, packHeads, type RuleHead } from './rule-head.ts';
import { branchAt, listAt, nodeAt, ruleTree } from './rule-tree.ts';

/** Finds rules by the codes of a packet. */
export interface RuleFinder {
  /** The first rule from `from` on whose head holds; their number if there is none. */
  first(from: number): number;
  bytes(): number;
}

/** Makes a finder for the rules of a chain by their heads. */
export function ruleFinder(heads: readonly RuleHead[], asking: Asking): RuleFinder {
  const { codes, truths } = asking;
  const packed = packHeads(heads, asking);
  const tree = ruleTree(heads, asking.counts, (rule, part, at) =>
    (heads[rule]?.bits ?? []).every(
      (one) => one.part !== part || ((truths.words[at + (one.bit >> 5)] ?? 0) >>> (one.bit & 31)) % 2 === 1,
    ),
  );
  let { words } = tree.arena;
  let from = 0;

  const scan = (at: number, count: number, best: number): number => {
    for (let place = at; place < at + count; place++) {
      const rule = words[place] ?? 0;
      if (rule >= best) return best;
      if (rule >= from && packed.holds(rule)) return rule;
    }
    return best;
  };
  const walk = (start: number, before: number): number => {
    let best = before;
    for (let at = start; at !== 0; at = words[at + listAt.next] ?? 0) {
      const count = words[at + listAt.count] ?? 0;
      const rules = at + listAt.rules;
      best = count < 0 ? visit(words[rules] ?? 0, best) : scan(rules, count, best);
    }
    return best;
  };
  const listOf = (at: number): number => {
    const code = codes[words[at + branchAt.part] ?? 0] ?? 0;
    const segments = words[at + branchAt.segments] ?? 0;
    const borders = words[at + branchAt.borders] ?? 0;
    if (segments < 0) {
      const found = tree.plainList(borders, code);
      words = tree.arena.words;
      return found;
    }
    const starts = words[at + branchAt.starts] ?? 0;
    if (segments === 0) return words[starts + code] ?? 0;
    let [low, high] = [0, segments - 1];
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if ((words[borders + middle] ?? 0) <= code) low = middle;
      else high = middle - 1;
    }
    return words[starts + low] ?? 0;
  };
  const visit = (node: number, before: number): number => {
    if ((words[node + nodeAt.least] ?? 0) >= before) return before;
    let best = before;
    const count = words[node + nodeAt.branches] ?? 0;
    for (let turn = 0, at = node + nodeAt.size; turn < count; turn++, at += branchAt.size) {
      if ((words[at + branchAt.least] ?? 0) >= best) break;
      best = walk(listOf(at), best);
    }
    return scan(words[node + nodeAt.rest] ?? 0, words[node + nodeAt.restCount] ?? 0, best);
  };
  return {
    first: (least) => {
      from = least;
      return visit(tree.root, heads.length);
    },
    bytes: () => packed.bytes + tree.arena.words.byteLength,
  };
}
