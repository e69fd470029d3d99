// The proof that two rule sets do the same to all packets, for those of which one was made from the other: chain by chain,
// rule by rule as long as both say the same words, and by what stretches do to all packets where they do not.
import type { Node } from '../../bdd/bdd.ts';
import type { Hook } from '../../hook/hook.ts';
import { findChain, type Rule, type Table } from '../../ir/ruleset.ts';
import { seenBy } from '../seen-by.ts';
import type { Space } from '../space.ts';
import { type Gap, gapsBetween } from './align.ts';
import { leadingTo } from './changing-chains.ts';
import type { Outcomes } from './outcomes.ts';
import { type Program, programOf } from './program.ts';
import { type NameOf, wordsOf } from './rule-words.ts';
import { outcomesOf } from './slice.ts';

/** A chain and the table that it is in. */
export interface PlacedChain {
  readonly table: Table;
  readonly chain: string;
}

/** Two chains that are to do the same at a hook. */
export interface ChainPair {
  readonly one: PlacedChain;
  readonly other: PlacedChain;
  readonly hook: Hook;
}

/** Rules that do not do the same to some packets, or could not be shown to. */
export interface Unequal {
  readonly pair: ChainPair;
  /** The rules of both; of the one these are also those of the policy. */
  readonly rules: readonly [one: readonly Rule[], other: readonly Rule[]];
  /** Packets to which different things are done, over what they were as they came to the chain. */
  readonly packets: Node;
}

/** Longer chains are not compared as a whole. */
const mostRules = 2000;

/** Holds pairs of chains against each other, and all pairs that these lead to. */
export function unequalChains(space: Space, pairs: readonly ChainPair[]): readonly Unequal[] {
  const seen = new Map<string, readonly Unequal[]>();
  return pairs.flatMap((pair) => {
    try {
      const found = unequalBehind(space, pair, seen);
      return found.length > 0 ? unequalAsOne(space, pair, found) : [];
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return [{ pair, rules: [findChain(pair.one.table, pair.one.chain)?.rules ?? [], []], packets: 1 }];
    }
  });
}

/** What is unequal in a base chain and all chains that it leads to; `seen` has what was compared before. */
function unequalBehind(
  space: Space,
  base: ChainPair,
  seen: Map<string, readonly Unequal[]>,
): readonly Unequal[] {
  const found: Unequal[] = [];
  const names = new Map<Table, Map<string, string>>();
  const here = new Set<string>();
  const queue = [base];
  for (let pair = queue.shift(); pair; pair = queue.shift()) {
    const key = keyOf(pair);
    if (here.has(key)) continue;
    here.add(key);
    const within = withinOf(space, pair);
    const lead = (next: ChainPair) => void queue.push(next);
    const unequal = seen.get(key) ?? compare({ space, pair, within, names, lead });
    if (seen.has(key)) pairUp({ space, pair, within, names, lead }, ...programsOf(pair), []);
    seen.set(key, unequal);
    found.push(...unequal);
  }
  return found;
}

/** Chains may do different things to packets that never come to them: what counts is what the base chain does with all. */
function unequalAsOne(space: Space, pair: ChainPair, found: readonly Unequal[]): readonly Unequal[] {
  const [first] = found;
  const programs = programsOf(pair);
  const names = new Map<Table, Map<string, string>>();
  const comparing: Comparing = {
    space,
    pair,
    within: withinOf(space, pair),
    names,
    lead: () => {},
    alone: true,
  };
  if (!first || rulesIn(pair) > mostRules) return found;
  const [whole] = unequalGap(comparing, ...programs, wholeOf(programs));
  return whole ? [{ ...first, packets: whole.packets }] : [];
}

function rulesIn({ one, other }: ChainPair): number {
  return [one, other].reduce(
    (sum, { table }) => sum + table.chains.reduce((all, { rules }) => all + rules.length, 0),
    0,
  );
}

function wholeOf([left, right]: readonly [Program, Program]): Gap {
  return { one: [0, left.rules.length], other: [0, right.rules.length] };
}

