// Whether a bucket of its own has enough for a packet: net/netfilter/xt_hashlimit.c counts credits by ticks.
import { type AddressFamily, addressWidth } from '../../datatype/address.ts';
import type { PacketView } from '../../field/view.ts';
import type { Packet } from '../../packet/packet.ts';
import { countedSize } from '../../packet/size.ts';
import type { EvaluationContext, Truth } from '../define.ts';
import { type Memory, type Remembered, ticksOf, ticksPerSecond } from '../memory.ts';
import { byteCount, bytesPerSecond, costOf, keptBytes, scale } from './hashlimit-rate.ts';
import { isForgotten, measured } from './hashlimit-window.ts';
import { parseRate } from './rate.ts';
import { has, type Settings, wordOf } from './settings.ts';
import { max32, max64 } from './value.ts';

type Credit = Extract<Remembered, { kind: 'credit' }>;

/** How a bucket fills and what a packet takes (rateinfo_init). */
interface Bucket {
  /** Credit of a tick. */
  readonly perTick: bigint;
  readonly most: bigint;
  readonly cost: bigint;
  /** How often an empty bucket may be filled at once, where bytes are counted. */
  readonly refills: bigint;
}

/** Full, or with as much as earlier packets of the same key left (hashlimit_mt_common). */
export function hashlimitTruth(settings: Settings, { view, memory }: EvaluationContext): Truth {
  const upto = has(settings, '--hashlimit-upto');
  const bucket = bucketOf(settings, view);
  const key = keyOf(settings, view);
  if (!memory || !bucket || key === undefined) return { result: 'assumed', holds: upto, assumption: full };
  const name = `hashlimit ${view.packet.family} ${wordOf(settings, '--hashlimit-name')} ${key}`;
  const shared = { of: 'machine', name } as const;
  const known = memory.recall(shared);
  const { after, isCovered } = has(settings, '--hashlimit-rate-match')
    ? measured(settings, view, memory, known)
    : take(resumed(settings, known, bucket, memory), bucket);
  memory.remember(after, shared);
  if (known) memory.assume(`the kernel counts ${ticksPerSecond} ticks a second`);
  const holds = isCovered === upto;
  if (memory.fresh)
    return { result: holds, actual: isCovered ? 'the rate covers it' : 'the rate is used up' };
  return { result: 'assumed', holds, assumption: known ? fullBefore : full };
}

const full = 'the bucket is full, as after loading';
const fullBefore = 'the bucket was full before these packets, and nothing else took from it';

/** hashlimit_init_dst; undefined where the packet's own values are not known. */
function keyOf(settings: Settings, { packet, unknown }: PacketView): string | undefined {
  const modes = wordOf(settings, '--hashlimit-mode')?.split(',') ?? [];
  const parts = modes.map((mode) => {
    const isSource = mode.startsWith('src');
    const value = mode.endsWith('ip')
      ? masked(packet[isSource ? 'source' : 'destination'], packet.family, settings, isSource)
      : portOf(packet, isSource);
    return isOpen(unknown, mode) ? undefined : `${value}`;
  });
  return parts.includes(undefined) ? undefined : parts.join(' ');
}

function isOpen(unknown: PacketView['unknown'], mode: string): boolean {
  const parts = { srcip: 'source', dstip: 'destination', srcport: 'sport', dstport: 'dport' } as const;
  return Object.entries(parts).some(([name, part]) => name === mode && unknown[part] !== undefined);
}

function masked(value: bigint, family: AddressFamily, settings: Settings, isSource: boolean): bigint {
  const width = addressWidth(family);
  const length = wordOf(settings, isSource ? '--hashlimit-srcmask' : '--hashlimit-dstmask') ?? width;
  const rest = BigInt(width - Number(length));
  return (value >> rest) << rest;
}

/** Protocols without ports count as 0. */
function portOf({ transport }: Packet, isSource: boolean): number {
  if (!('sport' in transport)) return 0;
  return isSource ? transport.sport : transport.dport;
}

/** POW2_BELOW32, POW2_BELOW64. */
function powerBelow(number: bigint): bigint {
  return 1n << BigInt(number.toString(2).length - 1);
}

const ticks = BigInt(ticksPerSecond);
const perTickOfPackets = powerBelow(max64 / (ticks * 86_400n));
const perTickOfBytes = powerBelow(max32 / ticks);

function bucketOf(settings: Settings, view: PacketView): Bucket | undefined {
  const word = wordOf(settings, '--hashlimit-upto') ?? wordOf(settings, '--hashlimit-above') ?? '';
  const bytes = bytesPerSecond(word);
  const burst = wordOf(settings, '--hashlimit-burst');
  return bytes === undefined ? packetBucket(word, burst) : byteBucket(bytes, burst, countedSize(view));
}

/** user2credits. */
function packetBucket(word: string, burst = '5'): Bucket | undefined {
  const rate = parseRate(word, scale);
  if (!rate) return undefined;
  const perUnit = (ticks * perTickOfPackets) / scale;
  const cost = rate.interval * perUnit;
  return { perTick: perTickOfPackets, most: cost * BigInt(burst), cost, refills: 0n };
}

/** user2credits_byte, hashlimit_byte_cost: bytes are counted by 16. */
function byteBucket(bytes: bigint, burst: string | undefined, length: number): Bucket {
  const most = perTickOfBytes * ticks;
  const chunk = (costOf(bytes) * most) >> 32n;
  const cost = (BigInt(length >> 4) + 1n) * chunk;
  const kept = keptBytes(bytes);
  const refills = burst === undefined ? 0n : ((byteCount(burst) ?? 0n) + kept - 1n) / kept;
  return { perTick: perTickOfBytes, most, cost: cost > most ? most : cost, refills };
}

function begun({ most, refills }: Bucket, memory: Memory): Credit {
  return { kind: 'credit', credit: most, refills, at: ticksOf(memory) };
}

function resumed(settings: Settings, known: Remembered | undefined, bucket: Bucket, memory: Memory): Credit {
  const start = begun(bucket, memory);
  if (known?.kind !== 'credit') return start;
  const grown = known.credit + BigInt(start.at - known.at) * bucket.perTick;
  const now = { ...known, credit: grown > bucket.most ? bucket.most : grown, at: start.at };
  if (now.credit === start.credit && now.refills === start.refills) return now;
  return isForgotten(settings, start.at - known.at, memory) ? start : now;
}

function take(
  before: Credit,
  { cost, most }: Bucket,
): { readonly after: Credit; readonly isCovered: boolean } {
  const isRefilled = before.credit < cost && before.refills > 0n;
  const filled = isRefilled ? { ...before, credit: most, refills: before.refills - 1n } : before;
  const isCovered = filled.credit >= cost;
  return { after: isCovered ? { ...filled, credit: filled.credit - cost } : filled, isCovered };
}
