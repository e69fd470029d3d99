// Where a statement takes a value from that is not the same for every packet: a field, or what a map has for some fields.
import type { DataType } from '../datatype/define.ts';
import { single } from '../datatype/range.ts';
import { isUnknown } from '../field/view.ts';
import type { EntryData, Tuple } from '../ir/tuple.ts';
import type { EvaluationContext, Lookups } from '../match/define.ts';
import type { Distinction } from '../match/distinction.ts';
import {
  distinctionsOfLookup,
  entriesOf,
  type Lookup,
  lookUp,
  lookupFromJson,
  lookupToJson,
  readMap,
  writeKeys,
  writeMap,
} from '../match/lookup.ts';
import type { DataTypes } from '../match/map-json.ts';
import type { TermReader, WantedData } from '../match/reader.ts';
import {
  ofConntrack,
  type Reading,
  readingFromJson,
  readingToJson,
  readReadings,
  selectorOf,
  selectorsOf,
  typesOf,
  writeReading,
} from '../match/reading.ts';
import { type Borders, bordersOf } from '../match/tuple-borders.ts';
import { isJsonObject, type JsonValue } from '../nft/json-value.ts';
import type { Injection } from '../packet/packet.ts';

export type Source =
  | { readonly kind: 'reading'; readonly reading: Reading }
  | { readonly kind: 'map'; readonly lookup: Lookup };

/** A value, or why there is none; `possible`: what it may be, anything if absent; `mayMiss`: there may be none. */
export type Valuation<Value> =
  | { readonly kind: 'value'; readonly value: Value }
  /** The rule ends (NFT_BREAK). */
  | { readonly kind: 'none'; readonly actual: string }
  | {
      readonly kind: 'unknown';
      readonly why: string;
      readonly possible?: readonly Value[];
      readonly mayMiss: boolean;
    };

/** The value for a packet, a tuple of one but for maps to several values at once. */
export function evaluateSource(source: Source, context: EvaluationContext): Valuation<Tuple> {
  return source.kind === 'map' ? find(source.lookup, context) : read(source.reading, context);
}

function read(reading: Reading, { view }: EvaluationContext): Valuation<Tuple> {
  const [selector] = selectorOf(reading);
  const value = selector?.field.read(view);
  if (isUnknown(value)) return { kind: 'unknown', why: value.unknown, mayMiss: false };
  if (value === undefined) return { kind: 'none', actual: `no ${selector?.field.name ?? reading.key}` };
  return { kind: 'value', value: [typeof value === 'bigint' ? single(value) : value] };
}

function find(lookup: Lookup, context: EvaluationContext): Valuation<Tuple> {
  const found = lookUp(lookup, context);
  if (found.kind === 'none') return found;
  if (found.kind === 'unknown') {
    const { possible, ...rest } = found;
    return { ...rest, ...(possible && { possible: possible.flatMap(tupleOf) }) };
  }
  const [value] = tupleOf(found.data);
  return value === undefined ? { kind: 'none', actual: 'no value' } : { kind: 'value', value };
}

function tupleOf(data: EntryData): readonly Tuple[] {
  return data.kind === 'value' ? [data.value] : [];
}

/** Packets at the borders of the keys of a map; none are looked for where a field gives the value. */
export function sourceBorders(source: Source, injection: Injection, lookups: Lookups): Borders {
  if (source.kind === 'reading') return { packets: [], unset: [], complete: false };
  const { keys, map } = source.lookup;
  const found = entriesOf(map, lookups).map(({ key }) => key);
  return bordersOf(selectorsOf(keys), found, injection);
}

/** What a map is asked by; undefined where a field itself is the value. */
export function sourceDistinctions(source: Source, lookups: Lookups): readonly Distinction[] | undefined {
  return source.kind === 'map' ? distinctionsOfLookup(source.lookup, lookups) : undefined;
}

/** The values of the entries that stand in the statement itself. */
export function ownData(source: Source): readonly Tuple[] {
  if (source.kind !== 'map' || source.lookup.map.kind === 'set') return [];
  return source.lookup.map.entries.flatMap(({ data }) => tupleOf(data));
}

/** Whether working it out has the kernel track connections. */
export function sourceOfConntrack(source: Source): boolean {
  return source.kind === 'map' ? source.lookup.keys.some(ofConntrack) : ofConntrack(source.reading);
}

/** What a source is read for. */
export interface Wanted {
  /** Why a field of this type does not fit, if so. */
  readonly misfit: (reading: Reading) => string | undefined;
  /** Reads what a map has. */
  readonly data: (reader: TermReader) => Tuple | undefined;
  /** What a map with a name must have. */
  readonly named: WantedData;
}

/** nft takes a field of the same type, or one that is a plain number (src/evaluate.c: __stmt_evaluate_arg). */
export function misfitOf(reading: Reading, type: DataType): string | undefined {
  const [found] = typesOf([reading]);
  const fits = found && (found.name === type.name || (found.name === 'integer' && found.width <= type.width));
  return fits
    ? undefined
    : `\`${reading.key}\` is ${found?.label ?? 'nothing'}, and this takes ${type.label}`;
}

/** Takes a field, or fields and a map. */
export function readSource(reader: TermReader, wanted: Wanted): Source | undefined {
  const readings = readReadings(reader);
  if (!readings) return undefined;
  if (reader.word('map')) {
    const readData = (inner: TermReader): EntryData | undefined => {
      const value = wanted.data(inner);
      return value && { kind: 'value', value };
    };
    const lookup = readMap(reader, readings, readData, wanted.named);
    return lookup && { kind: 'map', lookup };
  }
  const [reading, ...others] = readings;
  if (!reading || others.length > 0) return reader.fail('HK3009', 'expected `map` behind several fields');
  const problem = wanted.misfit(reading);
  return problem === undefined ? { kind: 'reading', reading } : reader.refuse('HK3007', problem);
}

/** Writes it so that readSource reads the same; `data` writes what a map has. */
export function writeSource(source: Source, data: (value: Tuple) => string): string {
  if (source.kind === 'reading') return writeReading(source.reading);
  const { lookup } = source;
  return `${writeKeys(lookup.keys)} map ${writeMap(lookup, (entry) => tupleOf(entry).map(data).join(''))}`;
}

/** The expression in nft JSON. */
export function sourceToJson(source: Source, data: DataTypes): JsonValue {
  return source.kind === 'reading'
    ? readingToJson(source.reading)
    : { map: lookupToJson(source.lookup, data) };
}

/** The source that an expression is, if all of it is understood; `data` has the types that a map may have. */
export function sourceFromJson(
  json: JsonValue | undefined,
  data: readonly (readonly DataType[])[],
): Source | undefined {
  if (!isJsonObject(json)) return undefined;
  if (!('map' in json)) {
    const reading = readingFromJson(json);
    return reading && { kind: 'reading', reading };
  }
  for (const types of data) {
    const lookup = lookupFromJson(json['map'], types);
    if (lookup) return { kind: 'map', lookup };
  }
  return undefined;
}
