// Which addresses and ports a host treats in different ways by itself: routing, source validation, delivery.
import { type AddressFamily, addressWidth, parseAddress } from '../datatype/address.ts';
import type { Host, InterfaceAddress, RoutingRule } from '../topology/host.ts';
import { networkAddress } from '../topology/prefix.ts';
import type { Space } from './space.ts';

/** Tells apart in a space whatever routing of the host may tell apart. */
export function addHost(space: Space, host: Host | undefined): void {
  for (const [text, length] of blocks) addBlock(space, text, length);
  for (const { addresses } of host?.interfaces ?? []) for (const one of addresses) addAddress(space, one);
  for (const { family, destination, prefixLength, source, gateway } of host?.routes ?? []) {
    addPrefix(space, family, destination, prefixLength);
    for (const one of [source, gateway]) if (one !== undefined) addOne(space, family, one);
  }
  for (const rule of host?.rules ?? []) addRule(space, rule);
}

/** Blocks that the kernel itself treats like no other (include/linux/in.h, net/ipv6/addrconf_core.c: ipv6_addr_type). */
const blocks: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['0.0.0.0', 32],
  ['127.0.0.0', 8],
  ['127.0.0.1', 32],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
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

function addBlock(space: Space, text: string, length: number): void {
  const address = parseAddress(text);
  if (address) addPrefix(space, address.family, address.value, length);
}

function addPrefix(space: Space, family: AddressFamily, value: bigint, length: number): void {
  const rest = (1n << BigInt(addressWidth(family) - length)) - 1n;
  const lo = networkAddress(family, value, length);
  for (const dimension of ['source', 'destination'] as const)
    space.addRange(dimension, family, { lo, hi: lo + rest });
}

function addOne(space: Space, family: AddressFamily, value: bigint): void {
  addPrefix(space, family, value, addressWidth(family));
}

/** Its subnet, and in it the address, the first and the last one. */
function addAddress(
  space: Space,
  { address: { family, value }, prefixLength, peer }: InterfaceAddress,
): void {
  for (const one of [value, peer]) {
    if (one === undefined) continue;
    const first = networkAddress(family, one, prefixLength);
    addPrefix(space, family, one, prefixLength);
    for (const each of [one, first, first + (1n << BigInt(addressWidth(family) - prefixLength)) - 1n])
      addOne(space, family, each);
  }
}

function addRule(space: Space, { family, from, to, sports, dports }: RoutingRule): void {
  for (const one of [from, to]) if (one) addPrefix(space, family, one.value, one.length);
  for (const [dimension, range] of [['sport', sports] as const, ['dport', dports] as const])
    if (range) space.addRange(dimension, family, { lo: BigInt(range.first), hi: BigInt(range.last) });
}
