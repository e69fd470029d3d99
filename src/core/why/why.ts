// Why a packet fared as it did, told by what would have to differ: the packet, or the rules.
import type { TraceRequest } from '../trace/run.ts';
import type { Trace } from '../trace/trace.ts';
import { nearestChange, type PacketAnswer, type PacketFlip, packetChanges } from './packet-changes.ts';
import { type RuleAnswer, ruleChanges } from './rule-changes.ts';
import { sideOfTrace } from './side.ts';
import { isWritable } from './spell-edit.ts';

/** What was found, each verified by a trace. */
export type Why =
  /** The nearest change of the packet that was found at once. */
  | { readonly kind: 'short'; readonly flip: PacketFlip }
  | { readonly kind: 'full'; readonly packet: PacketAnswer; readonly rules: RuleAnswer };

/** So much is tried for either list; a step is one rule that is looked at. */
const effort = { steps: 800_000, answers: 5 };

/** The shortest changes of the packet, and apart from them of the rules, that flip a definite answer. */
export function explainVerdict(request: TraceRequest, traced: Trace): Why | undefined {
  if (sideOfTrace(traced) === undefined) return undefined;
  return {
    kind: 'full',
    packet: packetChanges(request, traced, effort),
    rules: writableFirst(ruleChanges(request, traced, effort)),
  };
}

/** What nobody can write down is kept only where there is nothing else. */
function writableFirst(answer: RuleAnswer): RuleAnswer {
  const writable = answer.flips.filter(({ edits }) => edits.every(isWritable));
  return writable.length > 0 ? { ...answer, flips: writable } : answer;
}

/** One change of the packet that flips a definite answer, if one is found quickly. */
export function hintAtVerdict(request: TraceRequest, traced: Trace): Why | undefined {
  if (sideOfTrace(traced) === undefined) return undefined;
  const flip = nearestChange(request, traced);
  return flip && { kind: 'short', flip };
}
