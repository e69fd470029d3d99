// Rates as the limits of iptables keep them: the time between two packets, in parts of a second.

/** What a rate is written with, the longest period first. */
const periods = [
  { name: 'day', long: 'day', seconds: 86400n },
  { name: 'hour', long: 'hour', seconds: 3600n },
  { name: 'min', long: 'minute', seconds: 60n },
  { name: 'sec', long: 'second', seconds: 1n },
] as const;

/** The time between two packets, and the length in seconds of the period that it was written with. */
export interface Interval {
  readonly interval: bigint;
  readonly seconds: bigint;
}

/** Reads `10/minute`, of which any beginning will do (libxt_limit.c, libxt_hashlimit.c: parse_rate). */
export function parseRate(text: string, scale: bigint): Interval | undefined {
  const [, digits = '', unit = 'second'] = /^(\d+)(?:\/(\w+))?$/.exec(text) ?? [];
  const period = periods.find(({ long }) => long.startsWith(unit.toLowerCase()));
  const amount = digits === '' ? 0n : BigInt(digits);
  if (!period || amount === 0n || amount / period.seconds > scale) return undefined;
  const interval = (scale * period.seconds) / amount;
  return interval === 0n ? undefined : { interval, seconds: period.seconds };
}

/** The rate as iptables-save prints it, and its period in seconds (libxt_limit.c, libxt_hashlimit.c: print_rate). */
export function formatRate(interval: bigint, scale: bigint): { text: string; seconds: bigint } {
  const lengths = periods.map(({ seconds }) => seconds * scale);
  const broken = lengths.findIndex(
    (length, at) => at > 0 && (interval > length || length / interval < length % interval),
  );
  const { name, seconds } = periods[broken === -1 ? 3 : broken - 1] ?? periods[3];
  return { text: `${(seconds * scale) / interval}/${name}`, seconds };
}
