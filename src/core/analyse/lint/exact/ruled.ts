// What the rules of a chain do to packets at a hook, each by itself: for which packets it ends the chain or sends them
// elsewhere, and which it lets go on.
import type { Node } from '../../../bdd/bdd.ts';
import { createTrie, type Trie } from '../../../bdd/trie.ts';
import type { Hook } from '../../../hook/hook.ts';
import { type Chain, findChain, type Part, type Rule, type Table } from '../../../ir/ruleset.ts';
import { counter } from '../../../statement/counter.ts';
import { findStatement } from '../../../statement/registry.ts';
import type { RulePlace } from '../../../trace/step.ts';
import type { Space } from '../../space.ts';
import { ruleWalk } from '../../walk-place.ts';
import { type RuleResult, type RuleWalk, walkRule } from '../../walk-rule.ts';
import { unchanged } from '../../walk-state.ts';
import { leadsTo } from '../jumps.ts';
import { keyOfRule } from '../rule-key.ts';

/** Packets that a rule does not let go on in its chain. */
export interface Exit {
  readonly node: Node;
  readonly result: RuleResult;
}

/** What one rule does by itself, wherever it stands. */
export interface Deed {
  /** The packets that meet its conditions. */
  readonly matched: Node;
  readonly exits: readonly Exit[];
  /** It does nothing but give verdicts, at most it counts. */
  readonly isBare: boolean;
  /** What it does to a packet is known, and the same however often the packet comes to such a rule. */
  readonly isCertain: boolean;
  /** The variables of fields that it changes itself. */
  readonly changed: ReadonlySet<number>;
  /** The chains that it leads to. */
  readonly targets: readonly string[];
  /** What it asked for that has no settled variables. */
  readonly asked: readonly string[];
}

/** One rule by itself. */
export interface Ruled extends Deed {
  readonly deed: Deed;
  /** Its words, and how many rules of the chain have said them so far: an edit elsewhere leaves it as it is. */
  readonly key: string;
  readonly place: RulePlace;
  /** What changes behind it, by itself or by what it jumps to. */
  readonly changes: Changed;
}

/** The variables of fields that have another value, and whether sets have other elements. */
export interface Changed {
  readonly variables: ReadonlySet<number>;
  readonly sets: boolean;
}

/** A chain at a hook. */
export interface RuledChain {
  readonly chain: Chain;
  readonly rules: readonly Ruled[];
  /** Which rules match, by their indexes. */
  readonly trie: Trie;
  /** The indexes of rules behind which something has changed. */
  readonly changing: readonly number[];
  /** The same of rules that packets may leave the chain by without an end. */
  readonly leaving: readonly number[];
}

/** The chains of a table at a hook; each is worked out when it is first asked for. */
export interface RuledTable {
  readonly space: Space;
  readonly table: Table;
  chainOf(chain: Chain): RuledChain;
  /** The chain that a jump names. */
  target(name: string): RuledChain;
}

/** What is kept of rules: of each what it does, by its words, with its chain where that matters. */
export interface RuledMemory {
  readonly deeds: Map<string, Deed>;
  readonly tries: Map<string, { readonly deeds: readonly Deed[]; readonly trie: Trie }>;
  /** What rules of this look asked for that has no settled variables, in order. */
  readonly asked: Set<string>;
  /** The rules of this look that change sets, which others ask. */
  readonly disturbing: string[];
  /** The packets that rules match which are there in this look and were not before, or the other way round. */
  edited: Edited;
}

/** What is other than at the look before. */
export interface Edited {
  /** Nothing where that can't be said as packets. */
  readonly node: Node | undefined;
}

/** Nothing yet. */
export function ruledMemory(): RuledMemory {
  return { deeds: new Map(), tries: new Map(), asked: new Set(), disturbing: [], edited: { node: 0 } };
}

interface Work {
  readonly memory: RuledMemory;
  readonly space: Space;
  readonly table: Table;
  readonly walk: RuleWalk;
  /** Of the rule that was walked last. */
  readonly last: { matched: Node };
  readonly chains: Map<Chain, RuledChain>;
  readonly each: () => void;
}

/** What rules of a table do at a hook; `each` is called for every rule that is worked out, and may throw to stop. */
export function ruledTable(
  space: Space,
  table: Table,
  hook: Hook,
  each: () => void,
  memory: RuledMemory,
): RuledTable {
  memory.asked.clear();
  memory.disturbing.length = 0;
  memory.edited = { node: 0 };
  const last = { matched: 0 };
  const walk = ruleWalk(space, table, hook, {
    seen: (_place, _reached, matched) => {
      last.matched = matched;
    },
  });
  const work: Work = { memory, space, table, walk, last, chains: new Map(), each };
  return {
    space,
    table,
    chainOf: (chain) => ruledChain(work, chain),
    target: (name) => targetOf(work, name),
  };
}

function targetOf(work: Work, name: string): RuledChain {
  const chain = findChain(work.table, name);
  if (!chain) throw new Error(`chain ${name} is not in table ${work.table.name}`);
  return ruledChain(work, chain);
}

