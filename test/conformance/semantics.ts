// Real rule sets with a verified lower and upper closure of one built-in chain, each a list of simple rules. For the first
// packet of any connection: where the lower list accepts the chain must accept, where the upper list drops it must not.
import { z } from 'zod';
import { parseIpv4 } from '../../src/core/datatype/address.ts';
import { prefixRange } from '../../src/core/datatype/range.ts';
import { renderDiagnostics } from '../../src/core/diagnostic/render.ts';
import type { RuleSet } from '../../src/core/ir/ruleset.ts';
import { loadPolicy } from '../../src/core/load.ts';
import { formatPacket } from '../../src/core/packet/format.ts';
import { type Injection, type Packet, protocolNumber } from '../../src/core/packet/packet.ts';
import { trace } from '../../src/core/trace/trace.ts';
import type { Result } from './cases.ts';
import { brokenImplications, type SimpleRule } from './closures.ts';
import { randomPacket, seeded, targetsOf } from './random-packets.ts';

const simpleRule = z.object({
  v: z.enum(['ACCEPT', 'DROP']),
  proto: z.string(),
  src: z.string(),
  dst: z.string(),
  extra: z.string(),
});

export const closureCase = z.object({
  id: z.string(),
  hook: z.enum(['INPUT', 'FORWARD', 'OUTPUT']),
  lower: z.array(simpleRule),
  upper: z.array(simpleRule),
  save_text: z.string(),
});

type ClosureCase = z.infer<typeof closureCase>;

/** Sends so many random packets through the chain. */
export function checkClosures(one: ClosureCase, packets: number): Result {
  const ruleSet = filterTable(one);
  const random = seeded(1);
  const targets = targetsOf(one.save_text, 4);
  for (let count = 0; count < packets; count++) {
    const packet = randomPacket(random, targets);
    const wanted = wantedOf(one, packet);
    const ways = waysIn(one.hook, packet, targets.interfaces);
    if (wanted && !ways.some((injection) => agrees(ruleSet, injection, wanted)))
      return { id: one.id, problem: `${formatPacket(packet)} must end in ${wanted}` };
  }
  return { id: one.id, problem: undefined };
}

/** Asks about all packets at once. */
export function proveClosures(one: ClosureCase): Result {
  const [problem] = brokenImplications(one, filterTable(one));
  return { id: one.id, problem };
}

/** The closures are of one chain of the table `filter`, without what other tables do to a packet. */
function filterTable(one: ClosureCase): RuleSet {
  const { value, diagnostics } = loadPolicy({ name: one.id, text: readableDump(one) });
  if (!value) throw new Error(renderDiagnostics(diagnostics, { color: false }));
  return { tables: value.ruleSet.tables.filter(({ name }) => name === 'filter') };
}

/**
 * The dump as today's iptables-restore reads it: older versions wrote the `!` behind the option, and whoever published a
 * dump blotted out its hardware addresses.
 */
export function readableDump({ save_text }: ClosureCase): string {
  return save_text
    .replace(/(?<= )(-[sdio]) ! /g, '! $1 ')
    .replaceAll('XX:', '02:')
    .replaceAll(':XX', ':02');
}

/** What both lists leave open is not wanted. */
function wantedOf({ lower, upper }: ClosureCase, packet: Packet): SimpleRule['v'] | undefined {
  if (verdictOf(lower, packet) === 'ACCEPT') return 'ACCEPT';
  return verdictOf(upper, packet) === 'DROP' ? 'DROP' : undefined;
}

/**
 * By which interfaces a packet with such addresses comes and goes was known to whoever made the lists, and they do not
 * say it: one way for which they are right is enough.
 */
function waysIn(
  hook: ClosureCase['hook'],
  packet: Packet,
  interfaces: readonly string[],
): readonly Injection[] {
  if (hook === 'OUTPUT') return interfaces.map((oif) => ({ packet, direction: 'out', oif, state: 'new' }));
  const received = { packet, direction: 'in', state: 'new' } as const;
  return interfaces.flatMap((iif): readonly Injection[] =>
    hook === 'INPUT'
      ? [{ ...received, iif, local: true }]
      : interfaces.map((oif) => ({ ...received, iif, oif })),
  );
}

/** Whatever conditions that are not understood may hold. */
function agrees(ruleSet: RuleSet, injection: Injection, wanted: SimpleRule['v']): boolean {
  return trace({ ruleSet, injection }).ways.every(
    ({ verdict }) => (verdict === 'accept') === (wanted === 'ACCEPT'),
  );
}

/** The first rule that matches decides; the last one matches everything. */
function verdictOf(rules: readonly SimpleRule[], packet: Packet): SimpleRule['v'] | undefined {
  return rules.find((rule) => matches(rule, packet))?.v;
}

const protocols: Readonly<Record<string, number>> = protocolNumber;

function matches({ proto, src, dst, extra }: SimpleRule, packet: Packet): boolean {
  const { source, destination, protocol } = packet;
  if (proto !== 'all' && (protocols[proto] ?? Number(proto)) !== protocol) return false;
  return inPrefix(src, source) && inPrefix(dst, destination) && portsMatch(extra, packet);
}

function inPrefix(text: string, value: bigint): boolean {
  const [address = '', length = '32'] = text.split('/');
  const { lo, hi } = prefixRange(parseIpv4(address) ?? 0n, Number(length), 32);
  return lo <= value && value <= hi;
}

/** `tcp dpt:22`, `udp spts:1024:65535 dpts:0:7`. */
function portsMatch(extra: string, { transport }: Packet): boolean {
  return [...extra.matchAll(/([sd])pts?:(\d+)(?::(\d+))?/g)].every(([, side, from, to = from]) => {
    if (transport.kind !== 'tcp' && transport.kind !== 'udp') return false;
    const port = side === 's' ? transport.sport : transport.dport;
    return Number(from) <= port && port <= Number(to);
  });
}
