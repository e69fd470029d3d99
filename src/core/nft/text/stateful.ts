// Statements with a state in nft text.
import type { ObjectMap } from '../schema/expression.ts';
import { type StatefulStatement, statefulStatement } from '../schema/stateful.ts';
import { type Visitor, visit } from '../schema/tagged.ts';
import type { Write } from './style.ts';
import { option, phrase, refuse, word } from './words.ts';

/** Their texts; `write` is for the expressions inside. */
export function statefulVisitor(write: Write): Visitor<StatefulStatement, string> {
  const referenceText = (keyword: string, reference: string | ObjectMap): string =>
    `${keyword} name ${write(reference, 'quoted')}`;
  return {
    counter: (counter) => {
      if (isReference(counter)) return referenceText('counter', counter);
      return phrase('counter', option('packets', counter?.packets), option('bytes', counter?.bytes));
    },
    limit: (limit) => {
      if (isReference(limit)) return referenceText('limit', limit);
      const { rate_unit: unit = 'packets', burst_unit: burstUnit = unit } = limit;
      return `limit ${rateText({ ...limit, unit, burstUnit })}`;
    },
    quota: (quota) => {
      if (isReference(quota)) return referenceText('quota', quota);
      const { inv, val, val_unit: unit = 'bytes', used, used_unit: usedUnit = 'bytes' } = quota;
      const spent = used !== undefined && Number(used) !== 0 && `used ${word(used)} ${word(usedUnit)}`;
      return phrase('quota', inv && 'over', word(val), word(unit), spent);
    },
    'ct count': ({ val, inv }) => phrase('ct count', inv && 'over', word(val)),
    last: () => 'last',
  };
}

/** A rate of packets or of bytes. */
export interface RateText {
  readonly rate: number | bigint;
  readonly unit: string;
  readonly per?: string | undefined;
  readonly burst?: number | bigint | undefined;
  readonly burstUnit: string;
  readonly inv?: boolean | undefined;
}

/** What follows `limit`; a burst of no bytes is what stands there where none is given. */
export function rateText({ rate, unit, per = 'second', burst, burstUnit, inv }: RateText): string {
  const size = unit === 'packets' ? '' : ` ${word(unit)}`;
  const room = burst !== undefined && Number(burst) !== 0 && `burst ${word(burst)} ${word(burstUnit)}`;
  return phrase('rate', inv && 'over', `${word(rate)}${size}/${word(per)}`, room);
}

function isReference(body: unknown): body is string | ObjectMap {
  return typeof body === 'string' || (typeof body === 'object' && body !== null && 'map' in body);
}

/** One statement of an element. */
export function statefulText(statement: StatefulStatement, write: Write): string {
  return visit(statement, statefulVisitor(write));
}

/** The statements that stand as keys beside an element's value. */
export function elementStatements(keys: Readonly<Record<string, unknown>>, write: Write): readonly string[] {
  return Object.entries(keys).map(([key, body]) => {
    const { data } = statefulStatement.safeParse({ [key]: body });
    return data ? statefulText(data, write) : refuse();
  });
}
