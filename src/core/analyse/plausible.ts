// What a packet looks like that people expect to see: of all that a witness may be, these wishes are met as far as they can.
import type { Node } from '../bdd/bdd.ts';
import { equals, inRange, inRanges } from '../bdd/vector.ts';
import { type AddressFamily, addressWidth } from '../datatype/address.ts';
import type { Range } from '../datatype/range.ts';
import { ctState } from '../field/ct.ts';
import type { Field } from '../field/define.ts';
import { inputInterface, metaMark, metaPkttype, outputInterface } from '../field/meta.ts';
import {
  codePoint,
  congestion,
  destinationAddress,
  dontFragment,
  extended,
  hopLimit,
  laterFragment,
  moreFragments,
  ofVersion,
  sourceAddress,
  transportNext,
  transportProtocol,
  transportStart,
} from '../field/parts.ts';
import { fieldIs } from '../field/symbolic.ts';
import { tcpFlagBits } from '../field/transport.ts';
import { tcpFlag } from '../packet/packet.ts';
import type { Host } from '../topology/host.ts';
import type { PlaceSymbols, Space } from './space.ts';

/** Where packets come from. */
export interface PacketPlace {
  readonly direction: 'in' | 'out';
  /** Without one, the output interface says where a packet goes. */
  readonly host?: Host | undefined;
}

/** The packets of a function that meet as many of the wishes as can be, the first ones first; it must not be 0. */
export function mostPlausible(space: Space, node: Node, place: PacketPlace): Node {
  const { bdd } = space;
  const symbols = space.at({ hook: 'forward' });
  return wishes(symbols, place).reduce((left, wish) => {
    const met = bdd.and(left, wish);
    return met === 0 ? left : met;
  }, node);
}

function wishes(symbols: PlaceSymbols, place: PacketPlace): readonly Node[] {
  const is = (field: Field, ...values: readonly bigint[]) =>
    values.map((value) => fieldIs(symbols, field, value));
  const among = (field: Field, ...ranges: readonly Range[]) => amongRanges(symbols, field, ranges);
  const states = ['new', 'established', 'related'].flatMap((name) => ctState.type.constants?.get(name) ?? []);
  const { syn, ack } = tcpFlag;
  return [
    symbols.bdd.or(ofVersion(4)(symbols), ofVersion(6)(symbols)),
    ...[laterFragment, moreFragments, extended].map((field) => symbols.bdd.not(fieldIs(symbols, field, 1n))),
    ...is(metaPkttype, 0n),
    ...is(ctState, ...states),
    ...is(transportProtocol, 6n, 17n),
    commonPing(symbols),
    ofVersion(4)(symbols),
    ...interfaceWishes(symbols, place),
    ...addressWishes(symbols, place),
    ...is(transportNext, 443n, 80n, 22n, 53n),
    among(transportNext, { lo: 1n, hi: 0xffffn }),
    ...is(transportStart, 40_000n),
    among(transportStart, { lo: 1024n, hi: 0xffffn }),
    ...is(hopLimit, 64n),
    among(hopLimit, { lo: 2n, hi: 255n }),
    ...[codePoint, congestion, metaMark, dontFragment].flatMap((field) => is(field, 0n)),
    symbols.bdd.and(is(ctState, ...states)[0] ?? 0, is(tcpFlagBits, BigInt(syn))[0] ?? 0),
    ...is(tcpFlagBits, BigInt(ack), BigInt(syn | ack)),
  ];
}

/** An echo request where it has to be ICMP. */
function commonPing(symbols: PlaceSymbols): Node {
  const { bdd } = symbols;
  const ping = (version: AddressFamily, protocol: bigint, type: bigint) =>
    [ofVersion(version)(symbols), fieldIs(symbols, transportProtocol, protocol)].reduce<Node>(
      (all, one) => bdd.and(all, one),
      fieldIs(symbols, transportStart, type << 8n),
    );
  const others = bdd.not(amongRanges(symbols, transportProtocol, [single(1n), single(58n)]));
  return [ping(4, 1n, 8n), ping(6, 58n, 128n), others].reduce<Node>((any, one) => bdd.or(any, one), 0);
}

function single(value: bigint): Range {
  return { lo: value, hi: value };
}

function amongRanges(symbols: PlaceSymbols, field: Field, ranges: readonly Range[]): Node {
  const value = symbols.read(field);
  if (value.kind !== 'number') return 0;
  return symbols.bdd.and(value.present, inRanges(symbols.bdd, value.bits, ranges));
}

