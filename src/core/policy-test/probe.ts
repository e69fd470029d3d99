// Where an assertion looks: chains of its own in the middle of the way, whose rules hold its condition and do nothing. So
// a condition means what it means in a rule that filters: behind the translation of destinations, before that of sources.
import type { Claim } from '../ir/policy.ts';
import type { Chain, NamedSet, RuleSet, Table } from '../ir/ruleset.ts';
import type { TraceRequest } from '../trace/run.ts';
import type { Way } from '../trace/step.ts';
import { trace } from '../trace/trace.ts';

/** No policy has a table of this name: a space is in none. */
export const probeTable = 'assertion probe';

/** Before anything filters; where the host sends, behind conntrack and the translation of destinations. */
const places = {
  inet: [
    ['input', -(2 ** 31)],
    ['forward', -(2 ** 31)],
    ['output', -99],
  ],
  bridge: [['forward', -(2 ** 31)]],
} as const;

/** What watches for one claim. */
export interface Probe {
  /** The rule set with the watching chains. */
  readonly ruleSet: RuleSet;
  /** Only the watching chains. */
  readonly alone: RuleSet;
}

/** Adds the chains that watch for a claim. */
export function makeProbe(
  ruleSet: RuleSet,
  { cases }: Pick<Claim, 'cases'>,
  sets: readonly NamedSet[],
): Probe {
  const tableOf = (family: keyof typeof places): Table => ({
    family,
    name: probeTable,
    chains: places[family].map(
      ([hook, priority]): Chain => ({
        name: `${probeTable} at ${hook}`,
        base: { type: 'filter', hook, priority, policy: 'accept' },
        rules: cases,
      }),
    ),
    sets,
    opaque: [],
  });
  const hasFrames = ruleSet.tables.some(({ family }) => family === 'bridge');
  const tables = [tableOf('inet'), ...(hasFrames ? [tableOf('bridge')] : [])];
  return { ruleSet: { ...ruleSet, tables: [...ruleSet.tables, ...tables] }, alone: { tables } };
}

/**
 * Whether a packet on its way met the condition. One that a rule dropped before it came to a watching chain is sent
 * through these alone, to see where it was going.
 */
export function meets(way: Way, { alone }: Probe, request: TraceRequest): boolean {
  const seen = watched(way);
  if (seen.length > 0 || way.reason !== undefined || way.verdict === 'accept') return seen.some(Boolean);
  const [onward] = trace({ ...request, ruleSet: alone }).ways;
  return watched(onward).some(Boolean);
}

function watched({ steps }: Way): readonly boolean[] {
  return steps.flatMap((step) => (step.kind === 'rule' && step.table === probeTable ? [step.matched] : []));
}
