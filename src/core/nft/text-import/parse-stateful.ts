// Statements that keep a state: counters, limits, quotas, as they stand in rules, beside elements of sets and as objects.
import { integerJson } from '../../datatype/define.ts';
import type { JsonObject } from '../json-value.ts';
import {
  type Cursor,
  expect,
  peek,
  peekText,
  take,
  takeIf,
  takeNumber,
  takeOneOf,
  unexpected,
} from './cursor.ts';
import { fail } from './problem.ts';
import { placeOf } from './syntax.ts';

/** The statement at the cursor as JSON, if it is one of these and does not name an object. */
export function parseStateful(cursor: Cursor): JsonObject | undefined {
  const word = peekText(cursor);
  const next = peekText(cursor, 1);
  if (next === 'name') return undefined;
  if (word === 'counter') return { counter: parseCounter(cursor) };
  if (word === 'limit') return { limit: parseLimit(cursor) };
  if (word === 'quota') return { quota: parseQuota(cursor) };
  if (word === 'ct' && next === 'count') return { 'ct count': parseCount(cursor) };
  if (word !== 'last') return undefined;
  take(cursor);
  return { last: null };
}

function parseCounter(cursor: Cursor): JsonObject {
  take(cursor);
  const counted = { packets: 0n, bytes: 0n };
  for (let unit = takeUnit(); unit !== undefined; unit = takeUnit()) counted[unit] = takeNumber(cursor);
  return { packets: integerJson(counted.packets), bytes: integerJson(counted.bytes) };

  function takeUnit(): 'packets' | 'bytes' | undefined {
    return takeOneOf(cursor, ['packets', 'bytes']);
  }
}

/** `packets N bytes N` of a counter object. */
export function parseCounts(cursor: Cursor): JsonObject {
  expect(cursor, 'packets');
  const packets = integerJson(takeNumber(cursor));
  expect(cursor, 'bytes');
  return { packets, bytes: integerJson(takeNumber(cursor)) };
}

function parseCount(cursor: Cursor): JsonObject {
  cursor.at += 2;
  const inv = takeIf(cursor, 'over');
  return { val: integerJson(takeNumber(cursor)), ...(inv && { inv }) };
}

const byteUnits = ['bytes', 'kbytes', 'mbytes'] as const;
const timeUnits: readonly string[] = ['second', 'minute', 'hour', 'day', 'week'];

/** A number of bytes in the largest unit that divides it, as nft lists it. */
function inUnits(bytes: bigint): { readonly count: JsonObject[string]; readonly unit: string } {
  let count = bytes;
  let index = 0;
  while (count !== 0n && count % 1024n === 0n && index < byteUnits.length - 1) {
    count /= 1024n;
    index += 1;
  }
  return { count: integerJson(count), unit: byteUnits[index] ?? 'bytes' };
}

/** The number of bytes in `count unit`. */
function takeBytes(cursor: Cursor, count: bigint): bigint {
  const unit = takeOneOf(cursor, byteUnits);
  if (unit === undefined) unexpected(cursor, '`bytes`, `kbytes` or `mbytes`');
  return count << BigInt(10 * byteUnits.indexOf(unit));
}

interface Rate {
  readonly inv: boolean;
  readonly rate: bigint;
  readonly burst: bigint;
  readonly per: string;
  readonly isBytes: boolean;
}

/** `limit rate over 10 mbytes/second burst 5 packets`, from `rate` on. */
function parseRate(cursor: Cursor): Rate {
  expect(cursor, 'rate');
  const inv = takeIf(cursor, 'over');
  takeIf(cursor, 'until');
  const token = peek(cursor);
  const count = takeNumber(cursor);
  if (count === 0n) fail('HK5604', 'a rate of nothing', placeOf(cursor.source, token));
  const { unit, per } = parseRateUnit(cursor);
  const isBytes = unit !== 'packets';
  const rate = isBytes ? count << BigInt(10 * unitIndex(unit)) : count;
  return { inv, rate, per, isBytes, burst: parseBurst(cursor, isBytes) };
}

function unitIndex(unit: string): number {
  const names: readonly string[] = byteUnits;
  return names.indexOf(unit);
}

/** A unit and a time, in one word (`kbytes/second`) or in several. */
function parseRateUnit(cursor: Cursor): { readonly unit: string; readonly per: string } {
  const token = peek(cursor);
  const [unit = '', inOneWord] = peekText(cursor) === '/' ? ['packets'] : take(cursor).image.split('/');
  if (inOneWord === undefined) expect(cursor, '/');
  const per = inOneWord ?? take(cursor).image;
  const isKnown = unit === 'packets' ? inOneWord === undefined : byteUnits.some((one) => one === unit);
  if (isKnown && timeUnits.includes(per)) return { unit, per };
  return fail(
    'HK5601',
    'expected a rate such as `10/second` or `1 mbytes/second`',
    placeOf(cursor.source, token),
  );
}

function parseBurst(cursor: Cursor, isBytes: boolean): bigint {
  if (!takeIf(cursor, 'burst')) return isBytes ? 0n : 5n;
  const token = peek(cursor);
  const count = takeNumber(cursor);
  if (isBytes) return takeBytes(cursor, count);
  expect(cursor, 'packets');
  if (count === 0n)
    fail('HK5604', 'a burst of no packets never lets one through', placeOf(cursor.source, token));
  return count;
}

function parseLimit(cursor: Cursor): JsonObject {
  take(cursor);
  const { inv, rate, burst, per, isBytes } = parseRate(cursor);
  if (!isBytes) return { rate: integerJson(rate), burst: integerJson(burst), per, ...(inv && { inv }) };
  const [size, room] = [inUnits(rate), inUnits(burst)];
  return {
    rate: size.count,
    burst: room.count,
    per,
    ...(inv && { inv }),
    rate_unit: size.unit,
    burst_unit: room.unit,
  };
}

/** A limit object: as the statement, but for a burst of nothing. */
export function parseLimitObject(cursor: Cursor): JsonObject {
  const { inv, rate, burst, per, isBytes } = parseRate(cursor);
  const size = isBytes ? inUnits(rate) : { count: integerJson(rate), unit: undefined };
  const room = isBytes ? inUnits(burst) : { count: integerJson(burst), unit: undefined };
  return {
    rate: size.count,
    per,
    ...(inv && { inv }),
    ...(size.unit !== undefined && { rate_unit: size.unit }),
    ...(burst !== 0n && { burst: room.count, ...(room.unit !== undefined && { burst_unit: room.unit }) }),
  };
}

/** Bytes of a quota, from behind its keyword. */
function parseVolume(cursor: Cursor): {
  readonly inv: boolean;
  readonly bytes: bigint;
  readonly used: bigint;
} {
  const inv = takeIf(cursor, 'over');
  takeIf(cursor, 'until');
  const bytes = takeBytes(cursor, takeNumber(cursor));
  const used = takeIf(cursor, 'used') ? takeBytes(cursor, takeNumber(cursor)) : 0n;
  return { inv, bytes, used };
}

function parseQuota(cursor: Cursor): JsonObject {
  take(cursor);
  const { inv, bytes, used } = parseVolume(cursor);
  const [whole, spent] = [inUnits(bytes), inUnits(used)];
  return {
    val: whole.count,
    val_unit: whole.unit,
    ...(inv && { inv }),
    ...(used !== 0n && { used: spent.count, used_unit: spent.unit }),
  };
}

/** A quota object, in bytes. */
export function parseQuotaObject(cursor: Cursor): JsonObject {
  const { inv, bytes, used } = parseVolume(cursor);
  return { bytes: integerJson(bytes), used: integerJson(used), inv };
}
