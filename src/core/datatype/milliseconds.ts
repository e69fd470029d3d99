// Durations to the millisecond: `2m`, `1d12h`, `500ms`. A number alone is seconds, as in nft.
import type { DataType } from './define.ts';

const units = [
  ['d', 86_400_000n],
  ['h', 3_600_000n],
  ['m', 60_000n],
  ['s', 1000n],
  ['ms', 1n],
] as const;

/** Values are milliseconds. */
export const milliseconds: DataType = {
  name: 'duration',
  label: 'a duration',
  width: 32,
  parse,
  format,
  toJson: Number,
};

function parse(text: string): bigint | undefined {
  const value = parseAny(text);
  return value === undefined || value >> 32n !== 0n ? undefined : value;
}

function parseAny(text: string): bigint | undefined {
  if (/^\d{1,10}$/.test(text)) return BigInt(text) * 1000n;
  if (!/^(?:\d{1,9}(?:ms|[smhd])){1,5}$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(ms|[smhd])/g)];
  return parts.reduce((sum, [, count = '', unit]) => sum + BigInt(count) * sizeOf(unit), 0n);
}

function sizeOf(unit: string | undefined): bigint {
  return units.find(([name]) => name === unit)?.[1] ?? 0n;
}

function format(value: bigint): string {
  let rest = value;
  const parts = units.map(([unit, size]) => {
    const count = rest / size;
    rest %= size;
    return count === 0n ? '' : `${count}${unit}`;
  });
  return parts.join('') || '0s';
}
