// `counter`, `quota`, `limit`: what rules that refer to the same object count together.
import { numberToJson, wholeNumber } from '../match/byte-size.ts';
import { type Limit, limitFromJson, limitToJson, readLimit, writeLimit } from '../match/limit.ts';
import { limitTruth } from '../match/limit-truth.ts';
import { type Quota, quotaTruth, readQuota, writeQuota } from '../match/quota.ts';
import type { JsonObject } from '../nft/json-value.ts';
import { type Counts, countsFromJson, countsToJson, readCounts, writeCounts } from '../statement/counter.ts';
import { defineObject } from './define.ts';

export const counterObject = defineObject<Counts>({
  kind: 'counter',
  summary: 'A counter that several rules may share: `counter web`, used by `counter name "web"`.',
  read: readCounts,
  write: (counts) => [writeCounts(counts)].filter(Boolean),
  nft: {
    write: countsToJson,
    read: ({ packets = 0, bytes = 0, ...others }) =>
      Object.keys(others).length === 0 ? countsFromJson({ packets, bytes }) : undefined,
  },
});

export const quotaObject = defineObject<Quota>({
  kind: 'quota',
  summary:
    'A quota that several rules use up: `quota monthly over 10 mbytes`, used by `quota name "monthly"`.',
  read: readQuota,
  write: (quota) => [writeQuota(quota)],
  truth: quotaTruth,
  nft: {
    write: ({ bytes, used, over }) => ({ bytes: numberToJson(bytes), used: numberToJson(used), inv: over }),
    read: quotaFromJson,
  },
});

function quotaFromJson({ bytes: all = 0, used: spent = 0, inv = false, ...others }: JsonObject) {
  const bytes = wholeNumber(all);
  const used = wholeNumber(spent);
  if (bytes === undefined || used === undefined || typeof inv !== 'boolean') return undefined;
  return Object.keys(others).length === 0 && used <= bytes ? { bytes, used, over: inv } : undefined;
}

export const limitObject = defineObject<Limit>({
  kind: 'limit',
  summary:
    'A limit that several rules share: `limit slow 10/minute burst 5 packets`, used by `limit name "slow"`.',
  read: readLimit,
  write: (limit) => [writeLimit(limit)],
  truth: limitTruth,
  nft: {
    write: limitObjectToJson,
    read: limitFromJson,
  },
});

/** nft leaves a burst of no bytes out, which it prints in a rule. */
function limitObjectToJson(limit: Limit): JsonObject {
  const { burst, burst_unit: unit, ...others } = limitToJson(limit);
  if (limit.rate.unit === 'bytes' && limit.burst === 0n) return others;
  return { ...others, burst: burst ?? 0, ...(unit !== undefined && { burst_unit: unit }) };
}
