// Whether a token bucket has enough for a packet: net/netfilter/nft_limit.c counts its tokens in nanoseconds.
import type { PacketView } from '../field/view.ts';
import { countedSize } from '../packet/size.ts';
import type { Truth } from './define.ts';
import type { Limit } from './limit.ts';
import { type Memory, nanosecondsOf, type Shared } from './memory.ts';

const second = 1_000_000_000n;

/** Seconds in a period. */
const periods = { second: 1n, minute: 60n, hour: 3600n, day: 86_400n, week: 604_800n } as const;

/**
 * Takes from the bucket what the packet costs, if there is so much; it fills with time up to its size
 * (nft_limit_eval). Nobody knows what passed before the history, so it is taken as full then.
 */
export function limitTruth(
  limit: Limit,
  view: PacketView,
  memory: Memory | undefined,
  shared?: Shared,
): Truth {
  if (!memory) return { result: 'assumed', holds: !limit.over, assumption: full };
  const { size, cost } = bucketOf(limit, countedSize(view));
  const known = memory.recall(shared);
  const now = nanosecondsOf(memory);
  const grown = known?.kind === 'bucket' ? known.tokens + now - known.at : size;
  const tokens = grown > size ? size : grown;
  const isCovered = tokens >= cost;
  memory.remember({ kind: 'bucket', tokens: isCovered ? tokens - cost : tokens, at: now }, shared);
  const holds = isCovered !== limit.over;
  if (memory.fresh)
    return { result: holds, actual: isCovered ? 'the rate covers it' : 'the rate is used up' };
  return { result: 'assumed', holds, assumption: known ? fullBefore : full };
}

const full = 'the bucket is full, as after loading';
const fullBefore = 'the bucket was full before these packets, and nothing else took from it';

/** In nanoseconds: a packet costs what its rate leaves between two, or its share of a period (nft_limit_init). */
function bucketOf({ rate: { amount, unit, per }, burst }: Limit, length: number) {
  const period = periods[per] * second;
  if (unit === 'packets') return { size: (period / amount) * burst, cost: period / amount };
  return { size: (period * (amount + burst)) / amount, cost: (period * BigInt(length)) / amount };
}
