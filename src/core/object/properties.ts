// Objects that consist of properties: their spellings in the language and in nft JSON follow from a table of them.
import type { DataType } from '../datatype/define.ts';
import { milliseconds } from '../datatype/milliseconds.ts';
import { wholeNumber } from '../match/byte-size.ts';
import { byteLength, quote } from '../match/quote.ts';
import type { TermReader } from '../match/reader.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../nft/json-value.ts';
import { defineObject, type ObjectDefinition } from './define.ts';

/** A number, a text or word, or a number for each of some names. */
export type PropertyData = bigint | string | Readonly<Record<string, bigint>>;

/** What is said of an object, by the words of the language. */
export type Properties = Readonly<Record<string, PropertyData>>;

interface PropertyValue {
  readonly read: (reader: TermReader) => PropertyData | undefined;
  readonly write: (data: PropertyData) => string;
  readonly toJson: (data: PropertyData) => JsonValue;
  readonly fromJson: (json: JsonValue) => PropertyData | undefined;
}

export interface Property {
  /** In the language, and the key in nft JSON. */
  readonly word: string;
  readonly value: PropertyValue;
  readonly required?: true;
}

interface PropertyObject {
  readonly kind: string;
  readonly summary: string;
  /** In the order in which nft prints them. */
  readonly properties: readonly Property[];
  /** What is wrong with properties that are fine one by one. */
  readonly check?: (properties: Properties) => string | undefined;
  readonly unreadable?: (properties: Properties) => string | undefined;
  readonly usesConntrack?: true;
}

/** Defines the object. */
export function definePropertyObject(spec: PropertyObject): ObjectDefinition<unknown> {
  const { kind, summary, properties, unreadable, usesConntrack } = spec;
  return defineObject<Properties>({
    kind,
    summary,
    ...(usesConntrack && { usesConntrack }),
    read: (reader) => readProperties(spec, reader),
    write: (data) =>
      properties.flatMap(({ word, value }) => {
        const one = data[word];
        return one === undefined ? [] : [`${word} ${value.write(one)}`];
      }),
    nft: {
      write: (data) => propertiesToJson(properties, data),
      read: (body) => propertiesFromJson(spec, body),
      ...(unreadable && { unreadable }),
    },
  });
}

function readProperties(spec: PropertyObject, reader: TermReader): Properties | undefined {
  const found: Record<string, PropertyData> = {};
  const words = spec.properties.map(({ word }) => word);
  for (let word = reader.word(...words); word !== undefined; word = reader.word(...words)) {
    if (found[word] !== undefined) return reader.refuse('HK3017', `\`${word}\` is said twice`);
    const data = spec.properties.find((one) => one.word === word)?.value.read(reader);
    if (data === undefined) return undefined;
    found[word] = data;
  }
  const problem = problemOf(spec, found);
  // What is left is reported, and may be what seems to be missing.
  return problem === undefined || !reader.atEnd ? found : reader.refuse('HK3017', problem);
}

function problemOf({ kind, properties, check }: PropertyObject, data: Properties): string | undefined {
  const missing = properties.find(({ word, required }) => required && data[word] === undefined);
  return missing ? `a ${kind} needs \`${missing.word}\`` : check?.(data);
}

function propertiesToJson(properties: readonly Property[], data: Properties): JsonObject {
  return Object.fromEntries(
    properties.flatMap(({ word, value }) => {
      const one = data[word];
      return one === undefined ? [] : [[word, value.toJson(one)]];
    }),
  );
}

function propertiesFromJson(spec: PropertyObject, body: JsonObject): Properties | undefined {
  const found: Record<string, PropertyData> = {};
  for (const [key, json] of Object.entries(body)) {
    const data = spec.properties.find(({ word }) => word === key)?.value.fromJson(json);
    if (data === undefined) return undefined;
    found[key] = data;
  }
  return problemOf(spec, found) === undefined ? found : undefined;
}

