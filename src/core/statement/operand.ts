// What a statement sets a field to: a constant, or what a source gives. One form for all such statements, in the language
// and in nft JSON, and its value for a packet.
import type { DataType } from '../datatype/define.ts';
import { single } from '../datatype/range.ts';
import type { Tuple } from '../ir/tuple.ts';
import type { EvaluationContext, MapName } from '../match/define.ts';
import { numberFromJson, rangeToJson } from '../match/field-json.ts';
import { writeRange } from '../match/field-language.ts';
import type { TermReader } from '../match/reader.ts';
import type { JsonValue } from '../nft/json-value.ts';
import {
  evaluateSource,
  misfitOf,
  ownData,
  readSource,
  type Source,
  sourceFromJson,
  sourceOfConntrack,
  sourceToJson,
  type Valuation,
  writeSource,
} from './source.ts';

export type Operand = { readonly kind: 'constant'; readonly value: bigint } | Source;

/** The same number for every packet. */
export function constant(value: bigint): Operand {
  return { kind: 'constant', value };
}

/** The value for a packet. */
export function evaluateOperand(operand: Operand, context: EvaluationContext): Valuation<bigint> {
  if (operand.kind === 'constant') return { kind: 'value', value: operand.value };
  const found = evaluateSource(operand, context);
  if (found.kind === 'none') return found;
  if (found.kind === 'unknown') {
    const { possible, ...rest } = found;
    return { ...rest, ...(possible && { possible: possible.flatMap(numberOf) }) };
  }
  const [value] = numberOf(found.value);
  return value === undefined ? { kind: 'none', actual: 'no number' } : { kind: 'value', value };
}

function numberOf([atom]: Tuple): readonly bigint[] {
  return typeof atom === 'object' ? [atom.lo] : [];
}

/** Whether working it out has the kernel track connections. */
export function operandOfConntrack(operand: Operand): boolean {
  return operand.kind !== 'constant' && sourceOfConntrack(operand);
}

/** The named map in which the value is looked up. */
export function mapsOfOperand(operand: Operand): readonly MapName[] {
  const map = operand.kind === 'map' ? operand.lookup.map : undefined;
  return map?.kind === 'set' ? [{ name: map.name, data: 'value' }] : [];
}

/** Takes a value of a type, a field of that type, or fields and a map. */
export function readOperand(reader: TermReader, type: DataType): Operand | undefined {
  if (reader.atField)
    return readSource(reader, {
      misfit: (reading) => misfitOf(reading, type),
      data: (inner) => {
        const value = readNumber(inner, type);
        return value === undefined ? undefined : [single(value)];
      },
      named: { types: [[type]] },
    });
  const value = readNumber(reader, type);
  return value === undefined ? undefined : constant(value);
}

function readNumber(reader: TermReader, type: DataType): bigint | undefined {
  return type.bitmask ? reader.bits(type) : reader.single(type);
}

/** Writes it so that readOperand reads the same. */
export function writeOperand(operand: Operand, type: DataType): string {
  if (operand.kind === 'constant') return writeRange(type, single(operand.value), false);
  return writeSource(operand, (value) =>
    numberOf(value)
      .map((number) => writeRange(type, single(number), true))
      .join(''),
  );
}

/** The expression in nft JSON. */
export function operandToJson(operand: Operand, type: DataType): JsonValue {
  return operand.kind === 'constant'
    ? rangeToJson(type, single(operand.value))
    : sourceToJson(operand, [type]);
}

/** The operand that an expression is, if all of it is understood. */
export function operandFromJson(json: JsonValue | undefined, type: DataType): Operand | undefined {
  const number = numberFromJson(type, json);
  if (number !== undefined) return constant(number);
  const source = sourceFromJson(json, [[type]]);
  if (!source || !ownData(source).every(isNumber)) return undefined;
  return source.kind === 'reading' && misfitOf(source.reading, type) !== undefined ? undefined : source;
}

function isNumber([atom]: Tuple): boolean {
  return typeof atom === 'object' && atom.lo === atom.hi;
}
