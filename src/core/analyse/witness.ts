// One packet out of many, as a person would choose it: TCP to a common port, an address in the middle of its net. Who
// shows it to somebody sends it through a trace first.
import type { Assignment, Bdd, Node } from '../bdd/bdd.ts';
import { inRange } from '../bdd/vector.ts';
import { type Range, single } from '../datatype/range.ts';
import { ctDirectionField, ctMark, ctState, trackedEntry } from '../field/ct.ts';
import type { Field } from '../field/define.ts';
import { inputInterface, metaMark, metaPkttype, outputInterface } from '../field/meta.ts';
import {
  codePoint,
  destinationAddress,
  hopLimit,
  isIpPacket,
  laterFragment,
  localSocket,
  moreFragments,
  networkVersion,
  sourceAddress,
  transportNext,
  transportProtocol,
  transportStart,
} from '../field/parts.ts';
import {
  icmpCodeField,
  icmpTypeField,
  icmpv6CodeField,
  icmpv6TypeField,
  tcpFlagBits,
} from '../field/transport.ts';
import type { Hook } from '../hook/hook.ts';
import type { Injection } from '../packet/packet.ts';
import type { Space } from './space.ts';
import { injectionOf } from './witness-packet.ts';

/** One of the packets, and what must be the case for it to be one of them. */
export interface Witness {
  readonly injection: Injection;
  /** Conditions that nobody can tell, by their names, and whether they are to hold; undefined for a value of several bits. */
  readonly supposed: ReadonlyMap<string, boolean | undefined>;
}

/** Where the packet is wanted. */
export interface WitnessPlace {
  readonly hook: Hook;
  /** Addresses that are to be chosen before others, those of IPv4 in the upper 32 of 128 bits. */
  readonly source?: readonly Range[];
  readonly destination?: readonly Range[];
}

/** A plausible packet out of a set of them; nothing where it has no packet of IP. */
export function witnessOf(space: Space, packets: Node, place: WitnessPlace): Witness | undefined {
  const { bdd } = space;
  const symbols = space.at({ hook: place.hook });
  const possible = bdd.and(bdd.and(packets, space.valid()), isIpPacket(symbols));
  if (possible === 0) return undefined;
  const chosen = wishes(place).reduce(
    (node, wish) => narrowed(space, node, wish),
    named(space, possible, place),
  );
  const assignment = bdd.pick(apart(space, chosen));
  if (!assignment) return undefined;
  return { injection: injectionOf(space, assignment, place.hook), supposed: supposedBy(space, assignment) };
}

function supposedBy(space: Space, assignment: Assignment): Witness['supposed'] {
  const supposed = new Map<string, boolean | undefined>();
  for (const [variable, value] of assignment)
    for (const name of space.freeIn(space.bdd.variable(variable)))
      supposed.set(name, supposed.has(name) ? undefined : value);
  return supposed;
}

/** Values of a field, the best first. */
interface Wish {
  readonly field: Field;
  readonly values: readonly Range[];
}

const commonPorts = [443, 80, 22, 53, 25, 123, 993, 8080, 3306, 5432];
const one = (...numbers: readonly number[]): readonly Range[] =>
  numbers.map((number) => single(BigInt(number)));
const upTo = (lo: bigint, hi: bigint): Range => ({ lo, hi });

/** Nets for documentation (RFC 5737, RFC 3849), those of IPv4 in the upper bits. */
const ordinary = {
  source: [upTo(0xc6336400n << 96n, (0xc63364ffn << 96n) | ((1n << 96n) - 1n))],
  destination: [upTo(0xc0000200n << 96n, (0xc00002ffn << 96n) | ((1n << 96n) - 1n))],
  ipv6: [upTo(0x20010db8n << 96n, (0x20010db8n << 96n) | ((1n << 96n) - 1n))],
} as const;

