// A field as a statement or the key of a map reads it, some of its bits changed on the way: `ct mark and 0xff`,
// `(meta mark and 0xf) lshift 8`. It is a selector like the field itself.
import type { DataType } from '../datatype/define.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { numberFromJson } from './field-json.ts';
import { findSelector, readsConntrack, selectorOfJson } from './find-selector.ts';
import type { TermReader } from './reader.ts';
import type { Selector } from './selector.ts';
import { addStep, applySteps, type BitOperator, type Step, strength, symbolOfSteps } from './steps.ts';
import { jsonOperators, stepsToJson, writeSteps } from './steps-spelling.ts';

export interface Reading {
  /** That of the field. */
  readonly key: string;
  /** In order, none for the field as it is. */
  readonly steps: readonly Step[];
}

/** What the reading reads, as a selector of the same type. */
export function selectorOf(reading: Reading): readonly Selector[] {
  const selector = findSelector(reading.key);
  if (!selector) return [];
  if (reading.steps.length === 0) return [selector];
  const { field } = selector;
  const { width } = field.type;
  return [
    {
      ...selector,
      key: writeReading(reading),
      field: {
        name: field.name,
        type: field.type,
        read: (view) => {
          const value = field.read(view);
          return typeof value === 'bigint' ? applySteps(reading.steps, value, width) : value;
        },
        symbol: symbolOfSteps(field, reading.steps),
      },
      nft: readingToJson(reading),
    },
  ];
}

/** All of them, in order. */
export function selectorsOf(readings: readonly Reading[]): readonly Selector[] {
  return readings.flatMap(selectorOf);
}

/** The types of what they read. */
export function typesOf(readings: readonly Reading[]): readonly DataType[] {
  return selectorsOf(readings).map(({ field }) => field.type);
}

/** Whether reading it has the kernel track connections. */
export function ofConntrack({ key }: Reading): boolean {
  return readsConntrack(key);
}

/** Takes a field with operations behind it, which bind as in nft. */
function readReading(reader: TermReader): Reading | undefined {
  const start = reader.mark('(') ? readInner(reader) : readField(reader);
  return start && readOperations(reader, start);
}

/** Takes several readings with `.` between them. */
export function readReadings(reader: TermReader): readonly Reading[] | undefined {
  const readings: Reading[] = [];
  do {
    const reading = readReading(reader);
    if (!reading) return undefined;
    readings.push(reading);
  } while (reader.mark('.'));
  return readings;
}

function readField(reader: TermReader): Reading | undefined {
  const selector = reader.field();
  return selector && { key: selector.key, steps: [] };
}

function readInner(reader: TermReader): Reading | undefined {
  const inner = readReading(reader);
  if (!inner || reader.mark(')')) return inner;
  return reader.fail('HK3009', '`)` is missing behind the field');
}

function readOperations(reader: TermReader, start: Reading): Reading | undefined {
  const type = findSelector(start.key)?.field.type;
  if (!type) return start;
  let { steps } = start;
  let weakest: BitOperator = 'lshift';
  for (let next = readOperator(reader); next; next = readOperator(reader)) {
    const problem = problemOf(next, weakest, type);
    if (problem) return reader.refuse('HK3017', ...problem);
    const number = strength[next] === 0 ? readShift(reader) : reader.single(type);
    if (number === undefined) return undefined;
    steps = addStep(steps, next, number, type.width);
    weakest = next;
  }
  return { key: start.key, steps };
}

function problemOf(next: BitOperator, weakest: BitOperator, type: DataType): [string, string?] | undefined {
  if (type.text) return [`${type.label} has no bits`];
  if (strength[next] >= strength[weakest])
    return isFit(next, type) ? undefined : [`\`${next}\` shifts numbers of 32 bits only`];
  return [
    `\`${next}\` binds tighter than the \`${weakest}\` before it`,
    'write it first, or put what is before it in parentheses',
  ];
}

/** Shifts of narrower fields go through other byte orders in nft 1.0.6, with results of their own. */
function isFit(operator: BitOperator, { width, prefixes }: DataType): boolean {
  return strength[operator] > 0 || (width === 32 && !prefixes);
}

/** The kernel shifts by 1 to 31 bits (net/netfilter/nft_bitwise.c: nft_bitwise_init_shift). */
function readShift(reader: TermReader): bigint | undefined {
  const number = reader.single(shiftType);
  return number === 0n ? reader.refuse('HK3017', 'a shift is by 1 to 31 bits') : number;
}

const shiftType: DataType = {
  name: 'integer',
  label: 'a number of bits up to 31',
  width: 5,
  parse: (text) => (/^([1-9]|[12]\d|3[01])$/.test(text) ? BigInt(text) : undefined),
  format: String,
  toJson: Number,
};

function readOperator(reader: TermReader): BitOperator | undefined {
  if (reader.mark('&')) return 'and';
  if (reader.mark('|')) return 'or';
  return reader.word('lshift', 'rshift', 'and', 'xor', 'or');
}

/** Writes a reading so that takeReading reads the same. */
export function writeReading({ key, steps }: Reading): string {
  const type = findSelector(key)?.field.type;
  if (!type) return key;
  return writeSteps(key, steps, type);
}

/** Whether its words begin with a parenthesis, behind which no key of a match is looked for. */
export function isParenthesized(reading: Reading): boolean {
  return writeReading(reading).startsWith('(');
}

/** The expression in nft JSON. */
export function readingToJson({ key, steps }: Reading): JsonValue {
  const selector = findSelector(key);
  if (!selector) return null;
  return stepsToJson(selector.nft, steps, selector.field.type);
}

/** The reading that an expression is, if all of it is understood. */
export function readingFromJson(json: JsonValue | undefined): Reading | undefined {
  if (json === undefined) return undefined;
  const selector = selectorOfJson(json);
  if (selector) return { key: selector.key, steps: [] };
  for (const name of ['lshift', 'rshift', 'and', 'xor', 'or'] as const) {
    const operands = isJsonObject(json) ? json[jsonOperators[name]] : undefined;
    if (isJsonArray(operands)) return operationFromJson(name, operands);
  }
  return undefined;
}

function operationFromJson(
  name: BitOperator,
  [left, right, ...more]: readonly JsonValue[],
): Reading | undefined {
  const inner = readingFromJson(left);
  const type = inner && findSelector(inner.key)?.field.type;
  if (!type || type.text || more.length > 0 || !isFit(name, type)) return undefined;
  const number = strength[name] === 0 ? shiftFromJson(right) : numberFromJson(type, right);
  return number === undefined
    ? undefined
    : { key: inner.key, steps: addStep(inner.steps, name, number, type.width) };
}

function shiftFromJson(json: JsonValue | undefined): bigint | undefined {
  return typeof json === 'number' && json > 0 && json < 32 ? BigInt(json) : undefined;
}
