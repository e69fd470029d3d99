// What a statement sets a field to: a constant, what another field is, or what a map has for some fields. One form for
// all such statements, in the language and in nft JSON, and its value for a packet.
import type { DataType } from '../datatype/define.ts';
import { single } from '../datatype/range.ts';
import { isUnknown } from '../field/view.ts';
import type { Entry, EntryData } from '../ir/tuple.ts';
import type { EvaluationContext } from '../match/define.ts';
import { numberFromJson, rangeToJson } from '../match/field-json.ts';
import { writeRange } from '../match/field-language.ts';
import {
  type Lookup,
  lookUp,
  lookupFromJson,
  lookupToJson,
  readMap,
  writeKeys,
  writeMap,
} from '../match/lookup.ts';
import type { TermReader } from '../match/reader.ts';
import {
  ofConntrack,
  type Reading,
  readingFromJson,
  readingToJson,
  readReadings,
  selectorOf,
  typesOf,
  writeReading,
} from '../match/reading.ts';
import { isJsonObject, type JsonValue } from '../nft/json-value.ts';

export type Operand =
  | { readonly kind: 'constant'; readonly value: bigint }
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'map'; readonly lookup: Lookup };

/** The same number for every packet. */
export function constant(value: bigint): Operand {
  return { kind: 'constant', value };
}

/** A value, or why there is none; `possible`: what it may be, anything if absent; `mayMiss`: there may be none. */
export type Valuation =
  | { readonly kind: 'value'; readonly value: bigint }
  /** The rule ends (NFT_BREAK). */
  | { readonly kind: 'none'; readonly actual: string }
  | {
      readonly kind: 'unknown';
      readonly why: string;
      readonly possible?: readonly bigint[];
      readonly mayMiss: boolean;
    };

/** The value for a packet. */
export function evaluateOperand(operand: Operand, context: EvaluationContext): Valuation {
  switch (operand.kind) {
    case 'constant':
      return { kind: 'value', value: operand.value };
    case 'reading':
      return read(operand.reading, context);
    case 'map':
      return find(operand.lookup, context);
  }
}

function read(reading: Reading, { view }: EvaluationContext): Valuation {
  const [selector] = selectorOf(reading);
  const value = selector?.field.read(view);
  if (isUnknown(value)) return { kind: 'unknown', why: value.unknown, mayMiss: false };
  return typeof value === 'bigint'
    ? { kind: 'value', value }
    : { kind: 'none', actual: `no ${selector?.field.name ?? reading.key}` };
}

function find(lookup: Lookup, context: EvaluationContext): Valuation {
  const found = lookUp(lookup, context);
  if (found.kind === 'none') return found;
  if (found.kind === 'unknown') {
    const { possible, ...rest } = found;
    return { ...rest, ...(possible && { possible: possible.flatMap(numberOf) }) };
  }
  const [value] = numberOf(found.data);
  return value === undefined ? { kind: 'none', actual: 'no number' } : { kind: 'value', value };
}

function numberOf(data: EntryData): readonly bigint[] {
  const atom = data.kind === 'value' ? data.value[0] : undefined;
  return typeof atom === 'object' ? [atom.lo] : [];
}

/** Whether working it out has the kernel track connections. */
export function operandOfConntrack(operand: Operand): boolean {
  if (operand.kind === 'map') return operand.lookup.keys.some(ofConntrack);
  return operand.kind === 'reading' && ofConntrack(operand.reading);
}

/** Takes a value of a type, a field of that type, or fields and a map. */
export function readOperand(reader: TermReader, type: DataType): Operand | undefined {
  if (!reader.atField) {
    const value = type.bitmask ? reader.bits(type) : reader.single(type);
    return value === undefined ? undefined : constant(value);
  }
  const readings = readReadings(reader);
  if (!readings) return undefined;
  if (reader.word('map')) {
    const lookup = readMap(reader, readings, (inner) => readNumber(inner, type));
    return lookup && { kind: 'map', lookup };
  }
  const [reading, ...others] = readings;
  if (!reading || others.length > 0) return reader.fail('HK3009', 'expected `map` behind several fields');
  const problem = misfit(reading, type);
  return problem === undefined ? { kind: 'reading', reading } : reader.refuse('HK3007', problem);
}

/** nft takes a field of the same type, or one that is a plain number (src/evaluate.c: __stmt_evaluate_arg). */
function misfit(reading: Reading, type: DataType): string | undefined {
  const [found] = typesOf([reading]);
  if (found && (found.name === type.name || (found.name === 'integer' && found.width <= type.width)))
    return undefined;
  return `\`${reading.key}\` is ${found?.label ?? 'nothing'}, and this takes ${type.label}`;
}

function readNumber(reader: TermReader, type: DataType): EntryData | undefined {
  const value = type.bitmask ? reader.bits(type) : reader.single(type);
  return value === undefined ? undefined : { kind: 'value', value: [single(value)] };
}

/** Writes it so that readOperand reads the same. */
export function writeOperand(operand: Operand, type: DataType): string {
  switch (operand.kind) {
    case 'constant':
      return writeRange(type, single(operand.value), false);
    case 'reading':
      return writeReading(operand.reading);
    case 'map':
      return `${writeKeys(operand.lookup.keys)} map ${writeMap(operand.lookup, (data) => writeData(data, type))}`;
  }
}

function writeData(data: EntryData, type: DataType): string {
  return numberOf(data)
    .map((value) => writeRange(type, single(value), true))
    .join('');
}

/** The expression in nft JSON. */
export function operandToJson(operand: Operand, type: DataType): JsonValue {
  switch (operand.kind) {
    case 'constant':
      return rangeToJson(type, single(operand.value));
    case 'reading':
      return readingToJson(operand.reading);
    case 'map':
      return { map: lookupToJson(operand.lookup, [type]) };
  }
}

/** The operand that an expression is, if all of it is understood. */
export function operandFromJson(json: JsonValue | undefined, type: DataType): Operand | undefined {
  const number = numberFromJson(type, json);
  if (number !== undefined) return constant(number);
  if (isJsonObject(json) && 'map' in json) {
    const lookup = lookupFromJson(json['map'], [type]);
    return lookup && hasNumbers(lookup) ? { kind: 'map', lookup } : undefined;
  }
  const reading = readingFromJson(json);
  return reading && misfit(reading, type) === undefined ? { kind: 'reading', reading } : undefined;
}

function hasNumbers({ map }: Lookup): boolean {
  return map.kind === 'set' || map.entries.every(isNumber);
}

function isNumber({ data }: Entry): boolean {
  const atom = data.kind === 'value' ? data.value[0] : undefined;
  return typeof atom === 'object' && atom.lo === atom.hi;
}
