// What would have to differ for the answer to be the other one: tried out, not guessed. Each candidate is the same
// packet changed so that one more rule matches; it is kept if tracing it again gives another verdict.
import { findSet } from '../ir/ruleset.ts';
import type { EvaluationContext } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import type { Injection } from '../packet/packet.ts';
import type { TraceRequest } from './run.ts';
import type { RuleStep, TraceVerdict } from './step.ts';
import { type Trace, trace } from './trace.ts';

/** A change of the packet after which the verdict is another one. */
export interface Flip {
  readonly verdict: TraceVerdict;
  /** The conditions that would hold then. */
  readonly conditions: readonly string[];
  readonly injection: Injection;
  /** The rule that would then match. */
  readonly rule: RuleStep;
}

/** So many rules that did not match are tried at the most, the ones nearest to the decision first. */
const maximumTried = 200;

/** The nearest change that flips a definite answer: the fewest conditions, then the rule nearest to the deciding one. */
export function nearestFlip(request: TraceRequest, traced: Trace): Flip | undefined {
  if (traced.verdict === 'depends') return undefined;
  const [way] = traced.ways;
  const missed = way.steps.filter((step) => step.kind === 'rule').filter((step) => !step.matched);
  const candidates = missed
    .toReversed()
    .slice(0, maximumTried)
    .flatMap((step) => candidate(request, step) ?? [])
    .toSorted((a, b) => a.conditions.length - b.conditions.length);
  for (const one of candidates) {
    const { verdict } = trace({ ...request, injection: one.injection });
    if (verdict !== traced.verdict && verdict !== 'depends') return { ...one, verdict };
  }
  return undefined;
}

/** The packet changed so that every condition of the rule holds; undefined where no sender could do that. */
function candidate(request: TraceRequest, step: RuleStep): Omit<Flip, 'verdict'> | undefined {
  const context = contextOf(request, step);
  const conditions: string[] = [];
  let injection = request.injection;
  for (const part of step.rule.parts) {
    if (part.kind === 'opaque') return undefined;
    const definition = part.kind === 'match' ? findMatch(part.key) : undefined;
    if (!definition || definition.evaluate(part.args, context).result === true) continue;
    const changed = definition.satisfy?.(part.args, injection, context);
    if (!changed) return undefined;
    conditions.push(definition.write(part.args));
    injection = changed;
  }
  return conditions.length === 0 ? undefined : { conditions, injection, rule: step };
}

function contextOf({ ruleSet }: TraceRequest, step: RuleStep): EvaluationContext {
  const table = ruleSet.tables.find((one) => one.family === step.family && one.name === step.table);
  return { view: step.view, findSet: (name) => table && findSet(table, name) };
}