function programsOf({ one, other }: ChainPair): readonly [Program, Program] {
  return [
    programOf(one.table, one.chain, (chain) => !isIn(other.table, chain)),
    programOf(other.table, other.chain, (chain) => !isIn(one.table, chain)),
  ];
}

function isIn(table: Table, chain: string): boolean {
  return findChain(table, chain) !== undefined;
}

function keyOf({ one, other, hook }: ChainPair): string {
  return JSON.stringify([placeOf(one), placeOf(other), hook]);
}

function placeOf({ table, chain }: PlacedChain): string {
  return `${table.family} ${table.name} ${chain}`;
}

/** The packets that come to chains of both tables. */
function withinOf(space: Space, { one, other }: ChainPair): () => Node {
  const { bdd } = space;
  const symbols = space.at({ hook: 'forward' });
  const seen = [one, other].map(({ table }) => seenBy[table.family](symbols));
  return () => seen.reduce((node, these) => bdd.and(node, these), space.valid());
}

interface Comparing {
  readonly space: Space;
  readonly pair: ChainPair;
  /** The packets that come to both; they may become fewer as more is asked of packets. */
  readonly within: () => Node;
  /** What chains of the one side are called on the other, where that is another name. */
  readonly names: Map<Table, Map<string, string>>;
  readonly lead: (pair: ChainPair) => void;
  /** No chain is held against another one: all that it leads to is a part of it. */
  readonly alone?: true;
}

function compare(comparing: Comparing): readonly Unequal[] {
  const { pair } = comparing;
  const { one, other } = pair;
  const [left, right] = programsOf(pair);
  const shared: NameOf = (chain) => (isIn(one.table, chain) && isIn(other.table, chain) ? chain : undefined);
  const wordsIn = ({ rules }: Program) => rules.map((rule) => wordsOf(rule, shared));
  const gaps = isSamePolicy(pair) ? gapsBetween(wordsIn(left), wordsIn(right)) : [wholeOf([left, right])];
  pairUp(comparing, left, right, gaps);
  const unequal = gaps.flatMap((gap) =>
    isEqualByRule(comparing, left, right, gap) ? [] : unequalGap(comparing, left, right, gap),
  );
  if (unequal.length === 0 || left.rules.length + right.rules.length > mostRules) return unequal;
  return unequalGap(comparing, left, right, wholeOf([left, right]));
}

function isSamePolicy({ one, other }: ChainPair): boolean {
  const [mine, others] = [one, other].map(({ table, chain }) => findChain(table, chain)?.base?.policy);
  return mine === others;
}

/** Rules that say the same lead to chains that are to do the same. */
function pairUp(comparing: Comparing, left: Program, right: Program, gaps: readonly Gap[]): void {
  const { pair, names, lead } = comparing;
  const { one, other, hook } = pair;
  const known = names.get(one.table) ?? new Map<string, string>();
  names.set(one.table, known);
  for (const [rule, twin] of equalRules(left, right, gaps)) {
    const [these, those] = [chainsBehind(rule, one.table), chainsBehind(twin, other.table)];
    for (const [at, chain] of these.entries()) {
      const name = findChain(other.table, chain) ? chain : (those[at] ?? chain);
      if (name !== chain) known.set(chain, name);
      lead({ one: { ...one, chain }, other: { ...other, chain: name }, hook });
    }
  }
}

function chainsBehind({ parts }: Rule, table: Table): readonly string[] {
  return parts.flatMap((part) => leadingTo(part, table));
}

function* equalRules(left: Program, right: Program, gaps: readonly Gap[]): Generator<readonly [Rule, Rule]> {
  let [at, there] = [0, 0];
  for (const gap of [...gaps, { one: [left.rules.length, 0], other: [right.rules.length, 0] } as const]) {
    for (; at < gap.one[0]; at++, there++) {
      const [rule, twin] = [left.rules[at], right.rules[there]];
      if (rule && twin) yield [rule, twin];
    }
    at = gap.one[1];
    there = gap.other[1];
  }
}

/** So many rules at the most are tried for one. */
const mostForOne = 12;

