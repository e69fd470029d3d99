// The closures of a chain as implications over all packets: whatever the lower list accepts is accepted, whatever the upper
// list drops is not, for every answer to what nobody can tell.
import { mentionedNames } from '../../src/core/analyse/names.ts';
import { createSpace, type Space } from '../../src/core/analyse/space.ts';
import { walkChain } from '../../src/core/analyse/walk-chain.ts';
import type { Node } from '../../src/core/bdd/bdd.ts';
import { inRange } from '../../src/core/bdd/vector.ts';
import { parseIpv4 } from '../../src/core/datatype/address.ts';
import { prefixRange, type Range } from '../../src/core/datatype/range.ts';
import { ctState } from '../../src/core/field/ct.ts';
import type { Field } from '../../src/core/field/define.ts';
import { inputInterface, outputInterface } from '../../src/core/field/meta.ts';
import {
  destinationAddress,
  laterFragment,
  ofVersion,
  sourceAddress,
  transportNext,
  transportProtocol,
  transportStart,
} from '../../src/core/field/parts.ts';
import { bitsOf, fieldIs } from '../../src/core/field/symbolic.ts';
import { findChain, type RuleSet } from '../../src/core/ir/ruleset.ts';
import { anyOf } from '../../src/core/match/symbolic.ts';
import { protocolNumber } from '../../src/core/packet/packet.ts';

/** A simple rule as the closures have it. */
export interface SimpleRule {
  readonly v: 'ACCEPT' | 'DROP';
  readonly proto: string;
  readonly src: string;
  readonly dst: string;
  /** `tcp dpt:22`, `udp spts:1024:65535 dpts:0:7`. */
  readonly extra: string;
}

/** A chain with its closures. */
export interface Closures {
  readonly hook: 'INPUT' | 'FORWARD' | 'OUTPUT';
  readonly lower: readonly SimpleRule[];
  readonly upper: readonly SimpleRule[];
}

/** The implications that do not hold, as the conditions that something of them depends on; none if all is well. */
export function brokenImplications({ hook, lower, upper }: Closures, ruleSet: RuleSet): readonly string[] {
  const space = createSpace(mentionedNames([ruleSet]));
  const { bdd } = space;
  const [table] = ruleSet.tables;
  const chain = table && findChain(table, hook);
  if (!table || !chain?.base) throw new Error(`no chain ${hook}`);
  const begins = firstPackets(space);
  const name = { INPUT: 'input', FORWARD: 'forward', OUTPUT: 'output' } as const;
  const { decided, end } = walkChain(space, table, chain, begins, { hook: name[hook] });
  const ruled = decided.flatMap(({ result, path }) => (result.kind === 'accept' ? [path] : []));
  const accepted = anyOf(bdd, [...ruled, ...(chain.base.policy === 'accept' ? [end.path] : [])]);
  const packets = bdd.and(begins, space.valid());
  const wanted = bdd.and(packets, decidedBy(space, lower, 'ACCEPT'));
  const refused = bdd.and(packets, decidedBy(space, upper, 'DROP'));
  return [
    ...broken(space, 'accepted', wanted, accepted),
    ...broken(space, 'refused', refused, bdd.not(accepted)),
  ];
}

/** Whole packets of IPv4 that begin a connection. */
function firstPackets(space: Space): Node {
  const symbols = space.at({ hook: 'forward' });
  const isNew = fieldIs(symbols, ctState, ctState.type.constants?.get('new') ?? 0n);
  const whole = space.bdd.not(bitsOf(symbols, laterFragment)[0] ?? 0);
  return space.bdd.and(ofVersion(4)(symbols), space.bdd.and(isNew, whole));
}

/**
 * By which interfaces a packet with such addresses comes and goes was known to whoever made the lists, and they do not say
 * it: some are enough, but for every answer to what nobody can tell.
 */
function broken(space: Space, what: string, packets: Node, holds: Node): readonly string[] {
  const { bdd } = space;
  const sure = bdd.forall(holds, space.freeVariables());
  const interfaces = space
    .parts()
    .flatMap(({ field, variables }) =>
      field?.name === inputInterface.name || field?.name === outputInterface.name ? variables : [],
    );
  const missing = bdd.minus(packets, bdd.exists(bdd.and(sure, space.valid()), interfaces));
  return missing === 0 ? [] : [`not all are ${what}: ${JSON.stringify(example(space, missing))}`];
}

function example(space: Space, node: Node): Readonly<Record<string, string>> {
  const assignment = space.bdd.pick(node) ?? new Map<number, boolean>();
  return Object.fromEntries(
    space.parts().flatMap(({ field }) => {
      const value = field && space.valueOf(field, assignment);
      return value === undefined ? [] : [[field?.name, `${value}`]];
    }),
  );
}

/** The first rule that matches decides. */
function decidedBy(space: Space, rules: readonly SimpleRule[], verdict: SimpleRule['v']): Node {
  const { bdd } = space;
  return rules.reduceRight<Node>((rest, rule) => {
    const when = packetsOf(space, rule);
    return rule.v === verdict ? bdd.or(when, rest) : bdd.minus(rest, when);
  }, 0);
}

const protocols: Readonly<Record<string, number>> = protocolNumber;

function packetsOf(space: Space, { proto, src, dst, extra }: SimpleRule): Node {
  const { bdd } = space;
  const symbols = space.at({ hook: 'forward' });
  const among = (field: Field, range: Range, width?: number) =>
    inRange(bdd, bitsOf(symbols, field).slice(0, width), range);
  const ports = [...extra.matchAll(/([sd])pts?:(\d+)(?::(\d+))?/g)].map(([, side, from = '', to = from]) =>
    among(side === 's' ? transportStart : transportNext, { lo: BigInt(from), hi: BigInt(to) }),
  );
  return [
    proto === 'all' ? 1 : among(transportProtocol, prefixRange(protocolIn(proto), 8, 8)),
    among(sourceAddress, rangeOf(src), 32),
    among(destinationAddress, rangeOf(dst), 32),
    ...ports,
  ].reduce<Node>((all, one) => bdd.and(all, one), 1);
}

function protocolIn(proto: string): bigint {
  return BigInt(protocols[proto] ?? proto);
}

function rangeOf(text: string): Range {
  const [address = '', length = '32'] = text.split('/');
  return prefixRange(parseIpv4(address) ?? 0n, Number(length), 32);
}
