// The same intent of Docker as rules of iptables and of nft: both, imported, treat the same packets alike, translation
// included.
import { z } from 'zod';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { formatPacket } from '../../src/core/packet/format.ts';
import type { Injection } from '../../src/core/packet/packet.ts';
import { outcomeKey, trace } from '../../src/core/trace/trace.ts';
import type { Result } from './cases.ts';
import { randomInjection, seeded, targetsOf } from './random-packets.ts';

export const dockerPair = z.object({
  id: z.string(),
  family: z.enum(['ip', 'ip6']),
  iptables_save: z.string(),
  nft: z.string(),
});

type DockerPair = z.infer<typeof dockerPair>;

/** Sends so many random packets through both. */
export function checkPair(pair: DockerPair, packets: number): Result {
  const { id, family, iptables_save, nft } = pair;
  const sides = [load(iptables_save), load(nft)];
  const broken = sides.find((side) => typeof side === 'string');
  if (typeof broken === 'string') return { id, problem: broken };
  const random = seeded(1);
  const targets = targetsOf(`${iptables_save}\n${nft}`, family === 'ip' ? 4 : 6);
  for (let count = 0; count < packets; count++) {
    const injection = randomInjection(random, targets);
    const [left, right] = sides.map((side) => (typeof side === 'string' ? side : fateOf(side, injection)));
    if (left === right) continue;
    const { packet, iif, oif } = injection;
    return { id, problem: `${formatPacket(packet)} in ${iif} out ${oif}: ${left} and ${right}` };
  }
  return { id, problem: undefined };
}

/** A rule set in which nothing is opaque, or why there is none. */
function load(text: string): RuleSet | string {
  const { value, diagnostics } = loadPolicy({ name: 'dump', text });
  if (!value) return diagnostics[0]?.message ?? 'nothing';
  const { tables } = value.ruleSet;
  const parts = tables.flatMap(({ chains }) =>
    chains.flatMap(({ rules }) => rules.flatMap((rule) => rule.parts)),
  );
  const opaque = parts.find((part) => part.kind === 'opaque');
  return opaque ? `\`${opaque.text}\` is not understood` : value.ruleSet;
}

/** All that may become of a packet, in whatever order the ways were found. */
function fateOf(ruleSet: RuleSet, injection: Injection): string {
  const { ways } = trace({ ruleSet, injection });
  return [...new Set(ways.map(outcomeKey))].toSorted().join(' or ');
}
