// What the rules of a chain decide about some packets, rule by rule: only those are looked at that may match one of them.
import type { Node } from '../../../bdd/bdd.ts';
import type { Ruled, RuledChain, RuledTable } from './ruled.ts';

/** Packets that a rule decides about for sure. */
export interface Decided {
  readonly rule: Ruled;
  readonly node: Node;
  readonly passes: boolean;
}

/** What becomes of the packets. */
export interface Decisions {
  readonly decided: readonly Decided[];
  /** Those that may come to the end: of others nobody knows, or they went elsewhere. */
  readonly left: Node;
}

/** Some chain changes packets, so that conditions behind it are about others. */
export class PacketsChange extends Error {
  override readonly name = 'PacketsChange';
}

/** Takes the packets through the rules of a chain before an index. Throws `PacketsChange`. */
export function decisionsIn(table: RuledTable, chain: RuledChain, region: Node, before: number): Decisions {
  const { bdd } = table.space;
  const decided: Decided[] = [];
  let left = region;
  let back = 0;
  for (const index of nearBefore(chain, region, before)) {
    const rule = chain.rules[index];
    if (!rule || !bdd.intersects(left, rule.matched)) continue;
    if (rule.changes.sets || rule.changes.variables.size > 0) throw new PacketsChange(rule.place.chain);
    if (!rule.isCertain || isOpen(table, rule)) continue;
    for (const { node, result } of rule.exits) {
      const met = bdd.and(left, node);
      if (met === 0) continue;
      left = bdd.minus(left, node);
      switch (result.kind) {
        case 'accept':
        case 'drop':
        case 'reject':
          decided.push({ rule, node: met, passes: result.kind === 'accept' });
          break;
        case 'return':
          back = bdd.or(back, met);
          break;
        case 'jump':
        case 'goto': {
          const inside = decisionsIn(table, table.target(result.chain), met, Number.POSITIVE_INFINITY);
          decided.push(...inside.decided);
          if (result.kind === 'jump') left = bdd.or(left, inside.left);
          else back = bdd.or(back, inside.left);
          break;
        }
        case 'queue':
        case 'continue':
        case 'nat':
        case 'leave':
      }
    }
  }
  return { decided, left: before === Number.POSITIVE_INFINITY ? bdd.or(left, back) : left };
}

const open = new WeakMap<Ruled, boolean>();

/** Whether nobody can tell which of the packets it matches: what it ends is not sure. */
function isOpen({ space }: RuledTable, rule: Ruled): boolean {
  const known = open.get(rule) ?? space.freeIn(rule.matched).length > 0;
  open.set(rule, known);
  return known;
}

/** The rules before an index that may match one of the packets, in order. */
function nearBefore({ trie }: RuledChain, region: Node, before: number): readonly number[] {
  return [...trie.near(region)].filter((index) => index < before).toSorted((one, other) => one - other);
}
