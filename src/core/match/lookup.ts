// Looking up in a map what a packet's fields are: the part that verdict maps and all other maps share.

import type { Node } from '../bdd/bdd.ts';
import type { DataType } from '../datatype/define.ts';
import type { NamedMap } from '../ir/ruleset.ts';
import { changesOf } from '../ir/set.ts';
import type { Entry, EntryData, Tuple } from '../ir/tuple.ts';
import { isJsonArray, isJsonObject, type JsonValue } from '../nft/json-value.ts';
import type { EvaluationContext, Lookups, SymbolicContext } from './define.ts';
import { type Distinction, distinctionsOfTuples } from './distinction.ts';
import { type DataTypes, entriesFromJson, entryToJson } from './map-json.ts';
import { quote, writeName } from './quote.ts';
import type { EntryValue, TermReader, WantedData } from './reader.ts';
import {
  type Reading,
  readingFromJson,
  readingToJson,
  selectorsOf,
  typesOf,
  writeReading,
} from './reading.ts';
import { gainedKey, symbolicKey } from './symbolic.ts';
import { findByFields } from './tuple.ts';
import { complete, parts, toConcat } from './tuple-json.ts';
import { writeTuple } from './tuple-language.ts';

export interface Lookup {
  readonly keys: readonly Reading[];
  readonly map: EntryValue;
}

/** What a lookup came to; `actual` is what the packet has there. */
export type Looked =
  | { readonly kind: 'found'; readonly data: EntryData }
  | { readonly kind: 'none'; readonly actual: string }
  /** `possible`: what it may be, anything if absent; `mayMiss`: it may also be nothing. */
  | {
      readonly kind: 'unknown';
      readonly why: string;
      readonly possible?: readonly EntryData[];
      readonly mayMiss: boolean;
    };

/** The entries that a map has now. */
export function entriesOf(map: EntryValue, lookups: Lookups): readonly Entry[] {
  return map.kind === 'entries' ? map.entries : (lookups.findMap(map.name)?.entries ?? []);
}

/** The same, undefined where they come and go or are not known. */
export function fixedEntries(map: EntryValue, lookups: Lookups): readonly Entry[] | undefined {
  const named: NamedMap | undefined = map.kind === 'set' ? lookups.findMap(map.name) : undefined;
  return map.kind === 'set' && (!named || changesOf(named)) ? undefined : entriesOf(map, lookups);
}

/** Looks the packet's values up (net/netfilter/nft_lookup.c: nft_lookup_eval). */
export function lookUp({ keys, map }: Lookup, context: EvaluationContext): Looked {
  const named = map.kind === 'set' ? context.findMap(map.name) : undefined;
  if (map.kind === 'set' && !named) return unknown(`what map \`${map.name}\` holds is not known`);
  const entries = entriesOf(map, context);
  const found = findByFields(selectorsOf(keys), context.view, entries, ({ key }) => key);
  if (found.kind === 'found') return { kind: 'found', data: found.item.data };
  if (found.kind === 'unknown') {
    const { why, mayMiss } = found;
    return { kind: 'unknown', why, possible: found.possible.map(({ data }) => data), mayMiss };
  }
  if (found.kind === 'none' && named && context.isObscure?.(named.name))
    return unknown(`what rules add to \`${named.name}\` is not known`);
  return { kind: 'none', actual: found.actual };
}

function unknown(why: string): Looked {
  return { kind: 'unknown', why, mayMiss: true };
}

/** What a lookup comes to for all packets: no packet belongs to two of these, and each to one. */
export interface SymbolicLooked {
  /** What is found, each once, and for which packets. */
  readonly found: readonly { readonly data: EntryData; readonly when: Node }[];
  /** The packets that find nothing. */
  readonly none: Node;
  /** Those that lack a field, which ends a rule. */
  readonly missing: Node;
  /** Those that find what nobody knows. */
  readonly unknown: Node;
}

/** Looks all packets up. */
export function symbolicLookUp({ keys, map }: Lookup, context: SymbolicContext): SymbolicLooked {
  const { bdd } = context;
  const named = map.kind === 'set' ? context.findMap(map.name) : undefined;
  if (map.kind === 'set' && !named) return { found: [], none: 0, missing: 0, unknown: 1 };
  const selectors = selectorsOf(keys);
  const { present, isOneOf } = symbolicKey(selectors, context);
  const missing = bdd.not(present);
  const entries = entriesOf(map, context);
  const found = byData(entries).map(({ data, tuples }) => ({ data, when: isOneOf(tuples) }));
  const others = found.reduce<Node>((rest, { when }) => bdd.minus(rest, when), present);
  const fallback = entries.find(({ key }) => key === 'any');
  if (fallback)
    return { found: [...found, { data: fallback.data, when: others }], none: 0, missing, unknown: 0 };
  const gained = (named && gainedKey(named, selectors, context)) ?? 0;
  return { found, none: bdd.minus(others, gained), missing, unknown: bdd.and(others, gained) };
}

