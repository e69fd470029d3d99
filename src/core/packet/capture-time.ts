// When a frame was captured: pcapng counts in units that each interface chooses (draft-ietf-opsawg-pcapng, 4.2).

/** How an interface counts time. */
export interface TimeScale {
  /** Units in a second. */
  readonly perSecond: bigint;
  /** Seconds to add. */
  readonly offset: bigint;
}

const nanoseconds = 1_000_000_000n;

/** The scale by the options if_tsresol (a power of ten, or of two with the highest bit set) and if_tsoffset. */
export function timeScale(resolution: number | undefined, offset: bigint | undefined): TimeScale {
  const code = resolution ?? 6;
  const base = (code & 0x80) === 0 ? 10n : 2n;
  return { perSecond: base ** BigInt(code & 0x7f), offset: offset ?? 0n };
}

/** Nanoseconds since 1970 of a time in units, given in two halves of 32 bits. */
export function timeOf({ perSecond, offset }: TimeScale, high: number, low: number): bigint {
  const units = (BigInt(high) << 32n) | BigInt(low);
  return (units * nanoseconds) / perSecond + offset * nanoseconds;
}
