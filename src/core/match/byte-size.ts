// Amounts of bytes as nft writes them: `512 kbytes`, a whole number of the largest unit that divides it.
import { numberType } from '../datatype/define.ts';
import type { JsonValue } from '../nft/json-value.ts';
import type { TermReader } from './reader.ts';

/** In bytes (nftables, src/statement.c: get_rate). */
export const byteUnits = { bytes: 1n, kbytes: 1024n, mbytes: 1024n * 1024n } as const;

export type ByteUnit = keyof typeof byteUnits;

const largestFirst = ['mbytes', 'kbytes', 'bytes'] as const satisfies readonly ByteUnit[];
/** The largest quota of iptables is one byte more in nft's way of counting, which nft itself cannot hold. */
const most = 1n << 64n;
const amount = numberType('integer', 'a number', 65);

/** A number of bytes in the largest unit that divides it. */
export function inUnit(bytes: bigint): { readonly number: bigint; readonly unit: ByteUnit } {
  const unit =
    largestFirst.find((name) => bytes >= byteUnits[name] && bytes % byteUnits[name] === 0n) ?? 'bytes';
  return { number: bytes / byteUnits[unit], unit };
}

/** So many units in bytes; undefined where the number or the unit is none. */
export function fromUnit(number: JsonValue | undefined, unit: JsonValue): bigint | undefined {
  const whole = wholeNumber(number);
  const name = largestFirst.find((one) => one === unit);
  return name && whole !== undefined ? whole * byteUnits[name] : undefined;
}

/** A number that is not negative; nft prints large ones in full. */
export function wholeNumber(json: JsonValue | undefined): bigint | undefined {
  if (typeof json === 'bigint') return json >= 0n ? json : undefined;
  return typeof json === 'number' && Number.isSafeInteger(json) && json >= 0 ? BigInt(json) : undefined;
}

/** A number as JSON; one that a double can't hold stays exact. */
export function numberToJson(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}

/** Takes `10 mbytes`; a number alone is refused, because tools differ in what it would mean. */
export function readBytes(reader: TermReader): bigint | undefined {
  const number = reader.single(amount);
  if (number === undefined) return undefined;
  const unit = reader.unit(...largestFirst);
  if (!unit) return reader.fail('HK3012', 'the unit is missing', 'say `bytes`, `kbytes` or `mbytes`');
  const bytes = number * byteUnits[unit];
  return bytes <= most ? bytes : reader.refuse('HK3012', 'this is more than 64 bits hold');
}

/** Writes what readBytes reads. */
export function writeBytes(bytes: bigint): string {
  const { number, unit } = inUnit(bytes);
  return `${number} ${unit}`;
}