/** Keys with the same data are one question. */
function byData(entries: readonly Entry[]) {
  const groups = new Map<string, { readonly data: EntryData; readonly tuples: Tuple[] }>();
  for (const { key, data } of entries) {
    if (key === 'any') continue;
    const name = nameOfData(data);
    const group = groups.get(name) ?? { data, tuples: [] };
    group.tuples.push(key);
    groups.set(name, group);
  }
  return [...groups.values()];
}

function nameOfData(data: EntryData): string {
  switch (data.kind) {
    case 'verdict':
      return `verdict ${data.verdict.kind} ${'chain' in data.verdict ? data.verdict.chain : ''}`;
    case 'value':
      return `value ${data.value.map((atom) => (typeof atom === 'string' ? JSON.stringify(atom) : `${atom.lo}-${atom.hi}`)).join(' . ')}`;
    case 'object':
      return `object ${data.name}`;
  }
}

/** What the keys are compared with. */
export function distinctionsOfLookup({ keys, map }: Lookup, lookups: Lookups): readonly Distinction[] {
  const found = entriesOf(map, lookups).map(({ key }) => key);
  return distinctionsOfTuples(selectorsOf(keys), found);
}

/** Takes the map behind the keys; `data` reads what is behind each `:`. */
export function readMap(
  reader: TermReader,
  keys: readonly Reading[],
  data: (reader: TermReader) => EntryData | undefined,
  wanted?: WantedData,
): Lookup | undefined {
  const map = reader.entries(typesOf(keys), data, wanted);
  return map && { keys, map };
}

/** Writes the keys. */
export function writeKeys(keys: readonly Reading[]): string {
  return keys.map(writeReading).join(' . ');
}

/** Writes the map; `data` writes what is found. */
export function writeMap({ keys, map }: Lookup, data: (data: EntryData) => string): string {
  if (map.kind === 'set') return `@${writeName(map.name)}`;
  const types = typesOf(keys);
  const items = map.entries.map((entry) => {
    const { comment } = entry.details ?? {};
    const key = entry.key === 'any' ? 'default' : writeTuple(types, entry.key);
    return `${key}${comment === undefined ? '' : ` comment ${quote(comment)}`} : ${data(entry.data)}`;
  });
  return `{ ${items.join(', ')} }`;
}

/** The two parts of the expression in nft JSON. */
export function lookupToJson({ keys, map }: Lookup, data: DataTypes): JsonValue {
  const types = typesOf(keys);
  return {
    key: toConcat(keys.map(readingToJson)),
    data:
      map.kind === 'set'
        ? `@${map.name}`
        : { set: map.entries.map((entry) => commented(entryToJson(types, data, entry), entry)) },
  };
}

/** With the comment of its element, if it has one. */
function commented(pair: JsonValue, { details: { comment } = {} }: Entry): JsonValue {
  const [val = null, data = null] = isJsonArray(pair) ? pair : [];
  return comment === undefined ? pair : [{ elem: { val, comment } }, data];
}

/** The comment of an entry of a rule's own map. */
function commentIn(pair: JsonValue | undefined): Pick<Entry, 'details'> {
  const [key] = isJsonArray(pair) ? pair : [];
  const element = isJsonObject(key) ? key['elem'] : undefined;
  const comment = isJsonObject(element) ? element['comment'] : undefined;
  return typeof comment === 'string' ? { details: { comment } } : {};
}

/** The lookup, if all of it is understood. */
export function lookupFromJson(json: JsonValue | undefined, data: DataTypes): Lookup | undefined {
  if (!isJsonObject(json)) return undefined;
  const keys = complete(parts(json['key']).map(readingFromJson));
  const map = keys && mapFromJson(typesOf(keys), data, json['data']);
  return keys && map && { keys, map };
}

function mapFromJson(
  types: readonly DataType[],
  data: DataTypes,
  json: JsonValue | undefined,
): EntryValue | undefined {
  if (typeof json === 'string' && json.startsWith('@')) return { kind: 'set', name: json.slice(1) };
  const pairs = isJsonObject(json) ? json['set'] : undefined;
  const entries = entriesFromJson(types, data, pairs)?.map((entry, at) => ({
    ...entry,
    ...commentIn(isJsonArray(pairs) ? pairs[at] : undefined),
  }));
  return entries && { kind: 'entries', entries };
}
