// What matches remember of the packets before: tokens in a bucket, bytes of a quota, whose turn it is.
import type { Entry, Zone } from '../conntrack/entry.ts';
import type { Tuple } from '../conntrack/tuple.ts';
import type { AddressFamily } from '../datatype/address.ts';
import type { Packet } from '../packet/packet.ts';

/** What is kept in one place. */
export type Remembered =
  /** What is in a token bucket, in the limit's own unit, and when that was, in nanoseconds. */
  | { readonly kind: 'bucket'; readonly tokens: bigint; readonly at: bigint }
  /** How much has passed. */
  | { readonly kind: 'bytes'; readonly bytes: bigint }
  /** The place in a round whose turn it is, from 0. */
  | { readonly kind: 'turn'; readonly next: number }
  /** What is in a bucket that fills by ticks, how often it may be refilled, and when that was, in ticks. */
  | { readonly kind: 'credit'; readonly credit: bigint; readonly refills: bigint; readonly at: number }
  /** How much came since a window of time began, whether the one before was over its rate, and the last packet, in ticks. */
  | {
      readonly kind: 'window';
      readonly begun: number;
      readonly carried: bigint;
      readonly wasOver: boolean;
      readonly at: number;
    }
  /** A list of addresses, the one that was touched longest ago first. */
  | { readonly kind: 'recent'; readonly entries: readonly RecentEntry[] }
  /** Fragments of one packet that wait for the others, and since when, in seconds. */
  | {
      readonly kind: 'fragments';
      readonly pieces: readonly Packet[];
      /** Where a fragment that was there already said that the packet ends. */
      readonly end?: number;
      readonly since: number;
    }
  /** The connections that came to a place, the oldest first. */
  | { readonly kind: 'connections'; readonly list: readonly CountedConnection[] };

/** An address on a list of `recent`. */
export interface RecentEntry {
  readonly address: string;
  readonly family: AddressFamily;
  readonly ttl: number;
  /** When packets came, in ticks. */
  readonly stamps: readonly number[];
  /** There were no other packets; without any it is not on the list. */
  readonly isComplete: boolean;
}

/** A connection by the tuple that it began with. */
export interface CountedConnection {
  readonly tuple: Tuple;
  readonly zone: Zone;
}

/** What several places have in common by a name, in their table or on the whole machine, or one of several of its own. */
export interface Shared {
  readonly of: 'own' | 'table' | 'machine';
  readonly name: string;
}

/**
 * The memory of one place in the rules. A match that is evaluated with one counts the packet; without one it only says
 * what it would be after loading.
 */
export interface Memory {
  /** When the packet comes, in seconds since the beginning of the history. */
  readonly now: number;
  /** The rules were just loaded: nothing has passed but what is remembered. */
  readonly fresh: boolean;
  recall(shared?: Shared): Remembered | undefined;
  remember(state: Remembered, shared?: Shared): void;
  /** The connection that conntrack knows by now, if it does. */
  connection(tuple: Tuple, zone: Zone): Entry | undefined;
  /** Gives the packet's connection labels beside those that it has. */
  label(bits: bigint): void;
  /** Says what is taken for granted. */
  assume(what: string): void;
  /** Follows every answer to what is not known. */
  choose(question: string, answers: readonly [string, ...string[]]): string;
}

/** In nanoseconds, as the kernel's clock counts (ktime_get_ns). */
export function nanosecondsOf({ now }: Pick<Memory, 'now'>): bigint {
  return BigInt(Math.round(now * 1e9));
}

/** CONFIG_HZ of most distributions' kernels. */
export const ticksPerSecond = 250;

/** The kernel's coarse clock (jiffies), which stands at the beginning of a tick when the history begins. */
export function ticksOf({ now }: Pick<Memory, 'now'>): number {
  return Math.floor(now * ticksPerSecond + 1e-6);
}

/** A longer round is not followed from each of its places. */
const longestRound = 15;

/** The place in a round of so many whose turn it is; the next packet has the next one. Undefined: not known. */
export function takeTurn(memory: Memory, round: number): number | undefined {
  const known = memory.recall();
  const place = known?.kind === 'turn' ? known.next : firstTurn(memory, round);
  if (place !== undefined) memory.remember({ kind: 'turn', next: (place + 1) % round });
  return place;
}

function firstTurn(memory: Memory, round: number): number | undefined {
  if (memory.fresh) return 0;
  if (round > longestRound) return undefined;
  const [first = '1', ...others] = Array.from({ length: round }, (_, at) => `${at + 1}`);
  return Number(memory.choose(`whose turn it is, of ${round}`, [first, ...others])) - 1;
}
