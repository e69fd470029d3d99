// What would have to differ for the answer to be the other one: tried out, not guessed. Each candidate is the same
// packet changed so that one more rule matches, or the deciding one does not; tracing it again must show just that.
import type { Match } from '../ir/ruleset.ts';
import { type EvaluationContext, lookupsOf, type MatchDefinition, type Truth } from '../match/define.ts';
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

interface Candidate extends Omit<Flip, 'verdict' | 'conditions'> {
  /** The conditions whose truth changes. */
  readonly turned: readonly DefinedMatch[];
}

interface DefinedMatch {
  readonly match: Match;
  readonly definition: MatchDefinition<unknown>;
}

/** So many candidates are traced at the most, those with the fewest conditions and nearest to the decision first. */
const maximumTried = 30;

/** No further one is once the traces before have so many steps: where every packet passes 100,000 rules, two are. */
const maximumSteps = 200_000;

/** The nearest change that flips a definite answer, if one was found. */
export function nearestFlip(request: TraceRequest, traced: Trace): Flip | undefined {
  if (traced.verdict === 'depends') return undefined;
  let steps = 0;
  for (const { turned, ...rest } of nearestCandidates(request, traced)) {
    if (steps >= maximumSteps) return undefined;
    const changed = { ...request, injection: rest.injection };
    if (requestProblems(changed).length > 0) continue;
    const { verdict, ways } = trace(changed);
    steps += ways.reduce((sum, way) => sum + way.steps.length, 0);
    if (verdict === traced.verdict || verdict === 'depends' || ways[0].reason !== undefined) continue;
    if (matched(ways[0].steps, rest.rule) === (rest.by === 'with'))
      return {
        ...rest,
        verdict,
        conditions: turned.map(({ match, definition }) => definition.write(match.args)),
      };
  }
  return undefined;
}

function nearestCandidates(request: TraceRequest, traced: Trace): readonly Candidate[] {
  const rules = traced.ways[0].steps.filter((step) => step.kind === 'rule').toReversed();
  const missed = rules.filter((step) => !step.matched).flatMap((step) => matching(request, step) ?? []);
  return [...missed, ...notMatching(request, traced, rules)]
    .toSorted((a, b) => a.turned.length - b.turned.length)
    .slice(0, maximumTried);
}

function matched(steps: Trace['ways'][0]['steps'], place: RulePlace): boolean {
  return steps.some((step) => step.kind === 'rule' && step.rule === place.rule && step.matched);
}

/** The packet changed so that every condition of the rule holds; undefined where no sender could do that. */
function matching(request: TraceRequest, step: RuleStep): Candidate | undefined {
  if (step.rule.parts.some((part) => part.kind === 'opaque')) return undefined;
  const context = contextOf(request, step);
  const turned: DefinedMatch[] = [];
  let injection = request.injection;
  for (const one of matchesOf(step)) {
    const { match, definition } = one;
    if (holds(definition.evaluate(match.args, context))) continue;
    const changed = definition.satisfy?.(match.args, injection, context, true);
    if (!changed) return undefined;
    turned.push(one);
    injection = changed;
  }
  return turned.length === 0 ? undefined : { by: 'with', turned, injection, rule: step };
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
  return matchesOf(step).flatMap((one): readonly Candidate[] => {
    const { match, definition } = one;
    const injection = definition.satisfy?.(match.args, request.injection, context, false);
    return injection ? [{ by: 'without', turned: [one], injection, rule: step }] : [];
  });
}

function matchesOf({ rule }: RuleStep): readonly DefinedMatch[] {
  return rule.parts.flatMap((part) => {
    const definition = part.kind === 'match' ? findMatch(part.key) : undefined;
    return part.kind === 'match' && definition ? [{ match: part, definition }] : [];
  });
}

function contextOf({ ruleSet }: TraceRequest, step: RuleStep): EvaluationContext {
  const table = ruleSet.tables.find((one) => one.family === step.family && one.name === step.table);
  return { view: step.view, ...lookupsOf(table ?? { sets: [] }) };
}