/** What is wished for, in this order: each is kept where what was wished for before leaves it. */
function wishes({ hook, source = [], destination = [] }: WitnessPlace): readonly Wish[] {
  return [
    { field: networkVersion, values: one(4, 6) },
    { field: ctState, values: one(8, 2, 4, 1) },
    { field: trackedEntry, values: one(1) },
    { field: ctDirectionField, values: one(0) },
    { field: transportProtocol, values: one(6, 17, 1, 58) },
    { field: laterFragment, values: one(0) },
    { field: moreFragments, values: one(0) },
    { field: transportNext, values: [...one(...commonPorts), upTo(1n, 1023n), upTo(1024n, 0xffffn)] },
    { field: icmpTypeField, values: one(8, 0) },
    { field: icmpCodeField, values: one(0) },
    { field: icmpv6TypeField, values: one(128, 129) },
    { field: icmpv6CodeField, values: one(0) },
    { field: transportStart, values: [...one(40000), upTo(32768n, 60999n), upTo(1024n, 0xffffn)] },
    { field: tcpFlagBits, values: one(2, 16, 24) },
    { field: destinationAddress, values: [...destination, ...ordinary.destination, ...ordinary.ipv6] },
    { field: sourceAddress, values: [...source, ...ordinary.source, ...ordinary.ipv6] },
    { field: metaMark, values: one(0) },
    { field: ctMark, values: one(0) },
    { field: metaPkttype, values: one(0) },
    { field: localSocket, values: one(hook === 'output' ? 1 : 0) },
    { field: hopLimit, values: [...one(64), upTo(2n, 255n)] },
    { field: codePoint, values: one(0) },
  ];
}

/** With the first of the values that is possible; as it was where none is. */
function narrowed(space: Space, node: Node, { field, values }: Wish): Node {
  const { bdd } = space;
  const value = space.at({ hook: 'forward' }).read(field);
  if (value.kind !== 'number') return node;
  for (const range of values) {
    const wanted = bdd.and(value.present, inRange(bdd, value.bits, range));
    if (bdd.intersects(node, wanted)) return lastByte(bdd, bdd.and(node, wanted), field, value.bits);
  }
  return lastByte(bdd, node, field, value.bits);
}

/** An address of a net that is neither its first nor its last. */
function lastByte(bdd: Bdd, node: Node, field: Field, bits: readonly Node[]): Node {
  if (field !== sourceAddress && field !== destinationAddress) return node;
  return [upTo(10n, 10n), upTo(1n, 254n)].reduce((left, range) => {
    const ordinaryHost = [bits.slice(24, 32), bits.slice(120)].map((part) => inRange(bdd, part, range));
    return ordinaryHost.reduce(
      (rest, wanted) => (bdd.intersects(rest, wanted) ? bdd.and(rest, wanted) : rest),
      left,
    );
  }, node);
}

/** Which interfaces a packet has at a hook. */
const hasInterface: Readonly<Record<Hook, { readonly iif: boolean; readonly oif: boolean }>> = {
  ingress: { iif: true, oif: false },
  prerouting: { iif: true, oif: false },
  input: { iif: true, oif: false },
  forward: { iif: true, oif: true },
  output: { iif: false, oif: true },
  postrouting: { iif: true, oif: true },
  egress: { iif: true, oif: true },
};

/** By interfaces that a packet at the hook may have, and rather not by the loopback one. */
function named(space: Space, node: Node, { hook }: WitnessPlace): Node {
  const { bdd } = space;
  const symbols = space.at({ hook });
  const { iif, oif } = hasInterface[hook];
  const sides = [
    [inputInterface, iif],
    [outputInterface, oif],
  ] as const;
  return sides.reduce((rest, [field, isThere]) => {
    const value = symbols.read(field);
    if (value.kind !== 'name') return rest;
    const plain = bdd.not(bdd.or(value.is(''), value.is('lo')));
    const wanted = isThere ? [bdd.not(value.is('')), plain] : [value.is('')];
    return wanted.reduce((left, wish) => (bdd.intersects(left, wish) ? bdd.and(left, wish) : left), rest);
  }, node);
}

/** Rather not out by the interface that it came in by. */
function apart(space: Space, node: Node): Node {
  const { bdd } = space;
  const name = space.valueOf(inputInterface, bdd.pick(node) ?? new Map());
  const [iif, oif] = [inputInterface, outputInterface].map((field) =>
    space.at({ hook: 'forward' }).read(field),
  );
  if (typeof name !== 'string' || !space.isMentioned(inputInterface, name)) return node;
  if (iif?.kind !== 'name' || oif?.kind !== 'name') return node;
  const wanted = bdd.minus(iif.is(name), oif.is(name));
  return bdd.intersects(node, wanted) ? bdd.and(node, wanted) : node;
}