function ruledChain(work: Work, chain: Chain): RuledChain {
  const known = work.chains.get(chain);
  if (known) return known;
  const counts = new Map<string, number>();
  const rules = chain.rules.map((rule, at) =>
    ruledRule(work, chain, at, { rule, key: keyOfRule(rule), counts }),
  );
  const trie = trieOf(work, chain, rules);
  const indexes = (holds: (rule: Ruled) => boolean) => rules.flatMap((rule, at) => (holds(rule) ? [at] : []));
  const made: RuledChain = {
    chain,
    rules,
    trie,
    changing: indexes(({ changes }) => changes.sets || changes.variables.size > 0),
    leaving: indexes(({ exits }) => exits.some(({ result }) => leaves(result))),
  };
  work.chains.set(chain, made);
  return made;
}

function leaves({ kind }: RuleResult): boolean {
  return kind === 'return' || kind === 'goto';
}

/** The same again where no rule does anything else than before; else what is other is remembered. */
function trieOf({ memory, space }: Work, { name }: Chain, rules: readonly Ruled[]): Trie {
  const own = rules.map(({ deed }) => deed);
  const known = memory.tries.get(name);
  const other = otherDeeds(known?.deeds ?? [], own);
  if (known && other.length === 0) return known.trie;
  memory.edited = withOthers(space, memory.edited, other);
  const trie = createTrie(space.bdd);
  for (const [at, { matched }] of rules.entries()) trie.add(at, matched);
  memory.tries.set(name, { deeds: own, trie });
  return trie;
}

/** Those between what both begin and end with. */
function otherDeeds(before: readonly Deed[], now: readonly Deed[]): readonly Deed[] {
  const shorter = Math.min(before.length, now.length);
  let start = 0;
  while (start < shorter && before[start] === now[start]) start++;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === now[now.length - 1 - end]) end++;
  return [...before.slice(start, before.length - end), ...now.slice(start, now.length - end)];
}

function withOthers({ bdd }: Space, { node }: Edited, others: readonly Deed[]): Edited {
  if (node === undefined || others.length > mostOthers) return { node: undefined };
  if (others.some(({ changed }) => changed.size > 0)) return { node: undefined };
  return { node: others.reduce((all, { matched }) => bdd.or(all, matched), node) };
}

/** With more rules that are other, it is another rule set. */
const mostOthers = 64;

interface Named {
  readonly rule: Rule;
  readonly key: string;
  /** How many rules of the chain before have the same key. */
  readonly counts: Map<string, number>;
}

function ruledRule(work: Work, chain: Chain, at: number, { rule, key, counts }: Named): Ruled {
  const { table, each } = work;
  each();
  const place = { family: table.family, table: table.name, chain: chain.name, index: at + 1, rule };
  const number = (counts.get(key) ?? 0) + 1;
  counts.set(key, number);
  const deed = deedOf(work, key, { ...place, index: number });
  return { ...deed, deed, key: `${key}\n${number}`, place, changes: changesOf(work, rule, deed) };
}

/**
 * What is known of a rule with these words, else what comes of a walk through it. The place says by its index how many such
 * rules the chain has so far: what counts there is the same wherever they stand.
 */
function deedOf(work: Work, text: string, place: RulePlace): Deed {
  const { deeds, asked, disturbing } = work.memory;
  const placed = `${text}\n${place.chain} ${place.index}`;
  const deed = deeds.get(text) ?? deeds.get(placed) ?? newDeed(work, place);
  deeds.set(deed.asked.length > 0 ? placed : text, deed);
  for (const name of deed.asked) asked.add(name);
  if (updatesSets(place.rule)) disturbing.push(placed);
  return deed;
}

function newDeed({ walk, space, last, table }: Work, place: RulePlace): Deed {
  const { rule } = place;
  space.asked();
  last.matched = 0;
  const { ruled, on } = walkRule(walk, place, { path: 1, values: unchanged });
  const changed = [on, ...ruled]
    .flatMap(({ values }) => [...values.keys()])
    .flatMap((name) => {
      const value = walk.inputValue(name);
      return value.kind === 'number' ? value.bits.flatMap((bit) => space.bdd.support(bit)) : [];
    });
  return {
    matched: last.matched,
    exits: ruled.flatMap(({ path, result }) => (path === 0 ? [] : [{ node: path, result }])),
    isBare: isBare(rule),
    isCertain: rule.parts.every(isWorkedOut),
    changed: new Set(changed),
    targets: leadsTo(rule, table),
    asked: space.asked(),
  };
}

/** Whether it is known for every packet what it does. */
function isWorkedOut(part: Part): boolean {
  if (part.kind !== 'statement') return part.kind === 'match';
  const definition = findStatement(part.key);
  return definition?.symbolic !== undefined || definition?.passes === true;
}

function isBare({ parts }: Rule): boolean {
  return parts.every((part) => {
    if (part.kind !== 'statement') return part.kind === 'match';
    return part.key === counter.key || findStatement(part.key)?.ends?.(part.args) === true;
  });
}

function changesOf(work: Work, rule: Rule, deed: Deed): Changed {
  const { changed } = deed;
  const targets = deed.targets.map((name) => targetOf(work, name));
  const sets = updatesSets(rule);
  if (targets.length === 0) return { variables: changed, sets };
  const below = targets.flatMap(({ rules, changing }) => changing.flatMap((at) => rules[at]?.changes ?? []));
  return {
    variables: new Set([...changed, ...below.flatMap(({ variables }) => [...variables])]),
    sets: sets || below.some((one) => one.sets),
  };
}

function updatesSets({ parts }: Rule): boolean {
  return parts.some((part) =>
    part.kind === 'statement'
      ? findStatement(part.key)?.updates !== undefined
      : part.kind === 'opaque' && part.role !== 'match',
  );
}