/** Whether each rule of the one side does what the next few of the other do: easier to see than for all at once. */
function isEqualByRule(comparing: Comparing, left: Program, right: Program, gap: Gap): boolean {
  let there = gap.other[0];
  for (let at = gap.one[0]; at < gap.one[1]; at++) {
    const from = there;
    const most = Math.min(gap.other[1], from + mostForOne);
    const isEqual = (to: number) =>
      unequalGap(comparing, left, right, { one: [at, at + 1], other: [from, to] }).length === 0;
    const ends = Array.from({ length: most - from + 1 }, (_, count) => from + count);
    const found = ends.find(isEqual);
    if (found === undefined) return false;
    there = found;
  }
  return there === gap.other[1];
}

/** What packets there are is known once all fields were read that are asked for: until then it is begun again. */
function unequalGap(comparing: Comparing, left: Program, right: Program, gap: Gap): readonly Unequal[] {
  const { space, pair, within } = comparing;
  const before = within();
  const [one, other] = [
    outcomesIn(comparing, pair.one, left, gap.one, (chain) => twinOf(comparing, chain)),
    outcomesIn(comparing, pair.other, right, gap.other, (chain) => nameOfTwin(comparing, chain)),
  ];
  const packets = differing(space, one, other);
  if (packets === 0) return [];
  if (within() !== before) return unequalGap(comparing, left, right, gap);
  const rules = [left.rules.slice(...gap.one), right.rules.slice(...gap.other)] as const;
  const otherwise = differing(space, endsOf(space, one), endsOf(space, other));
  return [{ pair, rules, packets: otherwise === 0 ? packets : otherwise }];
}

/** Packets by their last verdict alone. */
function endsOf({ bdd }: Space, outcomes: Outcomes): Outcomes {
  const ends: Outcomes = new Map();
  for (const [done, node] of outcomes) {
    const last = done.trimEnd().split('\n').at(-1) ?? '';
    ends.set(last, bdd.or(ends.get(last) ?? 0, node));
  }
  return ends;
}

function outcomesIn(
  { space, pair: { hook }, within, alone }: Comparing,
  { table, chain }: PlacedChain,
  { rules, continued }: Program,
  [from, to]: readonly [number, number],
  nameOf: NameOf,
): Outcomes {
  const side = { space, table, hook, nameOf: alone ? () => undefined : nameOf, continued };
  const outcomes = outcomesOf(side, { rules, from, to }, within());
  const policy = findChain(table, chain)?.base?.policy;
  return policy ? withPolicy(space, outcomes, policy, to === rules.length) : outcomes;
}

/** Who leaves a base chain, or comes to its end, has its policy. */
function withPolicy({ bdd }: Space, outcomes: Outcomes, policy: string, isAtEnd: boolean): Outcomes {
  const ended: Outcomes = new Map();
  for (const [done, node] of outcomes) {
    const leaves = /(?:^|\n)return\n$/.test(done) || (isAtEnd && done.endsWith('goes on\n'));
    const key = leaves ? done.replace(/(?:return|goes on)\n$/, `${policy}\n`) : done;
    ended.set(key, bdd.or(ended.get(key) ?? 0, node));
  }
  return ended;
}

/** What the other side calls a chain of the one, if it has it: both are held against each other then. */
function twinOf({ pair: { one, other, hook }, names, lead }: Comparing, chain: string): string | undefined {
  const name = names.get(one.table)?.get(chain) ?? chain;
  if (!findChain(other.table, name)) return undefined;
  lead({ one: { ...one, chain }, other: { ...other, chain: name }, hook });
  return name;
}

function nameOfTwin({ pair: { one }, names }: Comparing, chain: string): string | undefined {
  const isTwin = findChain(one.table, chain) ?? [...(names.get(one.table)?.values() ?? [])].includes(chain);
  return isTwin ? chain : undefined;
}

/** Packets with which different things are done. */
function differing({ bdd }: Space, one: Outcomes, other: Outcomes): Node {
  const keys = new Set([...one.keys(), ...other.keys()]);
  return [...keys].reduce((node, key) => bdd.or(node, bdd.xor(one.get(key) ?? 0, other.get(key) ?? 0)), 0);
}
