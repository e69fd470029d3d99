// The leading conditions of a rule that iptables can evaluate together.
import { always, type Conjunction, join, states } from './conjunction.ts';
import { areDisjoint } from './disjoint.ts';
import type { Condition, Item } from './item.ts';

/** One conjunction for each way to satisfy the conditions, and what is left of the rule behind them. */
export interface Group {
  readonly conditions: readonly Conjunction[];
  /** Evaluating it twice is not the same as evaluating it once. */
  readonly stateful: boolean;
  /** No packet satisfies two of the conjunctions. */
  readonly disjoint: boolean;
  readonly rest: readonly Item[];
}

/** More combinations than this become chains instead. */
const widest = 32;

/** As many leading conditions as fit together; undefined if there is none. */
export function gather(items: readonly Item[]): Group | undefined {
  let group: Group = { conditions: [always], stateful: false, disjoint: true, rest: items };
  for (const [index, item] of items.entries()) {
    const extended = item.kind === 'any' && canExtend(group, item) && extend(group, item);
    if (!extended) break;
    group = { ...extended, rest: items.slice(index + 1) };
  }
  return group.rest === items ? undefined : group;
}

/**
 * A second evaluation, or one before a condition that stood first, would change what stateful conditions say; and each
 * line would have a state of its own, so they stand behind one line only.
 */
function canExtend(group: Group, item: Condition): boolean {
  const ways = item.alternatives.length;
  if (group.conditions.length > 1 && ways > 1 && group.conditions.length * ways > widest) return false;
  if (item.stateful && group.conditions.length > 1) return false;
  return !group.stateful || (ways === 1 && !movesForward(group, item));
}

/** iptables evaluates its own options before all modules: a new one would move before what is there. */
function movesForward({ conditions }: Group, { alternatives }: Condition): boolean {
  return alternatives.some((pieces) =>
    pieces.some((piece) => piece.own && !conditions.every((condition) => states(condition, piece))),
  );
}

function extend(group: Group, item: Condition): Group | undefined {
  const joined = group.conditions.flatMap((condition) =>
    item.alternatives.map((alternative) => join(condition, alternative)),
  );
  if (joined.includes('conflict')) return undefined;
  return {
    conditions: joined.filter((one) => typeof one !== 'string'),
    stateful: group.stateful || item.stateful,
    disjoint: group.disjoint && areDisjoint(item.alternatives),
    rest: [],
  };
}
