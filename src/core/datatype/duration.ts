// Durations in whole seconds, written in days, hours, minutes and seconds: `1d12h`, `30s`.
import type { DataType } from './define.ts';

const units = [
  ['w', 604_800n],
  ['d', 86_400n],
  ['h', 3600n],
  ['m', 60n],
  ['s', 1n],
] as const;

/** A number alone is seconds. */
export const duration: DataType = {
  name: 'duration',
  label: 'a duration',
  width: 32,
  parse: parseSeconds,
  format: formatSeconds,
  toJson: Number,
};

function parseSeconds(text: string): bigint | undefined {
  if (/^\d{1,10}$/.test(text)) return BigInt(text);
  if (!/^(?:\d{1,8}[wdhms]){1,10}$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)([wdhms])/g)].reduce(
    (sum, [, count = '0', letter]) =>
      sum + BigInt(count) * (units.find(([unit]) => unit === letter)?.[1] ?? 0n),
    0n,
  );
}

/** Weeks stay days, as nft prints them. */
function formatSeconds(seconds: bigint): string {
  let rest = seconds;
  const parts = units.slice(1).map(([letter, size]) => {
    const count = rest / size;
    rest -= count * size;
    return count > 0n ? `${count}${letter}` : '';
  });
  return parts.join('') || '0s';
}
