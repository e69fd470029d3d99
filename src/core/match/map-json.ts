// The elements of maps in nft JSON: pairs of a key and a verdict or value.
import { typesNamed } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import { type Entry, type EntryData, isObjectType, type MapVerdict, type Tuple } from '../ir/tuple.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../nft/json-value.ts';
import { complete, tupleFromJson, tupleToJson } from './tuple-json.ts';

/** What the data of a map are: verdicts, names of objects, or values of these types. */
export type DataTypes = 'verdict' | 'object' | readonly DataType[];

/** What the data of a map of this type are; undefined where the type is not known. */
export function dataTypesOf(data: string): DataTypes | undefined {
  if (data === 'verdict') return data;
  return isObjectType(data) ? 'object' : typesNamed(data);
}

/** One pair. */
export function entryToJson(types: readonly DataType[], data: DataTypes, entry: Entry): JsonValue {
  const key = entry.key === 'any' ? '*' : tupleToJson(types, entry.key);
  return [key, dataToJson(data, entry.data)];
}

function dataToJson(types: DataTypes, data: EntryData): JsonValue {
  if (data.kind === 'object') return data.name;
  if (data.kind === 'value') return typeof types === 'string' ? null : tupleToJson(types, data.value);
  const { verdict } = data;
  return { [verdict.kind]: 'chain' in verdict ? { target: verdict.chain } : null };
}

/** The entries that a list of pairs stands for, if all of it is understood. */
export function entriesFromJson(
  types: readonly DataType[],
  data: DataTypes,
  json: JsonValue | undefined,
): readonly Entry[] | undefined {
  if (!isJsonArray(json)) return undefined;
  return complete(json.map((pair) => entryFromJson(types, data, pair)));
}

function entryFromJson(types: readonly DataType[], data: DataTypes, pair: JsonValue): Entry | undefined {
  const [left, right] = isJsonArray(pair) ? pair : [];
  const key = keyFromJson(types, bareKey(left));
  const found = dataFromJson(data, right);
  return key && found && { key, data: found };
}

function dataFromJson(types: DataTypes, json: JsonValue | undefined): EntryData | undefined {
  if (types === 'verdict') return verdictFromJson(json);
  if (types !== 'object') return valueFromJson(types, json);
  return typeof json === 'string' ? { kind: 'object', name: json } : undefined;
}

/** Comments and counts of an element do not change what it means. */
function bareKey(key: JsonValue | undefined): JsonValue | undefined {
  const element = isJsonObject(key) ? key['elem'] : undefined;
  return isJsonObject(element) ? element['val'] : key;
}

function keyFromJson(types: readonly DataType[], json: JsonValue | undefined): Tuple | 'any' | undefined {
  return json === '*' ? 'any' : tupleFromJson(types, json);
}

function valueFromJson(types: readonly DataType[], json: JsonValue | undefined): EntryData | undefined {
  const value = tupleFromJson(types, json);
  return value && { kind: 'value', value };
}

function verdictFromJson(json: JsonValue | undefined): EntryData | undefined {
  const verdict = isJsonObject(json) ? readVerdict(json) : undefined;
  return verdict && { kind: 'verdict', verdict };
}

function readVerdict(json: { readonly [key: string]: JsonValue }): MapVerdict | undefined {
  for (const kind of ['accept', 'drop', 'continue', 'return'] as const) if (kind in json) return { kind };
  for (const kind of ['jump', 'goto'] as const) {
    const leap = json[kind];
    if (isJsonObject(leap) && typeof leap['target'] === 'string') return { kind, chain: leap['target'] };
  }
  return undefined;
}
