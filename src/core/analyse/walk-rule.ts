// One rule and all packets that come to it: which ones match, and what becomes of them.
import type { Bdd, Node } from '../bdd/bdd.ts';
import type { Part, Statement, Table } from '../ir/ruleset.ts';
import type { SymbolicContext } from '../match/define.ts';
import { anyOf } from '../match/symbolic.ts';
import type { NatRequest, Verdict } from '../statement/define.ts';
import { findStatement } from '../statement/registry.ts';
import {
  all,
  anything,
  type FieldChange,
  none,
  passing,
  type SymbolicCase,
  type SymbolicEffect,
} from '../statement/symbolic.ts';
import { isCondition } from '../trace/condition.ts';
import type { RulePlace } from '../trace/step.ts';
import type { Condition } from './condition.ts';
import { type InputValue, joined, type Values, type WalkState } from './walk-state.ts';

/** What the rules of one table are walked through with, at one hook. */
export interface RuleWalk {
  readonly bdd: Bdd;
  readonly table: Table;
  /** What rules may ask of packets with these values. */
  contextOf(values: Values, place: RulePlace): SymbolicContext;
  /** The packets for which a condition holds; `place` says which rule it is of. */
  holds(condition: Condition, values: Values, place: RulePlace): Node;
  /** What packets are once a rule has changed them. */
  change(values: Values, change: FieldChange): Values;
  /** The same where a rule says before conntrack how it is to treat them. */
  track?(values: Values, how: 'untrack' | 'set-zone'): Values;
  readonly inputValue: InputValue;
  /** Is told of every rule which packets came to it, and which of them met all of its conditions. */
  seen?(place: RulePlace, reached: Node, matched: Node): void;
}

/** What a rule may do to packets beside letting them go on. */
export type RuleResult = Verdict | { readonly kind: 'nat'; readonly request: NatRequest } | Leaving;

type Leaving = Extract<SymbolicEffect, { kind: 'leave' }>;

/** Packets that a rule ends its chain for, or sends elsewhere. */
export interface Ruled extends WalkState {
  readonly result: RuleResult;
}

/** What becomes of the packets at a rule. */
export interface RuleEnds {
  readonly ruled: readonly Ruled[];
  readonly on: WalkState;
}

interface Progress {
  matching: WalkState;
  readonly missed: WalkState[];
  readonly ruled: Ruled[];
}

/** Takes packets through one rule. */
export function walkRule(walk: RuleWalk, place: RulePlace, here: WalkState): RuleEnds {
  const progress: Progress = { matching: here, missed: [], ruled: [] };
  const { parts } = place.rule;
  for (let at = 0; at < parts.length && progress.matching.path !== none; ) {
    const conditions = conditionsFrom(parts, at);
    const part = parts[at];
    if (conditions.length > 0) meet(walk, place, conditions, progress);
    else if (part) carryOut(walk, place, part, progress);
    at += conditions.length || 1;
  }
  const { ruled, missed, matching } = progress;
  walk.seen?.(place, here.path, anyOf(walk.bdd, [...ruled.map(({ path }) => path), matching.path]));
  const isUnruled = missed.length === 0 && ruled.length === 0;
  return { ruled, on: isUnruled ? matching : joined(walk.bdd, [...missed, matching], walk.inputValue) };
}

/** Conditions that follow each other are asked of the same packets. */
function conditionsFrom(parts: readonly Part[], from: number): readonly Condition[] {
  const end = parts.findIndex((part, at) => at >= from && !isCondition(part));
  return parts.slice(from, end < 0 ? parts.length : end).filter(isCondition);
}

function meet(walk: RuleWalk, place: RulePlace, conditions: readonly Condition[], progress: Progress): void {
  const { bdd } = walk;
  const { values } = progress.matching;
  const holds = conditions.reduce(
    (before, condition) => bdd.and(before, walk.holds(condition, values, place)),
    all,
  );
  divide(walk, holds, progress);
}

/** Those for whom it does not hold miss the rule. */
function divide({ bdd }: RuleWalk, holds: Node, progress: Progress): void {
  const { path, values } = progress.matching;
  const missed = bdd.minus(path, holds);
  if (missed === none) return;
  progress.missed.push({ path: missed, values });
  progress.matching = { path: bdd.and(path, holds), values };
}

function carryOut(walk: RuleWalk, place: RulePlace, part: Part, progress: Progress): void {
  const { path, values } = progress.matching;
  const going: WalkState[] = [];
  for (const { when, effect } of casesOf(part, walk.contextOf(values, place))) {
    const state = { path: walk.bdd.and(path, when), values };
    if (state.path !== none) apply(walk, effect, state, progress, going);
  }
  progress.matching = joined(walk.bdd, going, walk.inputValue);
}

function casesOf(part: Part, context: SymbolicContext): readonly SymbolicCase[] {
  if (part.kind === 'statement') return casesOfStatement(part, context);
  if (part.kind === 'opaque' && part.role === 'statement') return passing();
  return anything(context, part.kind === 'opaque' ? `what \`${part.text}\` does is not known` : part.key);
}

function casesOfStatement({ key, args }: Statement, context: SymbolicContext): readonly SymbolicCase[] {
  const definition = findStatement(key);
  if (!definition) throw new Error(`no definition of \`${key}\``);
  if (definition.symbolic) return definition.symbolic(args, context);
  return definition.passes
    ? passing()
    : anything(context, `what \`${definition.write(args)}\` does to all packets is not worked out`);
}

function apply(
  walk: RuleWalk,
  effect: SymbolicEffect,
  state: WalkState,
  { missed, ruled }: Progress,
  going: WalkState[],
): void {
  switch (effect.kind) {
    case 'none':
      going.push(state);
      return;
    case 'mismatch':
      missed.push(state);
      return;
    case 'verdict':
      if (effect.verdict.kind === 'continue') going.push(state);
      else ruled.push({ ...state, result: effect.verdict });
      return;
    case 'nat':
    case 'leave':
      ruled.push({ ...state, result: effect });
      return;
    case 'untrack':
    case 'set-zone':
      going.push({ ...state, values: walk.track?.(state.values, effect.kind) ?? state.values });
      return;
    case 'set':
      going.push({
        ...state,
        values: effect.changes.reduce((values, change) => walk.change(values, change), state.values),
      });
  }
}
