// Live connections against the policy: which rule admits each, which only survive, whether they are translated as ruled.
import type { DumpedEntry } from '../conntrack/dumped.ts';
import type { RuleSet } from '../ir/ruleset.ts';
import type { Host } from '../topology/host.ts';
import type { Way } from '../trace/step.ts';
import { type Trace, trace } from '../trace/trace.ts';
import { firstPacket } from './first-packet.ts';
import { compareTranslation, type Translation } from './translation.ts';

/** `admitted`: its first packet would pass today. `stale`: it would not. `depends`: not decidable from what is known. */
export type Admission = 'admitted' | 'stale' | 'depends';

/** What the policy says of one connection. */
export interface CheckedConnection {
  readonly entry: DumpedEntry;
  readonly admission: Admission;
  /** The way of its first packet today, the first of them if it depends. */
  readonly way: Way;
  readonly trace: Trace;
  readonly translation: Translation;
}

/** Traces the first packet of a connection as a new one, in an empty table. */
export function checkConnection(
  ruleSet: RuleSet,
  host: Host | undefined,
  entry: DumpedEntry,
): CheckedConnection {
  const traced = trace({ ruleSet, host, injection: firstPacket(entry, host) });
  const [way] = traced.ways;
  return {
    entry,
    admission: admissionOf(traced),
    way,
    trace: traced,
    translation: traced.verdict === 'accept' ? compareTranslation(entry, way) : { verdict: 'unknown' },
  };
}

/** Whether it passes on every way, on none, or on some. */
function admissionOf({ ways, complete }: Trace): Admission {
  const passed = ways.filter((way) => way.verdict === 'accept').length;
  if (complete && passed === ways.length) return 'admitted';
  return complete && passed === 0 ? 'stale' : 'depends';
}
