// What the kernel did while the example ran in it: one lab, one way of loading the policy, all that people do there.
import type { RuleSet } from '../../../src/core/ir/ruleset.ts';
import type { Lab } from '../../../src/host/lab/lab.ts';
import { counterDelta, type RuleCounter, readCounters } from '../../../src/host/trace/counters.ts';
import { startTrace, type TraceMonitor } from '../../../src/host/trace/monitor.ts';
import type { TracedPacket } from '../../../src/host/trace/packets.ts';
import { type ListedRule, listRules } from '../../../src/host/trace/rules.ts';
import { attemptOf, collision, type Deed, deeds, office, policy, services } from './example.ts';
import { openNetwork } from './lab.ts';
import { type Attempt, attempt, listen } from './traffic.ts';
import type { Variant } from './variants.ts';

/** What one deed came to, and what the gateway did with its packets. */
export interface Observation {
  readonly attempt: Attempt;
  /** In the order in which they came to the gateway; none where nft sees none. */
  readonly packets: readonly TracedPacket[];
  /** What counted; nothing where not every rule counts. */
  readonly counters: readonly RuleCounter[];
}

export interface Recording {
  /** The rule set that the kernel says it has. */
  readonly listed: RuleSet;
  /** Its rules as nft knows them. */
  readonly rules: readonly ListedRule[];
  /** By the name of the deed. */
  readonly deeds: ReadonlyMap<string, Observation>;
  readonly collision: Attempt;
  /** `conntrack -L -o extended` of the gateway, after all of that. */
  readonly conntrack: string;
}

/** What came of one deed. */
export function observed({ deeds: observations }: Recording, { name }: Deed): Observation {
  const observation = observations.get(name);
  if (!observation) throw new Error(`nobody did: ${name}`);
  return observation;
}

/** Runs the example in a lab of its own, which is gone afterwards. */
export async function record(variant: Variant): Promise<Recording> {
  await using lab = await openNetwork(office);
  const gw = lab.host('gw');
  await variant.load(gw, policy.ruleSet);
  for (const { host, transport, address, port } of services)
    await listen(lab.host(host), transport, address, port);
  const [listed, rules] = [await variant.list(gw), await listRules(gw.name)];
  await using trace = variant.traced ? await startTrace({ namespace: gw.name }) : undefined;
  const observations = new Map<string, Observation>();
  for (const deed of deeds) observations.set(deed.name, await observe(lab, variant, trace, deed));
  return {
    listed,
    rules,
    deeds: observations,
    collision: await perform(lab, collision, 'success'),
    conntrack: await gw.run('conntrack', ['-L', '-o', 'extended']),
  };
}

async function observe(
  lab: Lab,
  { counters }: Variant,
  trace: TraceMonitor | undefined,
  { packet, outcome }: Deed,
): Promise<Observation> {
  const count = async () => (counters ? readCounters(counters, lab.host('gw').name) : []);
  const before = await count();
  const result = await perform(lab, packet, outcome);
  return {
    attempt: result,
    packets: (await trace?.take()) ?? [],
    counters: counterDelta(before, await count()),
  };
}

/** In milliseconds: long where an answer is expected of a busy machine, else well before the SYN is sent again. */
const patience = { success: 10_000, refused: 10_000, timeout: 300 } as const;

function perform(lab: Lab, packet: string, expected: Deed['outcome']): Promise<Attempt> {
  const { host, flow } = attemptOf(packet, patience[expected]);
  return attempt(lab.host(host), flow);
}
