// Whether rules may be put together and others moved along. What is made of several does to every packet what they do, and
// two rules change places only where no packet meets both, or where both do the same to those that do.
import type { Node } from '../../bdd/bdd.ts';
import { createTrie, type Trie } from '../../bdd/trie.ts';
import type { Rule } from '../../ir/ruleset.ts';
import { type Checking, type Doubt, packetsIn } from './checking.ts';
import { comesBack, type Done } from './viewed.ts';

/** A rule as it stood before, and where it is now. */
interface Moved {
  readonly rule: Rule;
  /** The place of the rule that it became a part of. */
  readonly to: number;
}

/** The first rule that may not have gone where it is, or that was not put together rightly. */
export function doubtOfTogether(
  checking: Checking,
  before: readonly Rule[],
  after: readonly Rule[],
  made: ReadonlyMap<Rule, readonly Rule[]>,
): Doubt {
  const moved = movedTo(before, after, made);
  if (!moved) return before[0];
  for (const rule of after) {
    const from = made.get(rule);
    if (from && !isMadeOf(checking, rule, from)) return rule;
  }
  return doubtOfOrder(checking, moved);
}

/** Each rule exactly once, or nothing. */
function movedTo(
  before: readonly Rule[],
  after: readonly Rule[],
  made: ReadonlyMap<Rule, readonly Rule[]>,
): readonly Moved[] | undefined {
  const places = new Map<Rule, number>();
  let count = 0;
  for (const [at, rule] of after.entries())
    for (const part of made.get(rule) ?? [rule]) {
      places.set(part, at);
      count++;
    }
  if (count !== before.length || new Set(before).size !== count || places.size !== count) return undefined;
  const moved = before.flatMap((rule) => {
    const to = places.get(rule);
    return to === undefined ? [] : [{ rule, to }];
  });
  return moved.length === before.length ? moved : undefined;
}

/** Whether it does to every packet what the rules do it was made of, whichever comes first. */
function isMadeOf({ bdd, view }: Checking, rule: Rule, from: readonly Rule[]): boolean {
  const { does } = view(rule);
  if (!does || apartUnionOf(bdd, [...does.values()]) === undefined) return false;
  const parts = new Map<string, Node[]>();
  for (const part of from) {
    const done = view(part).does;
    if (!done) return false;
    for (const [what, packets] of done) {
      const all = parts.get(what) ?? [];
      parts.set(what, all);
      all.push(packets);
    }
  }
  return (
    parts.size === does.size &&
    [...parts].every(([what, all]) => (comesBack(what) ? apartUnionOf : unionOf)(bdd, all) === does.get(what))
  );
}

/** Halves first: each node is so looked at a few times only. */
function unionOf(bdd: Checking['bdd'], all: readonly Node[]): Node {
  const [first = 0] = all;
  if (all.length < 2) return first;
  const middle = all.length >> 1;
  return bdd.or(unionOf(bdd, all.slice(0, middle)), unionOf(bdd, all.slice(middle)));
}

/** The same of such that have no packet in common; nothing where two of them have. */
function apartUnionOf(bdd: Checking['bdd'], all: readonly Node[]): Node | undefined {
  const [first = 0] = all;
  if (all.length < 2) return first;
  const middle = all.length >> 1;
  const [one, other] = [apartUnionOf(bdd, all.slice(0, middle)), apartUnionOf(bdd, all.slice(middle))];
  if (one === undefined || other === undefined || bdd.intersects(one, other)) return undefined;
  return bdd.or(one, other);
}

/** The first rule that passed one that it may not pass. */
function doubtOfOrder({ bdd, view }: Checking, moved: readonly Moved[]): Doubt {
  // The first of the places that rules behind have come to: what stays before all of those is passed by none.
  const firstBehind = Array.from(moved, () => Infinity);
  for (let at = moved.length - 2; at >= 0; at--)
    firstBehind[at] = Math.min(firstBehind[at + 1] ?? Infinity, moved[at + 1]?.to ?? Infinity);
  const passed = createPassed(bdd);
  let last = -1;
  for (const [at, { rule, to }] of moved.entries()) {
    const { does } = to < last || (firstBehind[at] ?? Infinity) < to ? view(rule) : { does: nothing };
    if (!does || (to < last && !passed.may(does, to))) return rule;
    if ((firstBehind[at] ?? Infinity) < to) passed.add(does, to);
    last = Math.max(last, to);
  }
  return undefined;
}

const nothing: Done = new Map();

/** Verdicts that most rules give: those that give another one are looked for apart. */
const usual = ['accept', 'drop', 'return'] as const;

function kindOf(what: string): string {
  return usual.find((one) => one === what) ?? '';
}

/** The rules so far that some later one passes. */
function createPassed(bdd: Checking['bdd']) {
  const tries = new Map<string, Trie>();
  const rules: { readonly done: Done; readonly to: number }[] = [];
  return {
    add: (done: Done, to: number): void => {
      const kinds = new Map<string, Node>();
      for (const [what, node] of done) kinds.set(kindOf(what), bdd.or(kinds.get(kindOf(what)) ?? 0, node));
      for (const [kind, node] of kinds) {
        const trie = tries.get(kind) ?? createTrie(bdd);
        tries.set(kind, trie);
        trie.add(rules.length, node);
      }
      rules.push({ done, to });
    },
    /** Whether a rule may pass all that stand behind this place now. */
    may: (done: Done, to: number): boolean => {
      const packets = packetsIn({ does: done, ends: 0, changes: false }, bdd);
      for (const [kind, trie] of tries) {
        const others = kind === '' ? packets : bdd.minus(packets, done.get(kind) ?? 0);
        const near = others === 0 ? [] : trie.near(others, (at) => (rules[at]?.to ?? 0) > to);
        for (const at of near) if (!mayChange(bdd, done, rules[at]?.done ?? nothing)) return false;
      }
      return true;
    },
  };
}

/** Whether two rules do the same, whichever comes first. */
function mayChange(bdd: Checking['bdd'], one: Done, other: Done): boolean {
  for (const [what, packets] of one)
    for (const [does, those] of other)
      if ((what !== does || comesBack(what)) && bdd.intersects(packets, those)) return false;
  return true;
}
