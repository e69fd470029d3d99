// Which address of a range a connection gets: net/netfilter/nf_nat_core.c: find_best_ips_proto.
import type { AddressFamily } from '../datatype/address.ts';
import { jhash2, scaled } from './jhash.ts';
import type { Manip, NatRange } from './nat.ts';
import type { Tuple } from './tuple.ts';

/** A netmap's range as the one address that it gives this address (xt_NETMAP.c, nft_nat.c: nft_nat_setup_netmap). */
export function narrowed(range: NatRange, address: bigint): NatRange {
  const { minAddress, maxAddress = minAddress, netmap, ...rest } = range;
  if (!netmap || minAddress === undefined || maxAddress === undefined) return range;
  const hostBits = minAddress ^ maxAddress;
  const mapped = (address & hostBits) | (minAddress & ~hostBits);
  return { ...rest, minAddress: mapped, maxAddress: mapped };
}

/**
 * The new source or destination address: by a hash of both addresses and the zone, so the same for the same peers;
 * with `persistent` by the source alone. Words are hashed as a little-endian machine loads them.
 */
export function chooseAddress(tuple: Tuple, manip: Manip, range: NatRange, zone: number): bigint {
  const { minAddress, maxAddress = minAddress, persistent = false } = range;
  if (minAddress === undefined || maxAddress === undefined) return tuple[manip];
  if (minAddress === maxAddress) return minAddress;
  const { family } = tuple;
  const peer = wordsOf(tuple.destination, family);
  const seed = persistent ? 0 : (swapped(peer.at(-1) ?? 0) ^ zone) >>> 0;
  const spread = { low: wordsOf(minAddress, family), high: wordsOf(maxAddress, family), peer, persistent };
  const words = chooseWords(spread, manip, jhash2(hashedSource(tuple), seed));
  return words.reduce((value, word) => (value << 32n) | BigInt(word), 0n);
}

/** Addresses as 32-bit words, the most significant first. */
interface Spread {
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly peer: readonly number[];
  readonly persistent: boolean;
}

/** Word for word within the bounds, until one is below the upper bound: then the rest is free. */
function chooseWords({ low, high, peer, persistent }: Spread, manip: Manip, seed: number): readonly number[] {
  const words: number[] = [];
  let hash = seed;
  let free = false;
  for (const [index, top] of high.entries()) {
    const bottom = low[index] ?? 0;
    const word: number = free
      ? scaled(hash, 0xffffffff)
      : (bottom + scaled(hash, (top - bottom + 1) >>> 0)) >>> 0;
    words.push(word);
    free ||= word !== top;
    // The kernel writes the new destination where it then reads the old one.
    if (!persistent) hash = (hash ^ swapped(manip === 'destination' ? word : (peer[index] ?? 0))) >>> 0;
  }
  return words;
}

/** The union nf_inet_addr has four words in either family. */
function hashedSource({ source, family }: Tuple): readonly number[] {
  const words = wordsOf(source, family).map(swapped);
  return family === 6 ? words : [...words, 0, 0, 0];
}

function wordsOf(address: bigint, family: AddressFamily): readonly number[] {
  const shifts = family === 4 ? [0n] : [96n, 64n, 32n, 0n];
  return shifts.map((shift) => Number((address >> shift) & 0xffffffffn));
}

/** The word with its bytes in the other order. */
function swapped(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
