// A listed connection as numbers alone: one record that is filled again for each line of a listing, so that a million
// lines make no object, no string and no bigint.
import type { AddressFamily } from '../../datatype/address.ts';

/** Which keys the tuples have beside their addresses, as {@link CompactEntry}'s `layer4`. */
export const layer4Code = { none: 0, ports: 1, icmp: 2, gre: 3 } as const;

/** Where the addresses begin among the words of {@link CompactEntry}'s `addresses`; each has four. */
export const addressAt = {
  originalSource: 0,
  originalDestination: 4,
  replySource: 8,
  replyDestination: 12,
} as const;

/** Where the keys of the tuples begin in {@link CompactEntry}'s `keys`; each tuple has three. */
export const keyAt = { original: 0, reply: 3 } as const;

/**
 * What `timeout`, `id`, `use` and `age` of {@link CompactEntry} are where the listing does not tell them; `state` is then
 * 0.
 */
export const untold = -1;

/**
 * One connection. Whoever is given it must read what it wants at once: the next line changes it in place. Both tuples
 * are of one family and have keys of one kind: lines of which that is not true are never told in this form.
 */
export interface CompactEntry {
  family: AddressFamily;
  /** Of the transport, below 256. */
  protocol: number;
  /**
   * The addresses, 16 unsigned words of 32 bits, by {@link addressAt}: the most significant word first. An IPv4 address
   * is the first word of its four, and the others are 0.
   */
  readonly addresses: Uint32Array;
  /** One of {@link layer4Code}: what the keys are. */
  layer4: number;
  /**
   * Six unsigned numbers, by {@link keyAt}: of `ports` the source and the destination port, of `icmp` type, code and
   * identifier, of `gre` the source and the destination key. What a kind has not is 0.
   */
  readonly keys: Uint32Array;
  /** Bits of ctStatus, as the plain reader sets them. */
  status: number;
  /** The protocol's own state: its place in stateNames, 0 where there is none. */
  state: number;
  /** Seconds until it is forgotten, or untold. */
  timeout: number;
  /** Of 32 bits, unsigned. */
  mark: number;
  zoneOriginal: number;
  zoneReply: number;
  /** Whether the counters are told (net.netfilter.nf_conntrack_acct); else they are 0. */
  hasCounters: boolean;
  /** Packets and bytes of the original direction, then packets and bytes of the reply direction. */
  readonly counters: Float64Array;
  /** The identifier that the kernel gave the entry, or untold. */
  id: number;
  /** How many hold the entry, or untold. */
  use: number;
  /** Seconds since it began, or untold. */
  age: number;
  /** The number of its line, from 1. */
  line: number;
  /** Where its line stands: from `start` to `end` in `bytes`, without the line's end. */
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** A record to be filled. */
export function newCompactEntry(): CompactEntry {
  // Fractions at first, so that V8 keeps these fields as floating-point numbers from the beginning and can change them
  // in place: whole numbers beyond 31 bits would otherwise each be an object of their own.
  const number = 0.5;
  return {
    family: 4,
    protocol: 0,
    addresses: new Uint32Array(16),
    layer4: layer4Code.none,
    keys: new Uint32Array(6),
    status: 0,
    state: 0,
    timeout: number,
    mark: number,
    zoneOriginal: 0,
    zoneReply: 0,
    hasCounters: false,
    counters: new Float64Array(4),
    id: number,
    use: number,
    age: number,
    line: 0,
    bytes: new Uint8Array(),
    start: 0,
    end: 0,
  };
}
