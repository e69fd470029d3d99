// The same question on several branches of a history, which the packets before may have gone: an answer counts if it flips
// the verdict on every one of them.
import type { TraceRequest } from '../trace/run.ts';
import { trace } from '../trace/trace.ts';
import { applyEdit } from './edit.ts';
import type { RuleFlip } from './rule-changes.ts';
import { sideOfTrace } from './side.ts';
import { explainVerdict, type Why } from './why.ts';

/** The changes that flip an answer on which all branches agree; undefined where they do not. */
export function explainOnBranches([first, ...others]: readonly [TraceRequest, ...TraceRequest[]]):
  | Why
  | undefined {
  const traced = trace(first);
  const side = sideOfTrace(traced);
  const agree = others.every((request) => sideOfTrace(trace(request)) === side);
  const why = agree ? explainVerdict(first, traced) : undefined;
  if (why?.kind !== 'full') return why;
  const { packet, rules } = why;
  const flips = (change: (request: TraceRequest) => TraceRequest) =>
    others.every((request) => {
      const after = sideOfTrace(trace(change(request)));
      return after !== undefined && after !== side;
    });
  return {
    ...why,
    packet: {
      ...packet,
      flips: packet.flips.filter(({ injection }) => flips((request) => ({ ...request, injection }))),
    },
    rules: {
      ...rules,
      flips: rules.flips.filter((flip) => flips((request) => withEdits(request, flip))),
    },
  };
}

function withEdits(request: TraceRequest, { edits }: RuleFlip): TraceRequest {
  const { ruleSet, host } = request;
  return { ...request, ...edits.reduce((setup, { edit }) => applyEdit(setup, edit), { ruleSet, host }) };
}
