// All packets through a chain at once: rule after rule, down jumps and back, as src/core/trace/chain.ts takes one.
import type { Node } from '../bdd/bdd.ts';
import type { Hook } from '../hook/hook.ts';
import { type Chain, findChain, type Table } from '../ir/ruleset.ts';
import { anyOf } from '../match/symbolic.ts';
import { none } from '../statement/symbolic.ts';
import type { RulePlace } from '../trace/step.ts';
import type { Space } from './space.ts';
import { ruleWalk, type Seen } from './walk-place.ts';
import { type Ruled, type RuleResult, type RuleWalk, walkRule } from './walk-rule.ts';
import { joined, unchanged, type WalkState } from './walk-state.ts';

/** What ends a base chain by a rule. */
export type ChainResult =
  | { readonly kind: 'accept' | 'drop' | 'queue' }
  | Extract<RuleResult, { kind: 'reject' | 'nat' | 'leave' }>;

/** Packets that a rule ended a base chain for. */
export interface Decided extends WalkState {
  readonly result: ChainResult;
  readonly place: RulePlace;
}

/** What becomes of the packets that come to a chain: each of them is in one of these. */
export interface ChainEnds {
  /** In the order in which rules are gone through; no packet is in two. */
  readonly decided: readonly Decided[];
  /** Those that come to the end of the chain, or that a rule of it has return. */
  readonly end: WalkState;
}

/** A walk through one chain and all that it leads to. */
interface ChainWalk extends RuleWalk {
  readonly decided: Decided[];
  /** Packets that have been in a chain before and came back from it as they were, if it changes none. */
  readonly passed: Map<Chain, WalkState>;
}

/** Where a chain is walked through: its rules see what that hook shows. */
export interface ChainPlaceOptions {
  readonly hook: Hook;
  readonly seen?: Seen;
}

/** Takes packets through a chain of a table, and all that it leads to, as they came in. */
export function walkChain(
  space: Space,
  table: Table,
  chain: Chain,
  entry: Node,
  { hook, seen }: ChainPlaceOptions,
): ChainEnds {
  return walkRules(ruleWalk(space, table, hook, { seen }), chain, { path: entry, values: unchanged });
}

/** The same for packets that rules have changed before. */
export function walkRules(walk: RuleWalk, chain: Chain, entry: WalkState): ChainEnds {
  const inner: ChainWalk = { ...walk, decided: [], passed: new Map() };
  const end = walkIn(inner, chain, entry);
  return { decided: inner.decided, end };
}

/** The packets that come back. */
function walkIn(walk: ChainWalk, chain: Chain, entry: WalkState): WalkState {
  const back: WalkState[] = [];
  let here = entry;
  for (const [at, rule] of chain.rules.entries()) {
    if (here.path === none) break;
    const { family, name: table } = walk.table;
    const place = { family, table, chain: chain.name, index: at + 1, rule };
    const { ruled, on } = walkRule(walk, place, here);
    here = followAll(walk, place, ruled, on, back);
  }
  return joined(walk.bdd, [...back, here], walk.inputValue);
}

/** Takes what a rule ruled to where it goes; the packets that go on behind the rule. */
function followAll(
  walk: ChainWalk,
  place: RulePlace,
  ruled: readonly Ruled[],
  on: WalkState,
  back: WalkState[],
): WalkState {
  const going = [on];
  for (const { result, ...state } of ruled) {
    switch (result.kind) {
      case 'return':
        back.push(state);
        break;
      case 'jump':
        going.push(enter(walk, result.chain, state));
        break;
      case 'goto':
        back.push(enter(walk, result.chain, state));
        break;
      case 'continue':
        going.push(state);
        break;
      case 'accept':
      case 'drop':
      case 'queue':
        walk.decided.push({ ...state, result: { kind: result.kind }, place });
        break;
      case 'reject':
      case 'nat':
      case 'leave':
        walk.decided.push({ ...state, result, place });
    }
  }
  return going.length === 1 ? on : joined(walk.bdd, going, walk.inputValue);
}

/** The packets that come back from another chain. */
function enter(walk: ChainWalk, name: string, entry: WalkState): WalkState {
  const target = findChain(walk.table, name);
  if (!target) throw new Error(`chain ${name} is not in table ${walk.table.name}`);
  const before = walk.passed.get(target);
  if (before?.values !== entry.values)
    return rememberPassed(walk, target, entry, walkIn(walk, target, entry));
  return enterAgain(walk, target, before, entry);
}

/**
 * Packets that came back from the chain before, unchanged, come back again. So those that are new to it are all that have
 * to go through it, however often it is called.
 */
function enterAgain(walk: ChainWalk, target: Chain, before: WalkState, entry: WalkState): WalkState {
  const { bdd } = walk;
  const known = bdd.and(entry.path, before.path);
  const fresh = { ...entry, path: bdd.minus(entry.path, known) };
  if (fresh.path === none) return entry;
  const end = walkIn(walk, target, fresh);
  const all = { path: bdd.or(known, end.path), values: end.values };
  if (end.values !== entry.values) return joined(bdd, [{ ...entry, path: known }, end], walk.inputValue);
  rememberPassed(walk, target, entry, { ...entry, path: anyOf(bdd, [before.path, end.path]) });
  return all;
}

function rememberPassed(walk: ChainWalk, target: Chain, entry: WalkState, end: WalkState): WalkState {
  if (end.values === entry.values) walk.passed.set(target, end);
  return end;
}
