// The same intent of Docker as rules of iptables and of nft: both, imported, treat the same packets alike, translation
// included.
import { z } from 'zod';
import { parseAddress } from '../../src/core/datatype/address.ts';
import type { Outcome } from '../../src/core/diagnostic/diagnostic.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { importNftText } from '../../src/core/nft/text-import/import.ts';
import { formatPacket } from '../../src/core/packet/format.ts';
import type { Injection } from '../../src/core/packet/packet.ts';
import { outcomeKey, trace } from '../../src/core/trace/trace.ts';
import type { Result } from './cases.ts';
import { type Random, randomPacket, seeded, type Targets, targetsOf } from './random-packets.ts';

export const dockerPair = z.object({
  id: z.string(),
  family: z.enum(['ip', 'ip6']),
  iptables_save: z.string(),
  nft: z.string(),
});

type DockerPair = z.infer<typeof dockerPair>;

/** Sends so many random packets through both. */
export function checkPair(pair: DockerPair, packets: number): Result {
  const { id, iptables_save, nft } = pair;
  const sides = [side(load(iptables_save)), side(importNftText({ name: 'nft', text: nft }))];
  const broken = sides.find((one) => typeof one === 'string');
  if (typeof broken === 'string') return { id, problem: broken };
  const random = seeded(1);
  const targets = injectionTargets(pair);
  for (let count = 0; count < packets; count++) {
    const injection = randomInjection(random, targets);
    const [left, right] = sides.map((one) => (typeof one === 'string' ? one : fateOf(one, injection)));
    if (left === right) continue;
    const from = injection.iif ?? 'this host';
    return { id, problem: `${formatPacket(injection.packet)} from ${from}: ${left} and ${right}` };
  }
  return { id, problem: undefined };
}

function load(text: string): Outcome<RuleSet> {
  const { value, diagnostics } = loadPolicy({ name: 'dump', text });
  return { value: value?.ruleSet, diagnostics };
}

/** A rule set, or why there is none. */
function side({ value, diagnostics }: Outcome<RuleSet>): RuleSet | string {
  return value ?? diagnostics[0]?.message ?? 'nothing';
}

/** How many rules of both sides hold something that is not understood. */
export function opaqueRules({ iptables_save, nft }: DockerPair): number {
  const sides = [side(load(iptables_save)), side(importNftText({ name: 'nft', text: nft }))];
  const tables = sides.flatMap((one) => (typeof one === 'string' ? [] : one.tables));
  const rules = tables.flatMap(({ chains }) => chains.flatMap((chain) => chain.rules));
  return rules.filter(({ parts }) => parts.some(({ kind }) => kind === 'opaque')).length;
}

/** The machine that the rules are for: Docker's test networks behind its bridge, and one network outside. */
const hostText = `host docker {
  interface "lo" { address 127.0.0.1/8; address ::1/128 }
  interface "br-dummy" { address 192.168.0.1/24; address fd49:efd7:54aa::ff/64 }
  interface "eth0" { address 198.51.100.1/24; address 2001:db8:77::1/64 }
  route default via 198.51.100.254 dev "eth0"
  route default via 2001:db8:77::fe dev "eth0"
  sysctl net.ipv4.ip_forward = 1
  sysctl net.ipv6.conf.all.forwarding = 1
}
`;
const host = loadPolicy({ name: 'host', text: hostText }).value?.hosts[0];

const own = host?.interfaces.flatMap(({ addresses }) => addresses.map(({ address }) => address)) ?? [];
const bridge = own.filter(({ value }) =>
  ['192.168.0.1', 'fd49:efd7:54aa::ff'].some((text) => parseAddress(text)?.value === value),
);

/** Chosen more often than what rules name: an address of the host, and one beyond its router. */
const usual = { 4: ['198.51.100.1', '203.0.113.7'], 6: ['2001:db8:77::1', '2001:db8:8::7'] };

/** Packets that Docker's rules tell apart: from the host itself, from behind its bridge, from outside. */
function injectionTargets({ family, iptables_save, nft }: DockerPair): Targets {
  const version = family === 'ip' ? 4 : 6;
  const named = targetsOf(`${iptables_save}\n${nft}`, version);
  const more = usual[version].flatMap((text) => parseAddress(text)?.value ?? []);
  return { ...named, addresses: [...named.addresses, ...more, ...more, ...more] };
}

/**
 * A packet comes by the interface behind which its sender is. The host sends none from its address on the bridge, which
 * it would choose towards containers only: for others the two sides differ.
 */
function randomInjection(random: Random, targets: Targets): Injection {
  const packet = randomPacket(random, targets);
  const { family, source } = packet;
  if (bridge.some((one) => one.family === family && one.value === source))
    return randomInjection(random, targets);
  if (own.some((address) => address.family === family && address.value === source))
    return { packet, direction: 'out' };
  const hostBits = family === 4 ? 8n : 64n;
  const isContainer = bridge.some(
    (one) => one.family === family && one.value >> hostBits === source >> hostBits,
  );
  return { packet, direction: 'in', iif: isContainer ? 'br-dummy' : 'eth0' };
}

/** All that may become of a packet, in whatever order the ways were found. */
function fateOf(ruleSet: RuleSet, injection: Injection): string {
  const { ways } = trace({ ruleSet, host, injection });
  return [...new Set(ways.map(outcomeKey))].toSorted().join(' or ');
}
