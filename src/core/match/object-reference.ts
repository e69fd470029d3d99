// How a rule says which counter, quota, helper … it means: by its name, or by what a map has for some fields
// (net/netfilter/nft_objref.c).
import type { NamedObject } from '../ir/ruleset.ts';
import type { EntryData } from '../ir/tuple.ts';
import { isJsonObject, type JsonValue } from '../nft/json-value.ts';
import type { EvaluationContext, MapName, ObjectName } from './define.ts';
import {
  entriesOf,
  type Lookup,
  lookUp,
  lookupFromJson,
  lookupToJson,
  readMap,
  writeKeys,
  writeMap,
} from './lookup.ts';
import { quote } from './quote.ts';
import type { TermReader } from './reader.ts';
import { ofConntrack, readReadings } from './reading.ts';

export type ObjectReference =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'map'; readonly lookup: Lookup };

/** Takes a name, or fields and a map. */
export function readReference(reader: TermReader): ObjectReference | undefined {
  if (!reader.atLookup) {
    const name = reader.name();
    return name === undefined ? undefined : { kind: 'name', name };
  }
  const keys = readReadings(reader);
  if (!keys) return undefined;
  if (!reader.word('map')) return reader.fail('HK3009', 'expected `map`');
  const lookup = readMap(reader, keys, readObjectName);
  return lookup && { kind: 'map', lookup };
}

/** Takes the name of an object, which is what a map of objects has. */
export function readObjectName(reader: TermReader): EntryData | undefined {
  const name = reader.name();
  return name === undefined ? undefined : { kind: 'object', name };
}

/** Writes it so that readReference reads the same, names in quotes as nft has them. */
export function writeReference(reference: ObjectReference): string {
  if (reference.kind === 'name') return quote(reference.name);
  const { lookup } = reference;
  return `${writeKeys(lookup.keys)} map ${writeMap(lookup, (data) => nameIn(data).map(quote).join(''))}`;
}

function nameIn(data: EntryData): readonly string[] {
  return data.kind === 'object' ? [data.name] : [];
}

/** What stands behind the kind in nft JSON. */
export function referenceToJson(reference: ObjectReference): JsonValue {
  return reference.kind === 'name' ? reference.name : { map: lookupToJson(reference.lookup, 'object') };
}

/** The reference, if all of it is understood. */
export function referenceFromJson(json: JsonValue | undefined): ObjectReference | undefined {
  if (typeof json === 'string') return { kind: 'name', name: json };
  const lookup = lookupFromJson(isJsonObject(json) ? json['map'] : undefined, 'object');
  return lookup && { kind: 'map', lookup };
}

/** Whether finding the object has the kernel track connections. */
export function referenceOfConntrack(reference: ObjectReference): boolean {
  return reference.kind === 'map' && reference.lookup.keys.some(ofConntrack);
}

/** The names that stand in the reference itself. */
export function namesIn(reference: ObjectReference, kind: string): readonly ObjectName[] {
  if (reference.kind === 'name') return [{ kind, name: reference.name }];
  const { map } = reference.lookup;
  return map.kind === 'set'
    ? []
    : map.entries.flatMap(({ data }) => nameIn(data).map((name) => ({ kind, name })));
}

/** The named map in which it is looked up. */
export function mapsNamed(reference: ObjectReference, kind: string): readonly MapName[] {
  if (reference.kind === 'name' || reference.lookup.map.kind !== 'set') return [];
  return [{ name: reference.lookup.map.name, data: kind }];
}

/** The objects that a reference may lead to, by name; undefined for one that its table does not have. */
export function objectsOf(
  reference: ObjectReference,
  kind: string,
  lookups: Parameters<typeof entriesOf>[1],
): readonly (NamedObject | undefined)[] {
  const names =
    reference.kind === 'name'
      ? [reference.name]
      : entriesOf(reference.lookup.map, lookups).flatMap(({ data }) => nameIn(data));
  return [...new Set(names)].map((name) => lookups.findObject(kind, name));
}

/** Which object it is for a packet. */
export type Referred =
  | { readonly kind: 'object'; readonly name: string }
  /** The map has none, which ends the rule (nft_objref.c: nft_objref_map_eval). */
  | { readonly kind: 'none'; readonly actual: string }
  | {
      readonly kind: 'unknown';
      readonly why: string;
      readonly possible?: readonly string[];
      readonly mayMiss: boolean;
    };

/** Finds the object. */
export function refer(reference: ObjectReference, context: EvaluationContext): Referred {
  if (reference.kind === 'name') return { kind: 'object', name: reference.name };
  const found = lookUp(reference.lookup, context);
  if (found.kind === 'none') return found;
  if (found.kind === 'unknown') {
    const { possible, ...rest } = found;
    return { ...rest, ...(possible && { possible: possible.flatMap(nameIn) }) };
  }
  const [name] = nameIn(found.data);
  return name === undefined ? { kind: 'none', actual: 'no object' } : { kind: 'object', name };
}
