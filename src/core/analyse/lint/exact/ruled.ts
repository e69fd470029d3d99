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
import { unchanged, type Values } from '../../walk-state.ts';
import { leadsTo } from '../jumps.ts';

/** Packets that a rule does not let go on in its chain. */
export interface Exit {
  readonly node: Node;
  readonly result: RuleResult;
}

/** One rule by itself. */
export interface Ruled {
  readonly place: RulePlace;
  /** The packets that meet its conditions. */
  readonly matched: Node;
  readonly exits: readonly Exit[];
  /** It does nothing but give verdicts, at most it counts. */
  readonly isBare: boolean;
  /** What it does to a packet is known, and the same however often the packet comes to such a rule. */
  readonly isCertain: boolean;
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

interface Work {
  readonly space: Space;
  readonly table: Table;
  readonly walk: RuleWalk;
  /** Of the rule that was walked last. */
  readonly last: { matched: Node };
  readonly chains: Map<Chain, RuledChain>;
  readonly each: () => void;
}

/** What rules of a table do at a hook; `each` is called for every rule that is worked out, and may throw to stop. */
export function ruledTable(space: Space, table: Table, hook: Hook, each: () => void): RuledTable {
  const last = { matched: 0 };
  const walk = ruleWalk(space, table, hook, {
    seen: (_place, _reached, matched) => {
      last.matched = matched;
    },
  });
  const work: Work = { space, table, walk, last, chains: new Map(), each };
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
  const rules = chain.rules.map((rule, at) => ruledRule(work, chain, rule, at));
  const trie = createTrie(work.space.bdd);
  for (const [at, { matched }] of rules.entries()) trie.add(at, matched);
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

function ruledRule(work: Work, chain: Chain, rule: Rule, at: number): Ruled {
  const { walk, table, last, each } = work;
  each();
  const place = { family: table.family, table: table.name, chain: chain.name, index: at + 1, rule };
  last.matched = 0;
  const { ruled, on } = walkRule(walk, place, { path: 1, values: unchanged });
  const { matched } = last;
  return {
    place,
    matched,
    exits: ruled.flatMap(({ path, result }) => (path === 0 ? [] : [{ node: path, result }])),
    isBare: isBare(rule),
    isCertain: rule.parts.every(isWorkedOut),
    changes: changesOf(work, rule, [on.values, ...ruled.map(({ values }) => values)]),
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

function changesOf(work: Work, rule: Rule, states: readonly Values[]): Changed {
  const {
    space,
    table,
    walk: { inputValue },
  } = work;
  const own = states
    .flatMap((values) => [...values.keys()])
    .flatMap((name) => {
      const value = inputValue(name);
      return value.kind === 'number' ? value.bits.flatMap((bit) => space.bdd.support(bit)) : [];
    });
  const targets = leadsTo(rule, table).map((name) => targetOf(work, name));
  const below = targets.flatMap(({ rules, changing }) => changing.flatMap((at) => rules[at]?.changes ?? []));
  return {
    variables: new Set([...own, ...below.flatMap(({ variables }) => [...variables])]),
    sets: updatesSets(rule) || below.some(({ sets }) => sets),
  };
}

function updatesSets({ parts }: Rule): boolean {
  return parts.some((part) =>
    part.kind === 'statement'
      ? findStatement(part.key)?.updates !== undefined
      : part.kind === 'opaque' && part.role !== 'match',
  );
}
