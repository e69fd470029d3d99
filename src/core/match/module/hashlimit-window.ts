// `hashlimit rate-match`: the rate is measured by windows of time, and nothing is taken from it. And when what
// `hashlimit` keeps of a key is forgotten (net/netfilter/xt_hashlimit.c).
import type { PacketView } from '../../field/view.ts';
import { countedSize } from '../../packet/size.ts';
import { type Memory, type Remembered, ticksOf, ticksPerSecond } from '../memory.ts';
import { byteCount, bytesPerSecond, keptBytes, scale } from './hashlimit-rate.ts';
import { parseRate } from './rate.ts';
import { has, type Settings, wordOf } from './settings.ts';

type Window = Extract<Remembered, { kind: 'window' }>;

/** An entry that was not asked for so many ticks goes at the next look for such (htable_gc). */
export function isForgotten(settings: Settings, idleTicks: number, memory: Memory): boolean {
  const idle = (idleTicks * 1000) / ticksPerSecond;
  const expire = expiryOf(settings);
  if (idle < expire) return false;
  if (idle >= expire + Number(wordOf(settings, '--hashlimit-htable-gcinterval') ?? 1000)) return true;
  const question = `the kernel has cleared away what was not asked for ${expire} ms`;
  return memory.choose(question, ['yes', 'no']) === 'yes';
}

/** In milliseconds (extensions/libxt_hashlimit.c: hashlimit_mt_check). */
function expiryOf(settings: Settings): number {
  const given = wordOf(settings, '--hashlimit-htable-expire');
  if (given !== undefined) return Number(given);
  const rate = parseRate(rateWord(settings), scale);
  if (rate) return Number(rate.seconds) * 1000;
  return has(settings, '--hashlimit-burst') ? 60_000 : 15_000;
}

function rateWord(settings: Settings): string {
  return wordOf(settings, '--hashlimit-upto') ?? wordOf(settings, '--hashlimit-above') ?? '';
}

/** hashlimit_mt_common with XT_HASHLIMIT_RATE_MATCH: this window, and the one before, must not be over the rate. */
export function measured(
  settings: Settings,
  view: PacketView,
  memory: Memory,
  known: Remembered | undefined,
): { readonly after: Window; readonly isCovered: boolean } {
  const { rate, most, cost } = ratesOf(settings, view);
  const { begun, carried, wasOver } = windowNow(settings, memory, known, rate);
  const sum = carried + cost;
  const after = { kind: 'window', begun, carried: sum, wasOver, at: ticksOf(memory) } as const;
  return { after, isCovered: !wasOver && sum <= most };
}

/** rateinfo_init: what a second may bring, and the most of a window. */
function ratesOf(settings: Settings, view: PacketView) {
  const word = rateWord(settings);
  const burst = wordOf(settings, '--hashlimit-burst');
  const bytes = bytesPerSecond(word);
  if (bytes === undefined) {
    const rate = scale / (parseRate(word, scale)?.interval ?? scale);
    return { rate, most: rate + BigInt(burst ?? 5), cost: 1n };
  }
  const rate = keptBytes(bytes);
  const times = burst === undefined ? 1n : ((byteCount(burst) ?? 0n) + rate - 1n) / rate;
  return { rate, most: times * rate, cost: BigInt(countedSize(view)) };
}

/** rateinfo_recalc: a window ends with the first packet behind its time, and is judged by the time that it took. */
function windowNow(
  settings: Settings,
  memory: Memory,
  known: Remembered | undefined,
  rate: bigint,
): Pick<Window, 'begun' | 'carried' | 'wasOver'> {
  const now = ticksOf(memory);
  const fresh = { begun: now, carried: 0n, wasOver: false };
  if (known?.kind !== 'window' || isForgotten(settings, now - known.at, memory)) return fresh;
  const interval = Number(wordOf(settings, '--hashlimit-rate-interval') ?? 1) * ticksPerSecond;
  const passed = now - known.begun;
  if (passed < interval) return known;
  return { ...fresh, wasOver: known.carried * BigInt(interval) > BigInt(passed) * rate };
}
