// How a comparison of a field stands in nft JSON, exactly as nft 1.0.6 prints it.
import type { DataType } from '../datatype/define.ts';
import { prefixLength, prefixRange, type Range, single } from '../datatype/range.ts';
import type { Value } from '../ir/ruleset.ts';
import { equalJson, isJsonArray, isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { bitsOf } from './field-language.ts';
import type { FieldTest, Operator } from './field-match.ts';
import { simplify } from './field-simplify.ts';
import { isPrintable } from './quote.ts';

/** The `match` statement of a comparison; `left` is the field's expression. */
export function fieldTestToJson(left: JsonValue, type: DataType, test: FieldTest): JsonObject {
  const masked = test.mask === undefined ? left : { '&': [left, maskToJson(type, test.mask)] };
  return { match: { op: operatorToJson(test.op), left: masked, right: valueToJson(type, test) } };
}

function operatorToJson(op: Operator): string {
  if (op === 'any') return 'in';
  return op === 'none' ? '!' : op;
}

/** A number whose bits are meant. */
export function maskToJson(type: DataType, mask: bigint): JsonValue {
  return type.bitmask ? bitsToJson(type, mask) : type.toJson(mask);
}

/** One bit by its name, several as a list; those without a name as numbers. */
function bitsToJson(type: DataType, value: bigint): JsonValue {
  const bits = bitsOf(value).map(type.toJson);
  const [first = 0] = bits;
  return bits.length > 1 ? bits : first;
}

function valueToJson(type: DataType, test: FieldTest): JsonValue {
  const { value } = test;
  if (value.kind === 'set') return `@${value.name}`;
  const listed = test.op === 'any' || test.op === 'none' || test.mask !== undefined;
  const items =
    value.kind === 'names' ? value.names : value.ranges.map((range) => rangeToJson(type, range, listed));
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { set: items };
}

/** One value, prefix or range. `listed`: several bits as a list, as nft prints what it tests; else joined by `|`. */
export function rangeToJson(type: DataType, { lo, hi }: Range, listed = false): JsonValue {
  if (lo === hi) return type.bitmask ? exactBitsToJson(type, lo, listed) : type.toJson(lo);
  const length = type.prefixes ? prefixLength({ lo, hi }, type.width) : undefined;
  if (length !== undefined) return { prefix: { addr: type.toJson(lo), len: length } };
  return { range: [type.toJson(lo), type.toJson(hi)] };
}

function exactBitsToJson(type: DataType, value: bigint, listed: boolean): JsonValue {
  const bits = bitsToJson(type, value);
  return isJsonArray(bits) && !listed ? { '|': bits } : bits;
}

/** The comparison if the statement is one of this field; undefined where anything of it is not understood. */
export function fieldTestFromJson(
  left: JsonValue,
  type: DataType,
  statement: JsonValue,
): FieldTest | undefined {
  if (!isJsonObject(statement) || !isJsonObject(statement['match'])) return undefined;
  const { op, left: given, right } = statement['match'];
  const mask = maskFromJson(left, type, given);
  const value = valueFromJson(type, right);
  if (mask === false || !value) return undefined;
  const meaning = operatorFromJson(type, op, value);
  if (!meaning) return undefined;
  return simplify(type, { op: meaning, value, ...(mask !== undefined && { mask }) });
}

/** The mask, undefined if there is none, false if the expression is not this field. */
function maskFromJson(
  left: JsonValue,
  type: DataType,
  given: JsonValue | undefined,
): bigint | undefined | false {
  if (given === undefined) return false;
  if (equalJson(left, given)) return undefined;
  if (!isJsonObject(given) || !isJsonArray(given['&'])) return false;
  const [inner, mask] = given['&'];
  if (inner === undefined || !equalJson(left, inner)) return false;
  return numberFromJson(type, mask) ?? false;
}

const comparisons = ['==', '!=', '<', '>', '<=', '>='] as const satisfies readonly Operator[];

/** `in` is what nft calls the operator that is not written: bits are tested, anything else is equal. */
function operatorFromJson(type: DataType, op: JsonValue | undefined, value: Value): Operator | undefined {
  const plain = value.kind === 'ranges' && !value.braces;
  const bits = plain && type.bitmask === true;
  if (op === 'in') return bits ? 'any' : '==';
  if (op === '!') return bits ? 'none' : undefined;
  const comparison = comparisons.find((one) => one === op);
  return comparison === '==' || comparison === '!=' || plain ? comparison : undefined;
}

/** Reads a value, range, anonymous set or set name of a type. */
export function valueFromJson(type: DataType, json: JsonValue | undefined): Value | undefined {
  if (typeof json === 'string' && json.startsWith('@')) return { kind: 'set', name: json.slice(1) };
  const braced = isJsonObject(json) && isJsonArray(json['set']) ? json['set'] : undefined;
  const items = braced ?? [json];
  const braces = braced && { braces: true as const };
  if (type.text) {
    const names = items.filter((item) => isName(type, item));
    return names.length === items.length ? { kind: 'names', names, ...braces } : undefined;
  }
  const ranges = items.map((item) => rangeFromJson(type, item)).filter((range) => range !== undefined);
  return ranges.length === items.length ? { kind: 'ranges', ranges, ...braces } : undefined;
}

/** A name; digits alone are the index of an interface that has no name any more. */
function isName(type: DataType, json: JsonValue | undefined): json is string {
  return typeof json === 'string' && isPrintable(json) && !(type.text === 'interface' && /^\d*$/.test(json));
}

function rangeFromJson(type: DataType, json: JsonValue | undefined): Range | undefined {
  if (isJsonObject(json) && isJsonObject(json['prefix'])) return prefixFromJson(type, json['prefix']);
  if (isJsonObject(json) && isJsonArray(json['range'])) {
    const [lo, hi] = json['range'].map((bound) => numberFromJson(type, bound));
    return lo !== undefined && hi !== undefined && lo <= hi ? { lo, hi } : undefined;
  }
  const value = numberFromJson(type, json);
  return value === undefined ? undefined : single(value);
}

function prefixFromJson(type: DataType, { addr, len }: JsonObject): Range | undefined {
  const value = numberFromJson(type, addr);
  const fits = typeof len === 'number' && Number.isInteger(len) && len >= 0 && len <= type.width;
  return value === undefined || !fits ? undefined : prefixRange(value, len, type.width);
}

/** One number: as such, by name, or several bits as a list or joined by `|`. */
export function numberFromJson(type: DataType, json: JsonValue | undefined): bigint | undefined {
  const bits = isJsonObject(json) ? json['|'] : json;
  if (!isJsonArray(bits)) return isJsonObject(bits) ? undefined : scalarFromJson(type, bits);
  if (!type.bitmask) return undefined;
  return bits
    .map((bit) => numberFromJson(type, bit))
    .reduce((sum, bit) => (sum === undefined || bit === undefined ? undefined : sum | bit), 0n);
}

function scalarFromJson(type: DataType, json: JsonValue | undefined): bigint | undefined {
  if (json === undefined || json === null || isJsonArray(json) || isJsonObject(json)) return undefined;
  if (type.fromJson) return type.fromJson(json);
  if (typeof json === 'string') return type.parse(json);
  if (typeof json === 'boolean' || !isExact(json)) return undefined;
  // Numbers of 64 bits have a sign.
  const value = json < 0 && type.width === 64 ? BigInt.asUintN(64, BigInt(json)) : BigInt(json);
  return value >= 0n && value >> BigInt(type.width) === 0n ? value : undefined;
}

function isExact(json: number | bigint): boolean {
  return typeof json === 'bigint' || Number.isSafeInteger(json);
}
