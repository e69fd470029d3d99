// What matches remember of the packets before: tokens in a bucket, bytes of a quota, whose turn it is.

/** What is kept in one place. */
export type Remembered =
  /** What is in a token bucket, in the limit's own unit, and when that was, in nanoseconds. */
  | { readonly kind: 'bucket'; readonly tokens: bigint; readonly at: bigint }
  /** How much has passed. */
  | { readonly kind: 'bytes'; readonly bytes: bigint }
  /** The place in a round whose turn it is, from 0. */
  | { readonly kind: 'turn'; readonly next: number };

/** What several places have in common by a name, in their table or on the whole machine. */
export interface Shared {
  readonly of: 'table' | 'machine';
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
  /** Follows every answer to what is not known. */
  choose(question: string, answers: readonly [string, ...string[]]): string;
}

/** In nanoseconds, as the kernel's clock counts (ktime_get_ns). */
export function nanosecondsOf({ now }: Pick<Memory, 'now'>): bigint {
  return BigInt(Math.round(now * 1e9));
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
