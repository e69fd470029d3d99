// Named sets and maps in libnftables JSON, both ways.
import { typeSeparator, typesNamed } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import { diagnostic } from '../diagnostic/diagnostic.ts';
import type { Changes, NamedMap, NamedSet, SetElements, Table } from '../ir/ruleset.ts';
import { rangeToJson, valueFromJson } from '../match/field-json.ts';
import { type DataTypes, entriesFromJson, entryToJson } from '../match/map-json.ts';
import { complete, tupleFromJson, tupleToJson } from '../match/tuple-json.ts';
import { isJsonArray, isJsonObject, type JsonObject, type JsonValue } from './json-value.ts';
import type { Spelling } from './spell.ts';

/** The set with all its elements, `{ "set": … }` being around it; a report where its type is none of nft's. */
export function spellSet(set: NamedSet, table: Table, spelling: Spelling): JsonObject {
  const elements = elementsToJson(set.elements, typesNamed(set.type));
  if (!elements) reportType('set', set, set.type, spelling);
  return { ...headOf(set, table), ...contentOf(set.changes, elements ?? []) };
}

/** The map with all its entries, `{ "map": … }` being around it; a report where a type is none of nft's. */
export function spellMap(map: NamedMap, table: Table, spelling: Spelling): JsonObject {
  const types = typesNamed(map.type);
  const data = dataTypes(map.data);
  if (!types || !data) reportType('map', map, types ? map.data : map.type, spelling);
  const entries = types && data ? map.entries.map((entry) => entryToJson(types, data, entry)) : [];
  const isIntervals = entries.some((entry) => isJsonArray(entry) && isInterval(entry[0] ?? null));
  return { ...headOf(map, table), map: map.data, ...contentOf(map.changes, entries, isIntervals) };
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

function contentOf(
  changes: Changes | undefined,
  elements: readonly JsonValue[],
  isIntervals = elements.some(isInterval),
): JsonObject {
  const flags = [...(isIntervals ? ['interval'] : []), ...(changes ? [changedBy[changes]] : [])];
  return { ...(flags.length > 0 && { flags }), ...(elements.length > 0 && { elem: elements }) };
}

const changedBy: Readonly<Record<Changes, string>> = { 'by-time': 'timeout', 'by-rules': 'dynamic' };

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

/** A listed set; undefined where its elements are not values of known types. `updated`: rules add to it. */
export function readSet(name: string, body: JsonObject, updated: boolean): NamedSet | undefined {
  const type = typeFromJson(body.type);
  const types = type === undefined ? undefined : typesNamed(type);
  const elements = types && elementsFromJson(types, body.elem ?? []);
  return type !== undefined && elements ? { name, type, elements, ...changesOf(body, updated) } : undefined;
}

/** A listed map; undefined where its entries are not of known types. `updated`: rules add to it. */
export function readMap(name: string, body: JsonObject, updated: boolean): NamedMap | undefined {
  const type = typeFromJson(body.type);
  const data = typeFromJson(body.map);
  const types = type === undefined ? undefined : typesNamed(type);
  const values = data === undefined ? undefined : dataTypes(data);
  const entries = types && values && entriesFromJson(types, values, body.elem ?? []);
  if (type === undefined || data === undefined || !entries) return undefined;
  return { name, type, data, entries, ...changesOf(body, updated) };
}

function typeFromJson(json: JsonValue | undefined): string | undefined {
  const names = isJsonArray(json) ? json : [json];
  return names.every((name) => typeof name === 'string') ? names.join(typeSeparator) : undefined;
}

function dataTypes(name: string): DataTypes | undefined {
  return name === 'verdict' ? name : typesNamed(name);
}

function elementsFromJson(types: readonly DataType[], listed: JsonValue): SetElements | undefined {
  if (!isJsonArray(listed)) return undefined;
  const items = listed.map(bareElement);
  const [type] = types;
  if (types.length > 1 || !type) {
    const tuples = complete(items.map((item) => tupleFromJson(types, item)));
    return tuples && { kind: 'tuples', tuples };
  }
  const value = valueFromJson(type, { set: items });
  if (value?.kind === 'names') return { kind: 'names', names: value.names };
  return value?.kind === 'ranges' ? { kind: 'ranges', ranges: value.ranges } : undefined;
}

function changesOf({ flags, timeout }: JsonObject, updated: boolean): Pick<NamedSet, 'changes'> {
  const listed = isJsonArray(flags) ? flags : [flags];
  if (updated || listed.includes('dynamic')) return { changes: 'by-rules' };
  return timeout !== undefined || listed.includes('timeout') ? { changes: 'by-time' } : {};
}

/** Counts, comments and how long it stays do not change what an element is. */
function bareElement(element: JsonValue): JsonValue {
  return isJsonObject(element) && isJsonObject(element.elem) ? (element.elem.val ?? element) : element;
}
