// Examples are traced before anybody sees them: what was found of all packets has to be what the trace says of this one.
import type { Node } from '../bdd/bdd.ts';
import { conntrackTable } from '../conntrack/table.ts';
import type { PacketView } from '../field/view.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import { formatInjection } from '../packet/format.ts';
import type { Injection } from '../packet/packet.ts';
import type { Host } from '../topology/host.ts';
import { startRun, type TraceRequest, viewOf } from '../trace/run.ts';
import type { Way } from '../trace/step.ts';
import { type Trace, trace } from '../trace/trace.ts';
import { packetIn } from './example-packet.ts';
import type { FateEnd } from './journey.ts';
import type { Space } from './space.ts';

/** An example, and what becomes of it. */
export interface Example {
  readonly sent: Injection;
  readonly trace: Trace;
  readonly way: Way;
}

/** What an example is made for. */
export interface ExampleRequest {
  readonly space: Space;
  readonly ruleSet: RuleSet;
  readonly host: Host | undefined;
  readonly direction: 'in' | 'out';
}

/**
 * An example of some packets with a way of its trace that ends as is expected; nothing where no packet that can be written
 * down is surely among them. Throws if the trace says otherwise.
 */
export function exampleOf(
  request: ExampleRequest,
  node: Node,
  isExpected: (way: Way) => boolean,
): Example | undefined {
  const { space, ruleSet, host } = request;
  const sent = packetIn(space, node, request);
  if (!sent) return undefined;
  const asked = { ruleSet, host, injection: sent };
  const traced = trace(asked);
  const way = traced.ways.find(isExpected);
  if (way) return { sent, trace: traced, way };
  const like = traced.ways.map((one) => space.bdd.and(space.seen(viewAt(asked, one)), node));
  // It may be another packet than was meant, or an answer to what nobody can tell that no trace gives.
  if (like.some((same) => same === 0 || space.freeIn(same).length > 0)) return undefined;
  throw new Error(`the trace of \`${formatInjection(sent)}\` ends otherwise than all packets like it`);
}

/** The packet as it came in: its connection is the one that conntrack finds, its interface the one that was said. */
export function viewAt(request: TraceRequest, { steps }: Way): PacketView {
  const run = startRun(
    request,
    (_question, [first]) => first,
    conntrackTable(),
    () => {
      throw new Error('nothing is sent');
    },
  );
  const found = steps.find((step) => step.kind === 'conntrack');
  return { ...viewOf(run), ct: found?.view, oif: outOf(request) };
}

function outOf({ injection: { oif, local, direction }, host }: TraceRequest): PacketView['oif'] {
  if (oif !== undefined || local || (host && direction === 'out')) return oif;
  return { unknown: 'not said' };
}

/** Whether a way ends like packets of a walk. */
export function endsLike(way: Way, end: FateEnd): boolean {
  return way.verdict === end.verdict && way.fate === end.fate && way.reason === end.reason;
}
