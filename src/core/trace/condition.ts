// Whether the conditions of a rule hold: by the packet, by an assumption that is stated, or by supposition.
import type { Match, OpaquePart, Part, Table } from '../ir/ruleset.ts';
import type { EvaluationContext, MatchDefinition, Truth } from '../match/define.ts';
import { takeTurn } from '../match/memory.ts';
import { findMatch } from '../match/registry.ts';
import { isIp } from '../packet/packet.ts';
import { refersToConntrack } from '../statement/conntrack.ts';
import { type MemoryPlace, memoryAt } from './memory.ts';
import { type Run, viewOf } from './run.ts';
import { lookupsIn } from './set-state.ts';
import type { FailedCondition } from './step.ts';

/** A match, or something not understood that is known to be one. */
export type Condition = Match | (OpaquePart & { readonly role: 'match' });

export function isCondition(part: Part): part is Condition {
  return part.kind === 'match' || (part.kind === 'opaque' && part.role === 'match');
}

/** What a match or statement may ask at this point of the packet's way. */
export function contextAt(run: Run, table: Table): EvaluationContext {
  return { view: viewOf(run), ...lookupsIn(run, table) };
}

/** The same where the packet is counted, once, at a place in the rules. */
export function counting(run: Run, context: EvaluationContext, place: MemoryPlace): EvaluationContext {
  const memory = memoryAt(run, place);
  let turn: { readonly place: number | undefined } | undefined;
  const takenOnce = (round: number) => {
    turn ??= { place: takeTurn(memory, round) };
    return turn.place;
  };
  return { ...context, memory, view: { ...context.view, turn: takenOnce } };
}

/** A condition within a rule, or within what an element of a set keeps. */
export interface ConditionPlace {
  readonly parts: readonly Part[];
  readonly at: number;
  readonly table: Table;
  /** Tells the list of parts from all others of its table; without it nothing is counted. */
  readonly name: string | undefined;
}

/**
 * The condition that fails at this place of a rule, if any. Where its own truth is not known, the conditions behind it
 * are looked at first: if one of them certainly fails, nothing needs to be supposed.
 */
export function failedCondition(
  run: Run,
  context: EvaluationContext,
  { parts, at, table, name }: ConditionPlace,
  notes: string[],
): FailedCondition | undefined {
  const condition = parts[at];
  if (!condition || !isCondition(condition)) return undefined;
  const truth = isOfBridgedConnection(run, condition)
    ? bridgedConnection
    : name !== undefined && counts(condition)
      ? truthOf(run, condition, counting(run, context, placeOf(condition, table, `${name} ${at}`)))
      : truthOf(run, condition, context);
  if (truth.result === 'unknown')
    return certainFailure(run, parts.slice(at + 1), context) ?? supposed(run, condition, truth.why, notes);
  if (truth.result !== 'assumed') {
    if (!truth.result) return failure(condition, truth.actual);
    return failedLimit(run, context, condition, notes) ?? noteFacts(condition, truth.actual, notes);
  }
  run.assumptions.add(truth.assumption);
  notes.push(`assumed: ${truth.assumption}`);
  return truth.holds ? undefined : failure(condition, 'assumed');
}

/** Where a bridge tracks the connections of its frames, they are others than those of IP. */
const bridgedConnection: Truth = {
  result: 'unknown',
  why: 'the connections of frames in a bridge are not followed',
};

function isOfBridgedConnection(run: Run, condition: Condition): boolean {
  return run.layer === 'bridge' && condition.kind === 'match' && refersToConntrack(condition);
}

function counts(condition: Condition): boolean {
  return condition.kind === 'match' && definitionOf(condition).stateful === true;
}

function placeOf(condition: Condition, table: Table, name: string): MemoryPlace {
  return { table, name, about: () => `\`${conditionText(condition)}\`` };
}

/** An element that is found has its limits asked (net/netfilter/nft_lookup.c: nft_lookup_eval). */
function failedLimit(
  run: Run,
  context: EvaluationContext,
  condition: Condition,
  notes: string[],
): FailedCondition | undefined {
  const names = condition.kind === 'match' ? definitionOf(condition).sets(condition.args) : [];
  const limited = names.find((name) => context.isLimited?.(name));
  if (limited === undefined) return undefined;
  return supposed(run, condition, `the limits of the elements of @${limited} are not followed here`, notes);
}

/** What holds by facts that are not in the packet is said too. */
function noteFacts(condition: Condition, actual: string, notes: string[]): undefined {
  const knowledge = condition.kind === 'match' ? definitionOf(condition).knowledge : undefined;
  if (knowledge === 'host' || knowledge === 'time') notes.push(`\`${conditionText(condition)}\`: ${actual}`);
}

function truthOf(run: Run, condition: Condition, context: EvaluationContext): Truth {
  if (condition.kind === 'opaque') return { result: 'unknown', why: 'not understood' };
  const definition = definitionOf(condition);
  if (definition.family && !isIp(context.view.packet)) return { result: false, actual: 'no IP packet' };
  return definition.evaluate(condition.args, observed(run, condition, context));
}

/** The context of a part of a rule, where somebody looks on. */
export function observed(run: Run, part: Part, context: EvaluationContext): EvaluationContext {
  return run.request.observer?.seen(part, context) ?? context;
}

/** Statements may change what is looked at, so only conditions up to the next one count. */
function certainFailure(
  run: Run,
  parts: readonly Part[],
  context: EvaluationContext,
): FailedCondition | undefined {
  for (const part of parts) {
    if (!isCondition(part)) return undefined;
    const truth = truthOf(run, part, context);
    if (truth.result === false) return failure(part, truth.actual);
  }
  return undefined;
}

function supposed(run: Run, condition: Condition, why: string, notes: string[]): FailedCondition | undefined {
  const text = conditionText(condition);
  const answer = run.ask(`\`${text}\` at ${run.hook} (${why})${afterUpdates(run, condition)}`, ['yes', 'no']);
  notes.push(`\`${text}\` is not known: supposed ${answer}`);
  return answer === 'yes' ? undefined : failure(condition, 'not the case by supposition');
}

/** Of a set that the packet itself has changed in between the same is another question. */
function afterUpdates(run: Run, condition: Condition): string {
  if (condition.kind === 'opaque') return '';
  const names = definitionOf(condition).sets(condition.args);
  const updates = names.map((name) => run.setUpdates.get(name) ?? 0).reduce((sum, one) => sum + one, 0);
  return updates === 0 ? '' : `, after it was changed ${updates === 1 ? 'once' : `${updates} times`}`;
}

function failure(condition: Condition, actual: string): FailedCondition {
  return { condition: conditionText(condition), actual };
}

/** Written once for each condition: many packets, and many changes of one that are tried, fail at the same. */
function conditionText(condition: Condition): string {
  if (condition.kind === 'opaque') return condition.text;
  const text = texts.get(condition) ?? definitionOf(condition).write(condition.args);
  texts.set(condition, text);
  return text;
}

const texts = new WeakMap<Match, string>();

function definitionOf({ key }: Match): MatchDefinition<unknown> {
  const definition = findMatch(key);
  if (!definition) throw new Error(`no definition of \`${key}\``);
  return definition;
}
