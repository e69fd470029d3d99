// The way of a packet through the rules as lines that the simulation and the kernel can both say:
// `inet filter forward 3 jump outbound`, `inet filter input policy drop`.
import type { ConntrackTable } from '../../../src/core/conntrack/table.ts';
import type { RuleSet } from '../../../src/core/ir/ruleset.ts';
import type { Injection } from '../../../src/core/packet/packet.ts';
import { replyTo } from '../../../src/core/policy-test/reply.ts';
import type { Host } from '../../../src/core/topology/host.ts';
import type { TraceVerdict, Way } from '../../../src/core/trace/step.ts';
import { trace } from '../../../src/core/trace/trace.ts';
import { verdictText } from '../../../src/core/trace/verdict.ts';
import type { RuleCounter } from '../../../src/host/trace/counters.ts';
import type { TracedPacket } from '../../../src/host/trace/packets.ts';
import { type ListedRule, ruleOf } from '../../../src/host/trace/rules.ts';

/**
 * The ways of the first packets of an exchange: the one that begins it, its answer, and what follows that. Ends with
 * the first that has no answer. Where the rule set leaves open what happens, the way with this verdict counts.
 */
export function simulate(
  ruleSet: RuleSet,
  host: Host,
  injection: Injection,
  verdict: TraceVerdict,
): readonly [Way, ...Way[]] {
  const step = (sent: Injection, connections?: ConntrackTable) => {
    const traced = trace({ ruleSet, host, injection: sent, connections });
    const [way, ...others] = traced.ways.filter((one) => one.verdict === verdict);
    if (!way || others.length > 0) throw new Error(`not one way leads to \`${verdict}\``);
    return { way, connections: traced.connections, next: replyTo(way) };
  };
  let last = step(injection);
  const exchange: [Way, ...Way[]] = [last.way];
  while (last.next && exchange.length < packetsOf(injection)) {
    last = step(last.next, last.connections);
    exchange.push(last.way);
  }
  return exchange;
}

/** Of TCP's handshake, or of a question and its answer. */
function packetsOf({ packet }: Injection): number {
  return packet.transport.kind === 'tcp' ? 3 : 2;
}

/** A line for each rule that matched, and for each base chain whose policy was reached. */
export function simulatedLines({ steps }: Way): readonly string[] {
  return steps.flatMap((step) => {
    if (step.kind === 'policy') return [`${step.family} ${step.table} ${step.chain} policy ${step.verdict}`];
    if (step.kind !== 'rule' || !step.matched || !step.verdict) return [];
    const verdict = step.verdict.kind === 'reject' ? 'drop' : verdictText(step.verdict);
    return [`${step.family} ${step.table} ${step.chain} ${step.index} ${verdict}`];
  });
}

/** The same of what `nft monitor trace` told. */
export function observedLines({ events }: TracedPacket, rules: readonly ListedRule[]): readonly string[] {
  return events.flatMap((event) => {
    const place = `${event.family} ${event.table} ${event.chain}`;
    if (event.kind === 'policy') return [`${place} policy ${event.policy}`];
    if (event.kind !== 'rule') return [];
    const { kind, target } = event.verdict;
    return [`${place} ${ruleOf(event, rules)?.index} ${[kind, target].filter(Boolean).join(' ')}`];
  });
}

/** The lines of a way without verdicts: what counters are at. */
export function countedPlaces(way: Way): readonly string[] {
  return way.steps.flatMap((step) => {
    if (step.kind === 'policy') return [`${step.table} ${step.chain} policy`];
    return step.kind === 'rule' && step.matched ? [`${step.table} ${step.chain} ${step.index}`] : [];
  });
}

/** How often each place counted. */
export function placeCounts(counters: readonly RuleCounter[]): ReadonlyMap<string, number> {
  return new Map(counters.map(({ table, chain, index, packets }) => [`${table} ${chain} ${index}`, packets]));
}
