// One base chain alone, as a trace goes through it: the packet comes there as it is said, and nothing happens around it.
import { conntrackTable } from '../../conntrack/table.ts';
import type { Clock } from '../../field/view.ts';
import { findChain, type RuleSet } from '../../ir/ruleset.ts';
import type { Injection } from '../../packet/packet.ts';
import type { Host } from '../../topology/host.ts';
import { runBaseChain } from '../../trace/chain.ts';
import { everyWay, type Oracle } from '../../trace/oracle.ts';
import type { HookedChain } from '../../trace/order.ts';
import { send } from '../../trace/output.ts';
import { type Run, startRun } from '../../trace/run.ts';
import type { Deciding } from '../../trace/step.ts';
import type { Arrival } from './columns.ts';
import type { ChainVerdict } from './verdicts.ts';

/** What became of a packet in a chain, and what decided it; nothing where that depends, even if the verdict does not. */
export interface Classified {
  readonly verdict: ChainVerdict;
  readonly deciding?: Deciding;
}

/** What is known of the host beside its rules. */
export interface Surroundings {
  readonly host?: Host | undefined;
  readonly clock?: Clock | undefined;
}

/** Which base chain. */
export interface ChainName {
  readonly family: 'ip' | 'ip6' | 'inet';
  readonly table: string;
  readonly chain: string;
}

/** The base chain of a name. */
export function hookedChain({ tables }: RuleSet, name: ChainName): HookedChain | undefined {
  const table = tables.find((one) => one.family === name.family && one.name === name.table);
  const chain = table && findChain(table, name.chain);
  return table && chain?.base ? { table, chain, base: chain.base } : undefined;
}

/** Follows a packet through a base chain alone; undefined where there is none of that name. */
export function traceChain(
  ruleSet: RuleSet,
  name: ChainName,
  arrival: Arrival,
  around: Surroundings = {},
): Classified | undefined {
  const hooked = hookedChain(ruleSet, name);
  return hooked && traceHooked(ruleSet, hooked, arrival, around);
}

/** The same where the chain was found before. */
export function traceHooked(
  ruleSet: RuleSet,
  hooked: HookedChain,
  arrival: Arrival,
  around: Surroundings,
): Classified {
  const { ways, complete } = everyWay((ask) => {
    const run = arrivedRun(ruleSet, hooked, arrival, around, ask);
    const { kind } = runBaseChain(run, hooked);
    return { kind, deciding: run.decisions.at(-1)?.deciding };
  });
  const [first, ...others] = ways;
  if (!first || !complete || others.some(({ kind }) => kind !== first.kind)) return { verdict: 'depends' };
  const isOne = others.every(({ deciding }) => isSame(deciding, first.deciding));
  return { verdict: first.kind, ...(isOne && first.deciding && { deciding: first.deciding }) };
}

function isSame(one: Deciding | undefined, other: Deciding | undefined): boolean {
  return placeOf(one) === placeOf(other);
}

function placeOf(decision: Deciding | undefined): string {
  return `${decision?.chain} ${decision?.by} ${decision?.by === 'rule' ? decision.index : ''}`;
}

/** A trace that begins where the packet comes to the chain. */
export function arrivedRun(
  ruleSet: RuleSet,
  { base }: HookedChain,
  arrival: Arrival,
  around: Surroundings = {},
  ask: Oracle = (_, [first]) => first,
): Run {
  const request = { ruleSet, injection: injectionOf(arrival), ...around };
  const run = startRun(request, ask, conntrackTable(), send);
  run.hook = base.hook;
  run.iif = arrival.iif;
  run.oif = arrival.oif;
  run.ct = arrival.ct;
  return run;
}

/** A packet of this host has no interface that it came in by. */
function injectionOf({ packet, iif, mark, pkttype, skuid, skgid }: Arrival): Injection {
  return {
    packet,
    direction: iif === undefined ? 'out' : 'in',
    ...(mark !== undefined && { mark }),
    ...(pkttype !== undefined && { pkttype }),
    ...(skuid !== undefined && { skuid }),
    ...(skgid !== undefined && { skgid }),
  };
}
