// Changes of a packet that the rules on its way suggest: so that one more of them matches, or one of them no longer.
import type { Match, Rule, RuleSet } from '../ir/ruleset.ts';
import { type EvaluationContext, lookupsOf, type MatchDefinition, type Truth } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import type { Injection } from '../packet/packet.ts';
import { findStatement } from '../statement/registry.ts';
import type { TraceRequest } from '../trace/run.ts';
import type { RuleStep, Way } from '../trace/step.ts';
import type { Choose } from './every-choice.ts';
import { otherProtocols } from './values.ts';

interface DefinedMatch {
  readonly match: Match;
  readonly definition: MatchDefinition<unknown>;
}

/** Changed packets, those from rules near to the decision first. The steps are those of `request`'s own packet. */
export function changesNear(request: TraceRequest, steps: Way['steps']): readonly Injection[] {
  const rules = steps.filter((step): step is RuleStep => step.kind === 'rule').toReversed();
  return rules.flatMap((step) => [
    ...(step.matched ? refusing(request, step) : [meeting(request, step) ?? []].flat()),
    ...atBorders(request, step),
  ]);
}

/** Packets of which a map or a set of tuples of the rule makes something else. */
function atBorders({ ruleSet, injection }: TraceRequest, step: RuleStep): readonly Injection[] {
  const context = contextOf(ruleSet, step);
  return step.rule.parts.flatMap((part) => {
    if (part.kind === 'opaque') return [];
    const definition = part.kind === 'match' ? findMatch(part.key) : findStatement(part.key);
    return definition?.borders?.(part.args, injection, context)?.packets ?? [];
  });
}

/** Rules of which more conditions fail are too far away. */
const mostFailing = 4;

/** The packet changed so that every condition of the rule holds; undefined where no sender could do that. */
function meeting(request: TraceRequest, step: RuleStep): Injection | undefined {
  if (step.rule.parts.some((part) => part.kind === 'opaque')) return undefined;
  const context = contextOf(request.ruleSet, step);
  const failing = matchesOf(step.rule).filter(
    ({ match, definition }) => !holds(definition.evaluate(match.args, context)),
  );
  if (failing.length === 0 || failing.length > mostFailing) return undefined;
  let { injection } = request;
  for (const { match, definition } of failing) {
    const changed = metBy(injection, (one, choose) =>
      definition.satisfy?.(match.args, one, { ...context, choose }, true),
    );
    if (!changed) return undefined;
    injection = changed;
  }
  return injection;
}

/** The second value of a range is rather one that somebody has: the first address of a network is nobody's. */
const inside: Choose = (count) => (count > 2 ** 30 ? 1 : count === 3 ? 2 : 0);
const first: Choose = () => 0;

/** Of the packet itself, or of another protocol where it has no such field. */
function metBy(
  injection: Injection,
  satisfy: (injection: Injection, choose: Choose) => Injection | undefined,
): Injection | undefined {
  const met = satisfy(injection, inside) ?? satisfy(injection, first);
  if (met) return met;
  for (const other of otherProtocols(injection)) {
    const changed = satisfy(other, inside);
    if (changed) return changed;
  }
  return undefined;
}

/** For each condition of a rule that matched the packet changed so that it does not hold. */
function refusing(request: TraceRequest, step: RuleStep): readonly Injection[] {
  const context = contextOf(request.ruleSet, step);
  return matchesOf(step.rule).flatMap(
    ({ match, definition }) => definition.satisfy?.(match.args, request.injection, context, false) ?? [],
  );
}

/** A truth that is assumed counts as what is assumed. */
function holds(truth: Truth): boolean {
  return truth.result === 'assumed' ? truth.holds : truth.result === true;
}

function matchesOf({ parts }: Rule): readonly DefinedMatch[] {
  return parts.flatMap((part) => {
    const definition = part.kind === 'match' ? findMatch(part.key) : undefined;
    return part.kind === 'match' && definition ? [{ match: part, definition }] : [];
  });
}

function contextOf(ruleSet: RuleSet, step: RuleStep): EvaluationContext {
  const table = ruleSet.tables.find((one) => one.family === step.family && one.name === step.table);
  return { view: step.view, ...lookupsOf(table ?? { sets: [] }) };
}
