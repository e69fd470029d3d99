// What would have to differ for the answer to be the other one: tried out, not guessed. Each candidate is the same
// packet changed so that one more rule matches, or the deciding one does not; tracing it again must show just that.
import { findSet, type Match } from '../ir/ruleset.ts';
import type { EvaluationContext, MatchDefinition, Truth } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import type { Injection } from '../packet/packet.ts';
import { requestProblems } from './request.ts';
import type { TraceRequest } from './run.ts';
import type { RulePlace, RuleStep, TraceVerdict } from './step.ts';
import { type Trace, trace } from './trace.ts';

/** A change of the packet after which the verdict is another one. */
export interface Flip {
  readonly verdict: TraceVerdict;
  /** `with`: the conditions that would hold then. `without`: the one of the deciding rule that would not. */
  readonly by: 'with' | 'without';
  readonly conditions: readonly string[];
  readonly injection: Injection;
  /** The rule that would match, or would match no more. */
  readonly rule: RuleStep;
}

type Candidate = Omit<Flip, 'verdict'>;

/** So many candidates are traced at the most, those with the fewest conditions and nearest to the decision first. */
const maximumTried = 30;

/** The nearest change that flips a definite answer, if one was found. */
export function nearestFlip(request: TraceRequest, traced: Trace): Flip | undefined {
  if (traced.verdict === 'depends') return undefined;
  const rules = traced.ways[0].steps.filter((step) => step.kind === 'rule').toReversed();
  const missed = rules.filter((step) => !step.matched).flatMap((step) => matching(request, step) ?? []);
  const candidates = [...missed, ...notMatching(request, traced, rules)]
    .toSorted((a, b) => a.conditions.length - b.conditions.length)
    .slice(0, maximumTried);
  for (const one of candidates) {
    const changed = { ...request, injection: one.injection };
    if (requestProblems(changed).length > 0) continue;
    const { verdict, ways } = trace(changed);
    if (verdict === traced.verdict || verdict === 'depends') continue;
    if (ways[0].reason === undefined && matched(ways[0].steps, one.rule) === (one.by === 'with'))
      return { ...one, verdict };
  }
  return undefined;
}

function matched(steps: Trace['ways'][0]['steps'], place: RulePlace): boolean {
  return steps.some((step) => step.kind === 'rule' && step.rule === place.rule && step.matched);
}

/** The packet changed so that every condition of the rule holds; undefined where no sender could do that. */
function matching(request: TraceRequest, step: RuleStep): Candidate | undefined {
  if (step.rule.parts.some((part) => part.kind === 'opaque')) return undefined;
  const context = contextOf(request, step);
  const conditions: string[] = [];
  let injection = request.injection;
  for (const { match, definition } of matchesOf(step)) {
    if (holds(definition.evaluate(match.args, context))) continue;
    const changed = definition.satisfy?.(match.args, injection, context, true);
    if (!changed) return undefined;
    conditions.push(definition.write(match.args));
    injection = changed;
  }
  return conditions.length === 0 ? undefined : { by: 'with', conditions, injection, rule: step };
}

/** A truth that is assumed counts as what is assumed. */
function holds(truth: Truth): boolean {
  return truth.result === 'assumed' ? truth.holds : truth.result === true;
}

/** For each condition of the deciding rule the packet changed so that it does not hold. */
function notMatching(request: TraceRequest, traced: Trace, rules: readonly RuleStep[]): readonly Candidate[] {
  const { deciding } = traced.ways[0];
  const step = rules.find((one) => deciding?.by === 'rule' && one.rule === deciding.rule);
  if (!step) return [];
  const context = contextOf(request, step);
  return matchesOf(step).flatMap(({ match, definition }): readonly Candidate[] => {
    const injection = definition.satisfy?.(match.args, request.injection, context, false);
    const conditions = [definition.write(match.args)];
    return injection ? [{ by: 'without', conditions, injection, rule: step }] : [];
  });
}

function matchesOf({ rule }: RuleStep): readonly { match: Match; definition: MatchDefinition<unknown> }[] {
  return rule.parts.flatMap((part) => {
    const definition = part.kind === 'match' ? findMatch(part.key) : undefined;
    return part.kind === 'match' && definition ? [{ match: part, definition }] : [];
  });
}

function contextOf({ ruleSet }: TraceRequest, step: RuleStep): EvaluationContext {
  const table = ruleSet.tables.find((one) => one.family === step.family && one.name === step.table);
  return { view: step.view, findSet: (name) => table && findSet(table, name) };
}
