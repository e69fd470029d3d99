// `quota`: matches until so many bytes have passed, or with `over` only after that; what passed before decides.

import type { PacketView } from '../field/view.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { countedSize } from '../packet/size.ts';
import { fromUnit, inUnit, numberToJson, readBytes, writeBytes } from './byte-size.ts';
import { defineMatch, type NftSpelled, type Truth } from './define.ts';
import { moduleOption } from './iptables-condition.ts';
import { type Condition, type GivenOption, type Refusal, refuse } from './iptables-spelling.ts';
import type { Memory, Shared } from './memory.ts';
import { max64, parseInteger } from './module/value.ts';
import type { TermReader } from './reader.ts';

/** Packets match while all bytes so far, their own included, are fewer. */
export interface Quota {
  readonly bytes: bigint;
  /** What had passed before. */
  readonly used: bigint;
  /** Matches what the quota does not cover. */
  readonly over: boolean;
}

export const quotaMatch = defineMatch<Quota>({
  key: 'quota',
  knowledge: 'history',
  summary:
    'Matches until so many bytes have passed: `quota 25 mbytes`. With `over`, what exceeds that: `quota over 25 mbytes used 3 kbytes`.',
  stateful: true,
  read: readQuota,
  write: (quota) => `quota ${writeQuota(quota)}`,
  nft: { write: toNft, read: fromNft },
  iptables: {
    write: toIptables,
    readers: [
      { module: 'quota', options: { '--quota': 1 }, takes: 'together', complete: true, read: fromIptables },
    ],
  },
  evaluate: (quota, { view, memory }) => quotaTruth(quota, view, memory),
  sets: () => [],
});

/**
 * All bytes so far, the packet's own included, are fewer than the quota has. Kernels before 6.16 take one that is just
 * reached for used up, later ones do not (net/netfilter/nft_quota.c: nft_overquota). What is used up already is known;
 * that nothing else uses up the rest is an assumption.
 */
export function quotaTruth(quota: Quota, view: PacketView, memory?: Memory, shared?: Shared): Truth {
  const { bytes, over } = quota;
  const known = memory?.recall(shared);
  const used = known?.kind === 'bytes' ? known.bytes : quota.used;
  const consumed = used + BigInt(countedSize(view));
  memory?.remember({ kind: 'bytes', bytes: consumed }, shared);
  if (used >= bytes || consumed > bytes) return { result: over, actual: `all ${bytes} bytes are used` };
  if (consumed === bytes && memory)
    return {
      result: over === isReached(memory, bytes),
      actual: `the packet takes the last of ${bytes} bytes`,
    };
  if (memory?.fresh) return { result: !over, actual: `${consumed} of ${bytes} bytes are used` };
  return { result: 'assumed', holds: !over, assumption: 'the quota is not used up' };
}

function isReached(memory: Memory, bytes: bigint): boolean {
  const question = `a quota that the packet just reaches (${bytes} bytes) is used up, as before Linux 6.16`;
  return memory.choose(question, ['no', 'yes']) === 'yes';
}

/** Takes `[over | until] 25 mbytes [used 3 kbytes]`. */
export function readQuota(reader: TermReader): Quota | undefined {
  const over = reader.word('over', 'until') === 'over';
  const bytes = readBytes(reader);
  const used = bytes !== undefined && reader.word('used') ? readBytes(reader) : 0n;
  if (bytes === undefined || used === undefined) return undefined;
  if (used > bytes) return reader.refuse('HK3012', 'more is used than the quota has');
  return { bytes, used, over };
}

/** Writes what readQuota reads, as nft prints it. */
export function writeQuota({ bytes, used, over }: Quota): string {
  return `${over ? 'over ' : ''}${writeBytes(bytes)}${used === 0n ? '' : ` used ${writeBytes(used)}`}`;
}

function toNft({ bytes, used, over }: Quota): NftSpelled {
  // net/netfilter/nft_quota.c: nft_quota_do_init.
  if (bytes >> 63n !== 0n) return { unsupported: `nft has no quota of ${bytes} bytes` };
  const size = inUnit(bytes);
  const spent = inUnit(used);
  const quota: JsonObject = {
    val: numberToJson(size.number),
    val_unit: size.unit,
    ...(over && { inv: true }),
    ...(used !== 0n && { used: numberToJson(spent.number), used_unit: spent.unit }),
  };
  return { statement: { quota } };
}

const jsonKeys = new Set(['val', 'val_unit', 'used', 'used_unit', 'inv']);

function fromNft(statement: JsonValue): Quota | undefined {
  const given = isJsonObject(statement) ? statement['quota'] : undefined;
  if (!isJsonObject(given) || !Object.keys(given).every((key) => jsonKeys.has(key))) return undefined;
  const bytes = fromUnit(given['val'], given['val_unit'] ?? 'bytes');
  const used = fromUnit(given['used'] ?? 0, given['used_unit'] ?? 'bytes');
  if (bytes === undefined || used === undefined || used > bytes) return undefined;
  return { bytes, used, over: given['inv'] === true };
}

/**
 * iptables counts down and matches as long as a packet fits into what is left (net/netfilter/xt_quota.c: quota_mt), so
 * its quota is one byte less. It has no place for what was used, and no use for it: what is left does the same.
 */
function toIptables({ bytes, used, over }: Quota): Condition {
  const left = bytes > used ? bytes - used - 1n : 0n;
  return { kind: 'any', alternatives: [[moduleOption('quota', over, '--quota', `${left}`)]] };
}

function fromIptables([given]: readonly GivenOption[]): Quota | Refusal {
  const [word = ''] = given?.words ?? [];
  const bytes = parseInteger(word, max64);
  if (given && bytes !== undefined) return { bytes: bytes + 1n, used: 0n, over: given.negated };
  return refuse(`\`--quota\` takes a number from 0 to ${max64}, not \`${word}\``);
}
