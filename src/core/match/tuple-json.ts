// Concatenations and their values in nft JSON, exactly as nft 1.0.6 prints them.
import type { DataType } from '../datatype/define.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { rangeToJson, valueFromJson } from './field-json.ts';
import type { Selector } from './selector.ts';
import type { Selectors } from './selectors.ts';

/** The expression of some fields, `{ "concat": … }` where they are several. */
export function selectorsToJson(selectors: readonly Selector[]): JsonValue {
  return toConcat(selectors.map(({ nft }) => nft));
}

/** The fields that an expression consists of, if all of them are known. */
export function selectorsFromJson(
  known: Selectors,
  json: JsonValue | undefined,
): readonly Selector[] | undefined {
  return complete(parts(json).map((part) => known.ofJson(part ?? null)[0]?.selector));
}

/** The value of a tuple. */
export function tupleToJson(types: readonly DataType[], tuple: Tuple): JsonValue {
  return toConcat(types.flatMap((type, at) => atomToJson(type, tuple[at])));
}

function atomToJson(type: DataType, atom: Atom | undefined): readonly JsonValue[] {
  if (atom === undefined) return [];
  return [typeof atom === 'string' ? atom : rangeToJson(type, atom)];
}

/** The tuple that a value stands for, if it has one atom for each type. */
export function tupleFromJson(types: readonly DataType[], json: JsonValue | undefined): Tuple | undefined {
  const items = types.length === 1 ? [json] : parts(json);
  if (items.length !== types.length) return undefined;
  return complete(types.map((type, at) => atomFromJson(type, items[at])));
}

function atomFromJson(type: DataType, json: JsonValue | undefined): Atom | undefined {
  const value = valueFromJson(type, json);
  if (!value || value.kind === 'set' || value.braces) return undefined;
  return value.kind === 'names' ? value.names[0] : value.ranges[0];
}

/** Several expressions as one; one alone stays as it is. */
export function toConcat(items: readonly JsonValue[]): JsonValue {
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : { concat: items };
}

/** What a concatenation consists of, or what it is alone. */
export function parts(json: JsonValue | undefined): readonly (JsonValue | undefined)[] {
  return isJsonObject(json) && isJsonArray(json['concat']) ? json['concat'] : [json];
}

/** All of them, if none is missing. */
export function complete<T>(items: readonly (T | undefined)[]): readonly T[] | undefined {
  const known = items.filter((item) => item !== undefined);
  return known.length === items.length ? known : undefined;
}
