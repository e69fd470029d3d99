// Named sets and maps in libnftables JSON, both ways.
import { typeSeparator, typesNamed } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { NamedMap, NamedSet, SetElements, Table } from '../ir/ruleset.ts';
import { detailsOf, type SetProperties } from '../ir/set.ts';
import type { Entry } from '../ir/tuple.ts';
import { rangeToJson, valueFromJson } from '../match/field-json.ts';
import { type DataTypes, dataTypesOf, entriesFromJson, entryToJson } from '../match/map-json.ts';
import { complete, tupleFromJson, tupleToJson } from '../match/tuple-json.ts';
import { asInterval, isWideTuple } from '../statement/nat-source.ts';
import { reportUnreadable } from './json-gaps.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';
import type { PartReader } from './read-part.ts';
import {
  elementFromJson,
  elementToJson,
  type ListedElement,
  propertiesFromJson,
  propertiesToJson,
} from './set-properties.ts';
import type { Spelling } from './spell.ts';

/** The set with all its elements, `{ "set": … }` being around it; a report where its type is none of nft's. */
export function spellSet(set: NamedSet, table: Table, spelling: Spelling): JsonObject {
  const elements = elementsToJson(set.elements, typesNamed(set.type));
  if (!elements) reportType('set', set, set.type, spelling);
  const where = `set \`${set.name}\``;
  const isIntervals = elements?.some(isInterval) ?? false;
  const listed = elements?.map((value, at) => elementToJson(value, set.details?.[at], where, spelling)) ?? [];
  return {
    ...headOf(set, table),
    ...propertiesToJson(set, isIntervals, where, spelling),
    ...(listed.length > 0 && { elem: listed }),
  };
}

/** The map with all its entries, `{ "map": … }` being around it; a report where a type is none of nft's. */
export function spellMap(map: NamedMap, table: Table, spelling: Spelling): JsonObject {
  const types = typesNamed(map.type);
  const data = dataTypesOf(map.data);
  if (!types || !data) reportType('map', map, types ? map.data : map.type, spelling);
  const where = `map \`${map.name}\``;
  const pairs = types && data ? spellEntries(map, types, data, spelling) : [];
  const isIntervals = pairs.some((pair) => isInterval(pairOf(pair)[0]));
  const listed = pairs.map((pair, at) => {
    const [key, found] = pairOf(pair);
    return [elementToJson(key, map.entries[at]?.details, where, spelling), found];
  });
  return {
    ...headOf(map, table),
    map: map.data,
    ...propertiesToJson(map, isIntervals, where, spelling),
    ...(listed.length > 0 && { elem: listed }),
  };
}

/** Each key with its value. Where values are ranges, nft 1.0.6 takes single addresses as networks, and in text alone. */
function spellEntries(
  { name, entries, span }: NamedMap,
  types: readonly DataType[],
  data: DataTypes,
  spelling: Spelling,
): readonly JsonValue[] {
  const pairs = entries.map((entry) => entryToJson(types, data, entry));
  const isWide = entries.some((entry) => entry.data.kind === 'value' && isWideTuple(entry.data.value));
  const gap = jsonGap(data, isWide);
  reportUnreadable(spelling, gap && `has no words for ${gap} that a map leads to`, `map \`${name}\``, span);
  if (!isWide) return pairs;
  if (spelling.form === 'json') return pairs;
  const width = typeof data === 'string' ? 0 : (data[0]?.width ?? 0);
  return pairs.map(pairOf).map(([key, value]) => [key, asInterval(value, width)]);
}

/** What a named map finds that the JSON of nft 1.0.6 can't say (src/parser_json.c: json_parse_cmd_add_set). */
function jsonGap(data: DataTypes, isWide: boolean): string | undefined {
  if (isWide) return 'ranges';
  return typeof data !== 'string' && data.length > 1 ? 'several values at once' : undefined;
}

function pairOf(json: JsonValue): readonly [JsonValue, JsonValue] {
  const [key = null, data = null] = isJsonArray(json) ? json : [];
  return [key, data];
}

function reportType(
  kind: 'set' | 'map',
  { name, span }: NamedSet | NamedMap,
  type: string,
  { report }: Spelling,
): void {
  const message = `${kind} \`${name}\` has the type \`${type}\`, which nft does not have`;
  report(diagnostic('HK4501', message, { span }));
}

