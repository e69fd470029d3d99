// How a mark is computed: `(source & keep) ^ flip`, the one form that every mark statement of nft and iptables has
// (net/netfilter/nft_bitwise.c, net/netfilter/xt_mark.c, net/netfilter/xt_connmark.c).
import { mark } from '../datatype/types.ts';
import type { TermReader } from '../match/reader.ts';
import { equalJson, isJsonArray, isJsonObject, type JsonValue } from '../nft/json-value.ts';

export type MarkSource = 'meta mark' | 'ct mark';

/** A constant keeps no bits of its source. */
export interface MarkChange {
  readonly source: MarkSource;
  readonly keep: bigint;
  readonly flip: bigint;
}

export const allBits = 0xffffffffn;

const sourceJson: Readonly<Record<MarkSource, JsonValue>> = {
  'meta mark': { meta: { key: 'mark' } },
  'ct mark': { ct: { key: 'mark' } },
};

/** The change of a mark to one value. */
function constantMark(source: MarkSource, value: bigint): MarkChange {
  return { source, keep: 0n, flip: value };
}

/** The new mark. */
export function applyChange({ keep, flip }: MarkChange, value: bigint): bigint {
  return (value & keep) ^ flip;
}

type BitOperator = 'and' | 'xor' | 'or';

/** The change, and then one operation more. */
function compose({ source, keep, flip }: MarkChange, operator: BitOperator, number: bigint): MarkChange {
  if (operator === 'and') return { source, keep: keep & number, flip: flip & number };
  if (operator === 'xor') return { source, keep, flip: flip ^ number };
  return { source, keep: keep & ~number, flip: (flip & ~number) | number };
}

/** The operations in nft's order (src/netlink_delinearize.c: netlink_parse_bitwise_bool); without effect they lack. */
function operationsOf({ keep, flip }: MarkChange): readonly (readonly [BitOperator, bigint])[] {
  const set = flip & ~keep & allBits;
  const all: readonly (readonly [BitOperator, bigint])[] = [
    ['and', keep | set],
    ['xor', flip & keep],
    ['or', set],
  ];
  return all.filter(([operator, number]) => number !== (operator === 'and' ? allBits : 0n));
}

/** Reads a mark, or `meta mark` or `ct mark` with operations behind it, which bind as in nft: `and`, `xor`, `or`. */
export function readMarkChange(reader: TermReader, target: MarkSource): MarkChange | undefined {
  const word = reader.word('meta', 'ct', 'mark');
  if (!word) {
    const value = reader.single(mark);
    return value === undefined ? undefined : constantMark(target, value);
  }
  if (word !== 'mark' && !reader.word('mark')) return reader.fail('HK3009', 'expected `mark`');
  return readOperations(reader, { source: word === 'ct' ? 'ct mark' : 'meta mark', keep: allBits, flip: 0n });
}

const strength: Readonly<Record<BitOperator, number>> = { and: 0, xor: 1, or: 2 };

function readOperations(reader: TermReader, start: MarkChange): MarkChange | undefined {
  let change = start;
  let weakest: BitOperator = 'and';
  for (let next = readOperator(reader); next; next = readOperator(reader)) {
    if (strength[next] < strength[weakest])
      return reader.refuse(
        'HK3017',
        `\`${next}\` binds tighter than the \`${weakest}\` before it`,
        'write it first',
      );
    const number = reader.single(mark);
    if (number === undefined) return undefined;
    change = compose(change, next, number);
    weakest = next;
  }
  return change;
}

function readOperator(reader: TermReader): BitOperator | undefined {
  if (reader.mark('&')) return 'and';
  if (reader.mark('|')) return 'or';
  return reader.word('and', 'xor', 'or');
}

/** Writes a change so that readMarkChange reads the same. */
export function writeMarkChange(change: MarkChange): string {
  if (change.keep === 0n) return mark.format(change.flip);
  const operations = operationsOf(change).map(([operator, number]) => `${operator} ${mark.format(number)}`);
  return [change.source, ...operations].join(' ');
}

const jsonOperators: Readonly<Record<BitOperator, '&' | '^' | '|'>> = { and: '&', xor: '^', or: '|' };

/** The value of nft's `mangle` statement. */
function markChangeToJson(change: MarkChange): JsonValue {
  if (change.keep === 0n) return Number(change.flip);
  return operationsOf(change).reduce<JsonValue>(
    (value, [operator, number]) => ({ [jsonOperators[operator]]: [value, Number(number)] }),
    sourceJson[change.source],
  );
}

/** The `mangle` statement that sets a mark. */
export function setMarkToJson(target: MarkSource, change: MarkChange): JsonValue {
  return { mangle: { key: sourceJson[target], value: markChangeToJson(change) } };
}

/** The change if the statement sets this mark. */
export function setMarkFromJson(target: MarkSource, statement: JsonValue): MarkChange | undefined {
  const mangle = isJsonObject(statement) ? statement['mangle'] : undefined;
  if (!isJsonObject(mangle) || !equalJson(mangle['key'] ?? null, sourceJson[target])) return undefined;
  return changeFromJson(mangle['value'], target);
}

function changeFromJson(json: JsonValue | undefined, target: MarkSource): MarkChange | undefined {
  const number = markFromJson(json);
  if (number !== undefined) return constantMark(target, number);
  if (json === undefined) return undefined;
  for (const source of ['meta mark', 'ct mark'] as const)
    if (equalJson(json, sourceJson[source])) return { source, keep: allBits, flip: 0n };
  return operationFromJson(json, target);
}

function operationFromJson(json: JsonValue, target: MarkSource): MarkChange | undefined {
  for (const operator of ['and', 'xor', 'or'] as const) {
    const operands = isJsonObject(json) ? json[jsonOperators[operator]] : undefined;
    if (!isJsonArray(operands) || operands.length !== 2) continue;
    const inner = changeFromJson(operands[0], target);
    const number = markFromJson(operands[1]);
    return inner && number !== undefined ? compose(inner, operator, number) : undefined;
  }
  return undefined;
}

function markFromJson(json: JsonValue | undefined): bigint | undefined {
  const fits = typeof json === 'number' && Number.isInteger(json) && json >= 0 && json <= 0xffffffff;
  return fits ? BigInt(json) : undefined;
}
