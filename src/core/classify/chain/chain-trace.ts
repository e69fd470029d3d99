// One base chain alone, as a trace goes through it: the packet comes there as it is said, and nothing happens around it.
import { conntrackTable } from '../../conntrack/table.ts';
import type { Clock } from '../../field/view.ts';
import { findChain, type RuleSet } from '../../ir/ruleset.ts';
import type { Injection } from '../../packet/packet.ts';
import type { Host } from '../../topology/host.ts';
import { runBaseChain } from '../../trace/chain.ts';
import { everyWay } from '../../trace/oracle.ts';
import type { HookedChain } from '../../trace/order.ts';
import { send } from '../../trace/output.ts';
import { type Run, startRun } from '../../trace/run.ts';
import type { Deciding } from '../../trace/step.ts';
import type { Arrival } from './columns.ts';
import type { ChainVerdict } from './verdicts.ts';

/** What became of a packet in a chain, and what decided it; nothing did where it depends. */
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
  const request = { ruleSet, injection: injectionOf(arrival), ...around };
  const { ways, complete } = everyWay((ask) => {
    const run = startRun(request, ask, conntrackTable(), send);
    arrive(run, hooked, arrival);
    const { kind } = runBaseChain(run, hooked);
    return { kind, deciding: run.decisions.at(-1)?.deciding };
  });
  const [first, ...others] = ways;
  if (!first || !complete || others.some(({ kind }) => kind !== first.kind)) return { verdict: 'depends' };
  return { verdict: first.kind, ...(first.deciding && { deciding: first.deciding }) };
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

function arrive(run: Run, { base }: HookedChain, { iif, oif, ct }: Arrival): void {
  run.hook = base.hook;
  run.iif = iif;
  run.oif = oif;
  run.ct = ct;
}