function headOf({ name, type }: NamedSet | NamedMap, { family, name: table }: Table): JsonObject {
  const types = type.split(typeSeparator);
  return { family, table, name, type: types.length > 1 ? types : type };
}

function elementsToJson(
  elements: SetElements,
  types: readonly DataType[] | undefined,
): readonly JsonValue[] | undefined {
  if (elements.kind === 'names') return elements.names;
  if (elements.kind === 'tuples') return types && elements.tuples.map((tuple) => tupleToJson(types, tuple));
  const [type] = types ?? [];
  return type && elements.ranges.map((range) => rangeToJson(type, range, false));
}

/** Prefixes, ranges and wildcards are kept as intervals (src/evaluate.c: expr_evaluate_set). */
function isInterval(element: JsonValue): boolean {
  if (isJsonObject(element) && isJsonArray(element.concat)) return element.concat.some(isInterval);
  return (
    isJsonObject(element) || (typeof element === 'string' && element.length > 1 && element.endsWith('*'))
  );
}

/** A listed set; undefined where its elements are not values of known types. */
export function readSet(name: string, body: JsonObject, readPart: PartReader): NamedSet | undefined {
  const type = typeFromJson(body.type);
  const types = type === undefined ? undefined : typesNamed(type);
  const listed = listedElements(body.elem, readPart);
  const elements = types && listed && elementsFromJson(types, listed);
  const properties = listed && propertiesOf(body, listed, readPart);
  if (type === undefined || !elements || !properties) return undefined;
  return { name, type, elements, ...detailsOf(listed.map(({ details }) => details)), ...properties };
}

/** A listed map; undefined where its entries are not of known types. */
export function readMap(name: string, body: JsonObject, readPart: PartReader): NamedMap | undefined {
  const type = typeFromJson(body.type);
  const data = typeFromJson(body.map);
  const types = type === undefined ? undefined : typesNamed(type);
  const values = data === undefined ? undefined : dataTypesOf(data);
  const pairs = isJsonArray(body.elem) ? body.elem.map(pairOf) : [];
  const listed = listedElements(
    pairs.map(([key]) => key),
    readPart,
  );
  const bare = listed?.map(({ value }, at) => [value, pairs[at]?.[1] ?? null]);
  const entries = types && values && bare && entriesFromJson(types, values, bare);
  const properties = listed && propertiesOf(body, listed, readPart);
  if (type === undefined || data === undefined || !entries || !properties) return undefined;
  return { name, type, data, entries: withDetails(entries, listed), ...properties };
}

function withDetails(entries: readonly Entry[], listed: readonly ListedElement[]): readonly Entry[] {
  return entries.map((entry, at) => {
    const details = listed[at]?.details ?? {};
    return Object.keys(details).length === 0 ? entry : { ...entry, details };
  });
}

function listedElements(
  elem: JsonValue | undefined,
  readPart: PartReader,
): readonly ListedElement[] | undefined {
  if (elem === undefined) return [];
  return isJsonArray(elem) ? complete(elem.map((one) => elementFromJson(one, readPart))) : undefined;
}

function propertiesOf(
  body: JsonObject,
  listed: readonly ListedElement[],
  readPart: PartReader,
): SetProperties | undefined {
  const implied = {
    interval: listed.some(({ value }) => isInterval(value)),
    timeout: body.timeout !== undefined,
  };
  return propertiesFromJson(body, implied, readPart);
}

function typeFromJson(json: JsonValue | undefined): string | undefined {
  const names = isJsonArray(json) ? json : [json];
  return names.every((name) => typeof name === 'string') ? names.join(typeSeparator) : undefined;
}

function elementsFromJson(
  types: readonly DataType[],
  listed: readonly ListedElement[],
): SetElements | undefined {
  const items = listed.map(({ value }) => value);
  const [type] = types;
  if (types.length > 1 || !type) {
    const tuples = complete(items.map((item) => tupleFromJson(types, item)));
    return tuples && { kind: 'tuples', tuples };
  }
  const value = valueFromJson(type, { set: items });
  if (value?.kind === 'names') return { kind: 'names', names: value.names };
  return value?.kind === 'ranges' ? { kind: 'ranges', ranges: value.ranges } : undefined;
}
