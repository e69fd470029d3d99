// `limit`: passes only so many packets or bytes in a time; what it passed before decides, not the packet.
import { numberType } from '../datatype/define.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { type ByteUnit, byteUnits, fromUnit, inUnit, wholeNumber } from './byte-size.ts';
import { defineMatch } from './define.ts';
import { moduleOption } from './iptables-condition.ts';
import type { Condition, GivenOption } from './iptables-spelling.ts';
import { limitTruth } from './limit-truth.ts';
import { formatRate, parseRate } from './module/rate.ts';
import type { Rate, TermReader } from './reader.ts';

/** A token bucket (net/netfilter/nft_limit.c, net/netfilter/xt_limit.c). */
export interface Limit {
  readonly rate: Rate;
  /** In the rate's unit, packets or bytes. */
  readonly burst: bigint;
  /** It matches what the rate does not cover. */
  readonly over: boolean;
}

const amount = numberType('integer', 'a number', 32);
const defaultBurst = 5n;

export const limitMatch = defineMatch<Limit>({
  key: 'limit',
  knowledge: 'history',
  aliases: ['limit rate'],
  summary:
    'Matches so many packets or bytes in a time, more at once up to the burst: `limit 10/minute burst 5`. With `over`, what exceeds that.',
  stateful: true,
  read: readLimit,
  write: (limit) => `limit ${writeLimit(limit)}`,
  nft: {
    write: (limit) => ({ statement: { limit: limitToJson(limit) } }),
    read: (statement) => limitFromJson(isJsonObject(statement) ? statement['limit'] : undefined),
  },
  iptables: {
    write: toIptables,
    readers: [
      {
        module: 'limit',
        options: { '--limit': 1, '--limit-burst': 1 },
        takes: 'together',
        complete: true,
        read: fromIptables,
      },
    ],
  },
  evaluate: (limit, { view, memory }) => limitTruth(limit, view, memory),
  sets: () => [],
});

/** Takes `[rate] [over] 10/second [burst 5 packets]`. */
export function readLimit(reader: TermReader): Limit | undefined {
  reader.word('rate');
  const over = reader.word('over') !== undefined;
  const rate = reader.rate();
  if (!rate) return undefined;
  const burst = reader.word('burst') ? readBurst(reader, rate) : burstOf(rate);
  return burst === undefined ? undefined : { rate, burst, over };
}

function burstOf({ unit }: Rate): bigint {
  return unit === 'packets' ? defaultBurst : 0n;
}

function readBurst(reader: TermReader, { unit }: Rate): bigint | undefined {
  const number = reader.single(amount);
  if (number === undefined) return undefined;
  const given = reader.word('packets', 'bytes', 'kbytes', 'mbytes') ?? unit;
  if ((given === 'packets') !== (unit === 'packets'))
    return reader.refuse('HK3012', `the rate counts ${unit}, its burst ${given}`);
  if (unit === 'packets' && number === 0n)
    return reader.refuse('HK3012', 'a burst of `0` packets lets nothing through');
  return given === 'packets' ? number : number * byteUnits[given];
}

/** Writes what readLimit reads. */
export function writeLimit({ rate, burst, over }: Limit): string {
  const size = scaled(rate.amount, rate.unit);
  const unit = rate.unit === 'packets' ? '' : ` ${size.unit}`;
  const room = scaled(burst, rate.unit);
  const words = burst === burstOf(rate) ? '' : ` burst ${room.number} ${room.unit}`;
  return `${over ? 'over ' : ''}${size.number}${unit}/${rate.per}${words}`;
}

function scaled(number: bigint, kind: Rate['unit']): { number: bigint; unit: ByteUnit | 'packets' } {
  return kind === 'packets' ? { number, unit: kind } : inUnit(number);
}

/** What stands behind `limit` in nft JSON. */
export function limitToJson({ rate, burst, over }: Limit): JsonObject {
  const size = scaled(rate.amount, rate.unit);
  const room = scaled(burst, rate.unit);
  return {
    rate: Number(size.number),
    burst: Number(room.number),
    per: rate.per,
    ...(over && { inv: true }),
    ...(rate.unit === 'bytes' && { rate_unit: size.unit, burst_unit: room.unit }),
  };
}

const periods = ['second', 'minute', 'hour', 'day', 'week'] as const satisfies readonly Rate['per'][];
const jsonKeys = new Set(['rate', 'burst', 'per', 'inv', 'rate_unit', 'burst_unit']);

/** The limit, if there is nothing else in it. */
export function limitFromJson(given: JsonValue | undefined): Limit | undefined {
  if (!isJsonObject(given) || !Object.keys(given).every((key) => jsonKeys.has(key))) return undefined;
  const { rate_unit: rateUnit = 'packets', burst_unit: burstUnit = 'packets' } = given;
  const unit = rateUnit === 'packets' ? 'packets' : 'bytes';
  const size = sizeFromJson(given['rate'], rateUnit);
  const per = periods.find((period) => period === given['per']);
  if (size === undefined || !per) return undefined;
  const rate: Rate = { amount: size, unit, per };
  const burst = given['burst'] === undefined ? burstOf(rate) : sizeFromJson(given['burst'], burstUnit);
  return burst === undefined ? undefined : { rate, burst, over: given['inv'] === true };
}

function sizeFromJson(number: JsonValue | undefined, unit: JsonValue): bigint | undefined {
  return unit === 'packets' ? wholeNumber(number) : fromUnit(number, unit);
}

/** Seconds in a period. */
const iptablesPeriods = { second: 1n, minute: 60n, hour: 3600n, day: 86400n } as const;

/** include/uapi/linux/netfilter/xt_limit.h: XT_LIMIT_SCALE, parts of a second in which the kernel counts. */
const scale = 10000n;

function toIptables({ rate, burst, over }: Limit): Condition {
  const { amount: number, unit, per } = rate;
  if (over) return cant("iptables' `-m limit` can't match what is over a rate");
  if (unit === 'bytes') return cant("iptables' `-m limit` counts packets, not bytes");
  if (per === 'week') return cant("iptables' `-m limit` has no rates per week");
  const seconds = iptablesPeriods[per];
  const interval = (scale * seconds) / number;
  if (interval === 0n) return cant(`\`${number}/${per}\` is more than iptables' 10000 a second`);
  // net/netfilter/xt_limit.c: limit_mt_check refuses what overflows its 32 bits.
  if (interval * burst > 0xffffffffn)
    return cant(`iptables can't hold a burst of ${burst} for \`${number}/${per}\``);
  const words = ['--limit', formatRate(interval, scale).text];
  const more = burst === defaultBurst ? [] : ['--limit-burst', `${burst}`];
  return { kind: 'any', alternatives: [[moduleOption('limit', false, ...words, ...more)]] };
}

function cant(why: string): Condition {
  return { kind: 'unsupported', why };
}

function fromIptables(given: readonly GivenOption[]): Limit | undefined {
  const limit = given.find(({ option }) => option === '--limit');
  const burst = given.find(({ option }) => option === '--limit-burst')?.words[0];
  const [number = '', period = 'second'] = limit?.words[0]?.split('/') ?? ['3', 'hour'];
  const size = amount.parse(number);
  // extensions/libxt_limit.c: parse_rate takes any beginning of a period's name.
  const per =
    period && (['second', 'minute', 'hour', 'day'] as const).find((name) => name.startsWith(period));
  const room = burst === undefined ? defaultBurst : amount.parse(burst);
  if (limit?.negated || !size || !per || !room || !parseRate(`${size}/${per}`, scale)) return undefined;
  return { rate: { amount: size, unit: 'packets', per }, burst: room, over: false };
}
