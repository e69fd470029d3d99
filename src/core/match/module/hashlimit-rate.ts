// Rates of bytes as `hashlimit` keeps them, and how it scales those of packets.
import { max32 } from './value.ts';

/** include/uapi/linux/netfilter/xt_hashlimit.h: XT_HASHLIMIT_SCALE_v2. */
export const scale = 1_000_000n;

/** libxt_hashlimit.c: bytes_to_cost and cost_to_bytes, which know 28 bits of the rate. */
export function keptBytes(bytes: bigint): bigint {
  return (max32 / costOf(bytes) - 1n) << 4n;
}

/** What 16 bytes cost of what a second brings. */
export function costOf(bytes: bigint): bigint {
  return max32 / ((bytes >> 4n) + 1n);
}

/** Reads `10kb/s`. */
export function bytesPerSecond(word: string): bigint | undefined {
  const [, size = '', unit = ''] = /^(\d+[km]?b)\/(\w+)$/i.exec(word) ?? [];
  return 'second'.startsWith(unit.toLowerCase()) && unit !== '' ? byteCount(size) : undefined;
}

/** The units of bytes that `hashlimit` knows, the largest first. */
export const byteUnits = { m: 1024n * 1024n, k: 1024n, '': 1n } as const;

/** Reads `10kb`. */
export function byteCount(word: string): bigint | undefined {
  const [, digits, unit = ''] = /^(\d+)([km]?)b$/i.exec(word) ?? [];
  const factor = Object.entries(byteUnits).find(([name]) => name === unit.toLowerCase())?.[1];
  const bytes = digits === undefined || factor === undefined ? 0n : BigInt(digits) * factor;
  return bytes > 0n && bytes >> 4n < max32 ? bytes : undefined;
}
