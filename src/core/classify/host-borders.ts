// Which addresses and ports a host treats in different ways by itself: routing, source validation, delivery.
import { type AddressFamily, addressWidth, parseAddress } from '../datatype/address.ts';
import type { Range } from '../datatype/range.ts';
import type { Host, InterfaceAddress, NumberRange } from '../topology/host.ts';
import { groupsOf } from '../topology/multicast.ts';
import { networkAddress } from '../topology/prefix.ts';
import { type Borders, bordersOf } from './borders.ts';

/** What routing of a host may tell apart. */
export interface HostBorders {
  readonly addresses: Readonly<Record<AddressFamily, Borders>>;
  readonly ports: Borders;
}

/** Of any host the blocks of addresses that the kernel treats like no other. */
export function hostBorders(host: Host | undefined): HostBorders {
  const all = [...blocks.flatMap(blockOf), ...scopes, ...(host ? prefixesOf(host) : [])];
  const rangesIn = (family: AddressFamily) =>
    all.filter((one) => one.family === family).map(({ range }) => range);
  return {
    addresses: { 4: bordersOf(rangesIn(4), false), 6: bordersOf(rangesIn(6), true) },
    ports: bordersOf(host ? portsOf(host) : [], false),
  };
}

interface Placed {
  readonly family: AddressFamily;
  readonly range: Range;
}

/** Groups of IPv6 by their flags and scope (RFC 4291, 2.7). */
const scopes: readonly Placed[] = Array.from({ length: 256 }, (_, at) =>
  prefix(6, (0xff00n + BigInt(at)) << 112n, 16),
);

/** include/linux/in.h, net/ipv6/addrconf_core.c: ipv6_addr_type. */
const blocks: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['0.0.0.0', 32],
  ['127.0.0.0', 8],
  ['127.0.0.1', 32],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['224.0.0.0', 24],
  ['240.0.0.0', 4],
  ['255.255.255.255', 32],
  ['::', 128],
  ['::1', 128],
  ['::', 96],
  ['::ffff:0:0', 96],
  ['2001::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

function blockOf([text, length]: readonly [string, number]): readonly Placed[] {
  const address = parseAddress(text);
  return address ? [prefix(address.family, address.value, length)] : [];
}

function prefix(family: AddressFamily, value: bigint, length: number): Placed {
  const rest = (1n << BigInt(addressWidth(family) - length)) - 1n;
  const lo = networkAddress(family, value, length);
  return { family, range: { lo, hi: lo + rest } };
}

function alone(family: AddressFamily, value: bigint): Placed {
  return { family, range: { lo: value, hi: value } };
}

function prefixesOf(host: Host): readonly Placed[] {
  const { interfaces, routes, rules } = host;
  return [
    ...([4, 6] as const).flatMap((family) => groupsOf(host, family).map((group) => alone(family, group))),
    ...interfaces.flatMap(({ addresses }) => addresses.flatMap(subnetsOf)),
    ...routes.flatMap(({ family, destination, prefixLength, source, gateway }) => [
      prefix(family, destination, prefixLength),
      ...[source, gateway].flatMap((value) => (value === undefined ? [] : [alone(family, value)])),
    ]),
    ...rules.flatMap(({ family, from, to }) =>
      [from, to].flatMap((part) => (part ? [prefix(family, part.value, part.length)] : [])),
    ),
  ];
}

/** Its subnet, and in it the address, the first and the last one. */
function subnetsOf({ address: { family, value }, prefixLength, peer }: InterfaceAddress): readonly Placed[] {
  return [value, ...(peer === undefined ? [] : [peer])].flatMap((each) => {
    const subnet = prefix(family, each, prefixLength);
    const { lo, hi } = subnet.range;
    return [subnet, ...[each, lo, hi].map((end) => alone(family, end))];
  });
}

function portsOf({ rules }: Host): readonly Range[] {
  const all: readonly (NumberRange | undefined)[] = rules.flatMap(({ sports, dports }) => [sports, dports]);
  return all.flatMap((range) => (range ? [{ lo: BigInt(range.first), hi: BigInt(range.last) }] : []));
}