/** A packet comes in by some interface, and not by the loopback; without a host it had better go on than stay. */
function interfaceWishes(symbols: PlaceSymbols, { host, direction }: PacketPlace): readonly Node[] {
  const { bdd } = symbols;
  const named = (field: Field, name: string) => {
    const value = symbols.read(field);
    return value.kind === 'name' ? value.is(name) : 0;
  };
  const none = (field: Field) => bdd.or(named(field, ''), named(field, 'lo'));
  const known = host?.interfaces.map(({ name }) => name).filter((name) => name !== 'lo') ?? [];
  const ofHost = known
    .map((name) => named(inputInterface, name))
    .reduce<Node>((any, one) => bdd.or(any, one), 0);
  if (direction === 'out') return host ? [named(outputInterface, '')] : [bdd.not(none(outputInterface))];
  if (host) return [ofHost, bdd.not(none(inputInterface))];
  return [bdd.not(none(inputInterface)), bdd.not(none(outputInterface))];
}

/** Sources that belong behind the interface, then addresses that stations have. */
function addressWishes(symbols: PlaceSymbols, { host, direction }: PacketPlace): readonly Node[] {
  const fields = [sourceAddress, destinationAddress] as const;
  const usual = fields.map((field) => stationIn(symbols, field));
  const fit = host && direction === 'in' ? [comesFromThere(symbols, host)] : [];
  const outside = fields.map((field, at) => inNet(symbols, field, documentation[at] ?? []));
  const last = fields.flatMap((field) => [10n, 2n].map((number) => endsWith(symbols, field, number)));
  const ends = fields.map((field) => symbols.bdd.not(edges(symbols, field)));
  return [...usual, ...fit, ...outside, ...ends, ...last];
}

/** RFC 5737 and RFC 3849: a net for each side. */
const documentation = [
  [
    { family: 4, address: 0xc633_6400n, length: 24 },
    { family: 6, address: 0x2001_0db8_0000_0001n << 64n, length: 64 },
  ],
  [
    { family: 4, address: 0xcb00_7100n, length: 24 },
    { family: 6, address: 0x2001_0db8_0000_0002n << 64n, length: 64 },
  ],
] as const;

interface Net {
  readonly family: AddressFamily;
  readonly address: bigint;
  readonly length: number;
}

function inNet(symbols: PlaceSymbols, field: Field, nets: readonly Net[]): Node {
  const { bdd } = symbols;
  return nets.reduce<Node>((any, { family, address, length }) => {
    const host = BigInt(addressWidth(family) - length);
    const lo = (address >> host) << host;
    const inside = inRange(bdd, addressBits(symbols, field, family), { lo, hi: lo + (1n << host) - 1n });
    return bdd.or(any, bdd.and(ofVersion(family)(symbols), inside));
  }, 0);
}

function addressBits(symbols: PlaceSymbols, field: Field, family: AddressFamily): readonly Node[] {
  const value = symbols.read(field);
  return value.kind === 'number' ? value.bits.slice(0, addressWidth(family)) : [];
}

/** Neither multicast nor loopback nor reserved; of IPv6 a global or a private one. */
function stationIn(symbols: PlaceSymbols, field: Field): Node {
  const special: readonly Net[] = [
    { family: 4, address: 0n, length: 8 },
    { family: 4, address: 127n << 24n, length: 8 },
    { family: 4, address: 7n << 29n, length: 3 },
  ];
  const global: readonly Net[] = [
    { family: 6, address: 1n << 125n, length: 3 },
    { family: 6, address: 0x7en << 121n, length: 7 },
  ];
  const four = symbols.bdd.minus(ofVersion(4)(symbols), inNet(symbols, field, special));
  return symbols.bdd.or(four, inNet(symbols, field, global));
}

/** An address whose last byte is 0 or 255 may be that of a net. */
function edges(symbols: PlaceSymbols, field: Field): Node {
  return [0n, 255n]
    .map((number) => endsWith(symbols, field, number))
    .reduce<Node>((any, one) => symbols.bdd.or(any, one), 0);
}

function endsWith(symbols: PlaceSymbols, field: Field, number: bigint): Node {
  const { bdd } = symbols;
  const ends = (family: AddressFamily) =>
    bdd.and(ofVersion(family)(symbols), equals(bdd, addressBits(symbols, field, family).slice(-8), number));
  return bdd.or(ends(4), ends(6));
}

/** From a net of the interface that it comes in by; from no such net where that has the default route. */
function comesFromThere(symbols: PlaceSymbols, { interfaces, routes }: Host): Node {
  const { bdd } = symbols;
  const input = symbols.read(inputInterface);
  const nets = interfaces.map(({ name, addresses }) => ({
    name,
    inside: inNet(
      symbols,
      sourceAddress,
      addresses.map(({ address, prefixLength }) => ({
        family: address.family,
        address: address.value,
        length: prefixLength,
      })),
    ),
  }));
  const inside = nets.map((net) => net.inside).reduce<Node>((any, one) => bdd.or(any, one), 0);
  const outer = new Set(routes.flatMap((route) => (route.gateway === undefined ? [] : [route.device])));
  return nets.reduce<Node>((any, net) => {
    const here = input.kind === 'name' ? input.is(net.name) : 0;
    const from = outer.has(net.name) ? bdd.not(inside) : net.inside;
    return bdd.or(any, bdd.and(here, from));
  }, 0);
}
