// Rules that trust a source address which may as well come in by another interface.

import type { Node } from '../../../bdd/bdd.ts';
import { inRange } from '../../../bdd/vector.ts';
import { diagnostic } from '../../../diagnostic/diagnostic.ts';
import { inputInterface } from '../../../field/meta.ts';
import { ip6Saddr, ipSaddr } from '../../../field/network.ts';
import { networkVersion, sourceAddress } from '../../../field/parts.ts';
import type { Rule } from '../../../ir/ruleset.ts';
import { findMatch } from '../../../match/registry.ts';
import { formatInjection } from '../../../packet/format.ts';
import type { Injection } from '../../../packet/packet.ts';
import type { Host, Interface, InterfaceAddress } from '../../../topology/host.ts';
import { trace } from '../../../trace/trace.ts';
import { demandTime } from '../budget.ts';
import type { Finding, LintSubject } from '../define.ts';
import { type Facts, factsOf, type LineFacts } from '../exact/facts.ts';
import { packetIn } from '../exact/packet.ts';
import { regionOf } from '../exact/reach.ts';
import type { Approach } from '../exact/routes.ts';
import type { Ruled } from '../exact/ruled.ts';
import { named, number } from '../exact/wish.ts';
import { nameOfLine } from '../place.ts';

export const spoofing: Finding = {
  code: 'HK7117',
  name: 'spoofing',
  *find(subject) {
    const [host, another] = subject.hosts;
    if (!host || another) return;
    const facts = factsOf(subject);
    for (const one of facts.lines) {
      demandTime(subject.budget);
      if (!one.line.rules.every(asksForSource)) continue;
      const forged = forgedPacket(subject, facts, one, host);
      if (!forged) continue;
      yield diagnostic('HK7117', `${nameOfLine(one.line, one.placed)} accepts forged sources`, {
        span: one.line.span,
        example: {
          packet: formatInjection(forged),
          outcome: 'accepted, though its source is of another interface',
        },
        ...([...host.sysctls.keys()].some((name) => name.endsWith('.rp_filter')) && { severity: 'warning' }),
      });
    }
  },
};

function asksForSource({ parts }: Rule): boolean {
  return parts.some((part) => {
    const field = part.kind === 'match' ? findMatch(part.key)?.wants?.(part.args)?.field : undefined;
    return field === ipSaddr || field === ip6Saddr;
  });
}

/** Whoever names the interface has thought of it. */
function namesInterface(rule: Ruled | undefined): boolean {
  return (
    rule?.place.rule.parts.some(
      (part) => part.kind === 'match' && findMatch(part.key)?.wants?.(part.args)?.field === inputInterface,
    ) === true
  );
}

/** A packet that the line accepts by one interface from a network of another. */
function forgedPacket(
  { ruleSet }: LintSubject,
  facts: Facts,
  { line, rules }: LineFacts,
  host: Host,
): Injection | undefined {
  const outside = host.interfaces.filter(({ name, up }) => up && name !== 'lo');
  for (const [at, { approaches, rule }] of rules.entries())
    for (const approach of approaches)
      for (const from of outside)
        for (const { addresses } of outside.filter((one) => one !== from))
          for (const network of addresses.filter(({ scope }) => scope === 'global')) {
            const injection = packetFrom(facts, approach, line.first + at, { from, network });
            if (!injection) continue;
            const { verdict, ways } = trace({ ruleSet, injection, host });
            const isBy = ways.every(({ deciding }) => deciding?.by === 'rule' && deciding.rule === rule);
            if (verdict === 'accept' && isBy) return injection;
          }
  return undefined;
}

interface Forged {
  readonly from: Interface;
  readonly network: InterfaceAddress;
}

/** A first packet that meets the rule, with a source of a network at another interface than it comes by. */
function packetFrom(
  { space, entryOf }: Facts,
  approach: Approach,
  at: number,
  { from, network }: Forged,
): Injection | undefined {
  const { table, jumps, chain, base } = approach;
  const hook = base.base?.hook;
  const rule = chain.rules[at];
  const isNamed = [...jumps.map((one) => one.chain.rules[one.at]), rule].some(namesInterface);
  if ((hook !== 'input' && hook !== 'forward') || !rule || isNamed) return undefined;
  const { bdd } = space;
  const symbols = space.at({ hook });
  const source = symbols.read(sourceAddress);
  if (source.kind !== 'number') return undefined;
  const inNetwork = bdd.and(
    number(networkVersion, BigInt(network.address.family))(symbols),
    inRange(bdd, source.bits, rangeOf(network)),
  );
  const all: readonly Node[] = [
    entryOf(approach),
    regionOf(table, [...jumps, { chain, at }], rule.matched),
    named(inputInterface, from.name, true)(symbols),
    inNetwork,
  ];
  const region = all.reduce((node, one) => bdd.and(node, one), 1);
  const injection = packetIn(space, region, hook);
  if (!injection || injection.state !== undefined) return undefined;
  if (hook === 'forward') return { ...injection, direction: 'in', iif: from.name };
  const own = from.addresses.find(({ address }) => address.family === network.address.family)?.address.value;
  if (own === undefined) return undefined;
  const { packet } = injection;
  return { direction: 'in', iif: from.name, packet: { ...packet, destination: own } };
}

/** Addresses of IPv4 stand in the upper bits of the field. */
function rangeOf({ address: { family, value }, prefixLength }: InterfaceAddress) {
  const width = family === 4 ? 32 : 128;
  const shift = BigInt(width - prefixLength);
  const lo = (value >> shift) << shift;
  const hi = lo | ((1n << shift) - 1n);
  const place = BigInt(128 - width);
  return { lo: lo << place, hi: ((hi + 1n) << place) - 1n };
}
