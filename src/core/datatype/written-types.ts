// Types whose values have a form of their own: link-layer addresses, times and traffic classes.
import type { DataType } from './define.ts';

/** Bytes in hexadecimal, one digit being enough on input. */
export const macType: DataType = {
  name: 'ether_addr',
  label: 'an Ethernet address',
  width: 48,
  parse: (text) => {
    const bytes = text.split(':');
    if (bytes.length !== 6 || !bytes.every((byte) => /^[0-9a-fA-F]{1,2}$/.test(byte))) return undefined;
    return BigInt(`0x${bytes.map((byte) => byte.padStart(2, '0')).join('')}`);
  },
  format: formatMac,
  toJson: formatMac,
};

function formatMac(value: bigint): string {
  const digits = value.toString(16).padStart(12, '0');
  return (digits.match(/../g) ?? []).join(':');
}

const unitMilliseconds: Readonly<Record<string, bigint>> = {
  d: 86_400_000n,
  h: 3_600_000n,
  m: 60_000n,
  s: 1000n,
  ms: 1n,
};

/** Milliseconds in `1d2h3m4s5ms`; a number without a unit is seconds. */
export function parseDuration(text: string): bigint | undefined {
  if (/^\d{1,8}$/.test(text)) return BigInt(text) * 1000n;
  if (!/^(?:\d{1,8}d)?(?:\d{1,8}h)?(?:\d{1,8}m(?!s))?(?:\d{1,8}s)?(?:\d{1,8}ms)?$/.test(text) || text === '')
    return undefined;
  const parts = text.matchAll(/(\d+)(ms|[dhms])/g);
  return [...parts].reduce(
    (sum, [, count = '0', unit = 's']) => sum + BigInt(count) * (unitMilliseconds[unit] ?? 1000n),
    0n,
  );
}

/** In milliseconds; JSON has seconds. */
export const durationType: DataType = {
  name: 'time',
  label: 'a duration',
  width: 64,
  parse: parseDuration,
  format: formatDuration,
  toJson: (value) => Number(value / 1000n),
  fromJson: (json) => (typeof json === 'number' && json >= 0 ? BigInt(json) * 1000n : undefined),
};

function formatDuration(value: bigint): string {
  let rest = value;
  const parts = Object.entries(unitMilliseconds).map(([unit, size]) => {
    const count = rest / size;
    rest %= size;
    return count === 0n ? '' : `${count}${unit}`;
  });
  return parts.join('') || '0s';
}

const second = 1_000_000_000n;

/** A point in time in nanoseconds. nft takes it for local time; here it is UTC, as a policy means the same everywhere. */
export const timeType: DataType = {
  name: 'time',
  label: 'a point in time',
  width: 64,
  parse: (text) => {
    if (/^\d+$/.test(text)) return BigInt(text) * second;
    if (!/^\d{4}-\d{2}-\d{2}(?: \d{2}:\d{2}(?::\d{2})?)?$/.test(text)) return undefined;
    const [date = '', clock = '00:00'] = text.split(' ');
    const milliseconds = Date.parse(`${date}T${clock}Z`);
    return Number.isNaN(milliseconds) ? undefined : BigInt(milliseconds) * 1_000_000n;
  },
  format: formatTime,
  toJson: formatTime,
  quoted: true,
};

function formatTime(value: bigint): string {
  const milliseconds = Number(value / 1_000_000n);
  if (milliseconds > 8.64e15) return value.toString();
  return new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ');
}

/** Seconds since midnight (UTC). */
export const hourType: DataType = {
  name: 'hour',
  label: 'a time of the day',
  width: 32,
  parse: (text) => {
    if (/^\d+$/.test(text)) return BigInt(text);
    const found = /^([01]?\d|2[0-3]):([0-5]?\d)(?::([0-5]?\d))?$/.exec(text);
    if (!found) return undefined;
    const [, hours, minutes, seconds = 0] = found;
    return BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds));
  },
  format: formatHour,
  toJson: formatHour,
  quoted: true,
};

function formatHour(value: bigint): string {
  const total = Number(value % 86_400n);
  const parts = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
  const shown = parts.at(-1) === 0 ? parts.slice(0, 2) : parts;
  return shown.map((part) => String(part).padStart(2, '0')).join(':');
}

/** `major:minor` of traffic control, both in hexadecimal (include/uapi/linux/pkt_sched.h). */
export const trafficClassType: DataType = {
  name: 'classid',
  label: 'a traffic class',
  width: 32,
  parse: (text) => {
    if (text === 'root') return 0xffffffffn;
    if (text === 'none') return 0n;
    const found = /^([0-9a-fA-F]{0,4}):([0-9a-fA-F]{0,4})$/.exec(text);
    if (!found) return /^(?:0[xX][0-9a-fA-F]+|\d+)$/.test(text) ? BigInt(text) : undefined;
    return (BigInt(`0x0${found[1]}`) << 16n) | BigInt(`0x0${found[2]}`);
  },
  format: formatClass,
  toJson: formatClass,
  quoted: true,
};

function formatClass(value: bigint): string {
  if (value === 0xffffffffn) return 'root';
  if (value === 0n) return 'none';
  return `${(value >> 16n).toString(16)}:${(value & 0xffffn).toString(16)}`;
}
