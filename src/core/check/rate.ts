// Rates: `10/second`, `512 kbytes/second`.

import { nearestWord } from '../diagnostic/meant.ts';
import type { Rate } from '../match/reader.ts';
import { textOf } from '../text/source.ts';
import { type Cursor, complainAt, type Located, peekValue, takeMark } from './cursor.ts';
import { mismatch, nextValue } from './operand.ts';

const periods = ['second', 'minute', 'hour', 'day', 'week'] as const satisfies readonly Rate['per'][];

/** Multiples of a byte (nft's rate units: 1024 and its square). */
const byteUnits: ReadonlyMap<string, bigint> = new Map([
  ['bytes', 1n],
  ['kbytes', 1024n],
  ['mbytes', 1048576n],
]);

/** Takes a rate; reports what else is there. */
export function readRate(cursor: Cursor): Rate | undefined {
  const at = nextValue(cursor, 'a rate');
  if (!at) return undefined;
  cursor.at++;
  if (at.term.kind !== 'number') return mismatch(cursor, at, 'a rate');
  if (at.term.value === 0n) return complainAt(cursor, at, 'HK3012', 'a rate of `0` lets nothing through');
  const factor = readUnit(cursor);
  const per = readPeriod(cursor, at);
  const amount = at.term.value * (factor ?? 1n);
  return per && { amount, unit: factor === undefined ? 'packets' : 'bytes', per };
}

/** What one of the unit is in bytes, where one is written. */
function readUnit(cursor: Cursor): bigint | undefined {
  const next = peekValue(cursor);
  const factor = next !== 'broken' && next?.term.kind === 'word' ? byteUnits.get(next.term.text) : undefined;
  if (factor !== undefined) cursor.at++;
  return factor;
}

function readPeriod(cursor: Cursor, rate: Located): Rate['per'] | undefined {
  const help = `write it as \`${textOf(rate.term.span)}/second\``;
  if (!takeMark(cursor, '/')) return complainAt(cursor, rate, 'HK3012', 'the rate has no period', { help });
  const next = nextValue(cursor, 'the period of the rate');
  if (!next) return undefined;
  cursor.at++;
  const text = textOf(next.term.span);
  const period = periods.find((one) => one === text);
  if (period) return period;
  return complainAt(cursor, next, 'HK3012', `\`${text}\` is not the period of a rate`, {
    help: nearestWord(text, periods) ?? 'write `/second`, `/minute`, `/hour`, `/day` or `/week`',
  });
}