/** A number or text as it is; what is neither is no such property. */
function plain(data: PropertyData): string {
  return typeof data === 'object' ? '' : `${data}`;
}

/** A text in quotes of 1 to `limit` bytes. */
export function textProperty(limit: number): PropertyValue {
  const fits = (text: string): boolean => text !== '' && byteLength(text) <= limit;
  return {
    read: (reader) => {
      const text = reader.text();
      if (text === undefined || fits(text)) return text;
      return reader.refuse('HK3011', `the text is empty or has more than ${limit} bytes`);
    },
    write: (data) => quote(plain(data)),
    toJson: plain,
    fromJson: (json) => (typeof json === 'string' && fits(json) ? json : undefined),
  };
}

/** One of some words. */
export function wordProperty(choices: readonly string[]): PropertyValue {
  return {
    read: (reader) =>
      reader.word(...choices) ??
      reader.fail('HK3006', 'this is none of the words that stand here', `say one of ${choices.join(', ')}`),
    write: plain,
    toJson: plain,
    fromJson: (json) => choices.find((choice) => choice === json),
  };
}

/** A number of a type. */
export function numberProperty(type: DataType): PropertyValue {
  return {
    read: (reader) => reader.single(type),
    write: (data) => type.format(BigInt(plain(data))),
    toJson: (data) => Number(plain(data)),
    fromJson: (json) => {
      const number = wholeNumber(json);
      return number !== undefined && number >> BigInt(type.width) === 0n ? number : undefined;
    },
  };
}

/** `= { established : 5d, close : 10s }`: seconds for each of some names. */
export function secondsProperty(names: DataType): PropertyValue {
  return {
    read: (reader) => readSeconds(reader, names),
    write: (data) =>
      `= { ${entriesOf(data)
        .map(([name, seconds]) => `${name} : ${milliseconds.format(seconds * 1000n)}`)
        .join(', ')} }`,
    /** nft prints nothing at all as null. */
    toJson: (data) => {
      const entries = entriesOf(data).map(([name, seconds]) => [name, Number(seconds)] as const);
      return entries.length === 0 ? null : Object.fromEntries(entries);
    },
    fromJson: (json) => secondsFromJson(json, names),
  };
}

function entriesOf(data: PropertyData): readonly (readonly [string, bigint])[] {
  return typeof data === 'object' ? Object.entries(data) : [];
}

function readSeconds(reader: TermReader, names: DataType): PropertyData | undefined {
  if (!reader.mark('=')) return reader.fail('HK3009', 'expected `=` and a list in `{ }`');
  const map = reader.entries([names], (inner) => {
    const time = inner.single(milliseconds);
    return time === undefined ? undefined : { kind: 'value', value: [{ lo: time, hi: time }] };
  });
  if (map?.kind !== 'entries') return map && reader.refuse('HK3009', 'expected a list in `{ }`');
  const found: Record<string, bigint> = {};
  for (const { key, data } of map.entries) {
    const name = numberOf(key === 'any' ? [] : key);
    const time = data.kind === 'value' ? numberOf(data.value) : undefined;
    if (name === undefined || time === undefined || time % 1000n !== 0n)
      return reader.refuse('HK3017', 'each state has a number of whole seconds');
    found[names.format(name)] = time / 1000n;
  }
  return found;
}

function numberOf([atom]: readonly (string | { readonly lo: bigint })[]): bigint | undefined {
  return typeof atom === 'object' ? atom.lo : undefined;
}

function secondsFromJson(json: JsonValue, names: DataType): PropertyData | undefined {
  if (json === null) return {};
  if (!isJsonObject(json)) return undefined;
  const found: Record<string, bigint> = {};
  for (const [name, seconds] of Object.entries(json)) {
    const number = wholeNumber(seconds);
    if (number === undefined || !names.constants?.has(name)) return undefined;
    found[name] = number;
  }
  return found;
}
