// Named sets and maps in the language, with their types, so that empty ones have some too: on one line where that says
// all of it, else as a block with a line for each property.
import { typesNamed } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import { duration } from '../datatype/duration.ts';
import { partText } from '../ir/rule-text.ts';
import type { NamedMap, NamedSet, Part, SetElements } from '../ir/ruleset.ts';
import type { ElementDetails, SetProperties } from '../ir/set.ts';
import type { Entry, EntryData } from '../ir/tuple.ts';
import { writeRange } from '../match/field-language.ts';
import { quote, writeName } from '../match/quote.ts';
import { writeTuple } from '../match/tuple-language.ts';
import { isJson } from '../nft/json-value.ts';
import { writeJson } from '../nft/json-writer.ts';
import { writeVerdict } from '../statement/vmap.ts';

/** `set NAME : TYPE = { … }`, or a block. */
export function writeSet(set: NamedSet): string {
  const values = valuesOf(typesNamed(set.type) ?? [], set.elements);
  const items = values.map((value, at) => `${value}${writeDetails(set.details?.[at])}`);
  return writeDeclaration(`set ${writeName(set.name)} : ${set.type}`, set, items);
}

/** `map NAME : TYPE -> TYPE = { … }`, or a block. */
export function writeMap(map: NamedMap): string {
  const types = typesNamed(map.type) ?? [];
  const pairs = map.entries.map((entry) => writeEntry(types, typesNamed(map.data) ?? [], entry));
  return writeDeclaration(`map ${writeName(map.name)} : ${map.type} -> ${map.data}`, map, pairs);
}

type Written = SetProperties & Pick<NamedSet, 'ipset'>;

function writeDeclaration(head: string, properties: Written, items: readonly string[]): string {
  const values = items.length === 0 ? [] : [`= { ${items.join(', ')} }`];
  const word = onlyWord(properties);
  if (word !== undefined) return [head, ...word, ...values].join(' ');
  const lines = [...propertyLines(properties), ...values.map((value) => `elements ${value}`)];
  return `${head} { ${lines.join('; ')} }`;
}

/** The word behind the type, or none, where nothing else is to be said; undefined where something is. */
function onlyWord({ flags = [], ...others }: Written): readonly string[] | undefined {
  const [flag, second] = flags;
  if (second !== undefined || propertyLines(others).length > 0) return undefined;
  if (flag === undefined) return [];
  return flag === 'dynamic' || flag === 'timeout' ? [flag] : undefined;
}

function propertyLines(properties: Written): readonly string[] {
  const {
    flags = [],
    timeout,
    gcInterval,
    size,
    policy,
    autoMerge,
    comment,
    statements = [],
    ipset,
  } = properties;
  return [
    ...(flags.length > 0 ? [`flags ${flags.join(', ')}`] : []),
    ...(timeout === undefined ? [] : [`timeout ${writeSeconds(timeout)}`]),
    ...(gcInterval === undefined ? [] : [`gc-interval ${writeSeconds(gcInterval)}`]),
    ...(size === undefined ? [] : [`size ${size}`]),
    ...(policy ? [`policy ${policy}`] : []),
    ...(autoMerge ? ['auto-merge'] : []),
    ...(comment === undefined ? [] : [`comment ${quote(comment)}`]),
    ...statements.map(writeStateful),
    ...(ipset === undefined ? [] : [`ipset ${quote(ipset)}`]),
  ];
}

function writeSeconds(seconds: number): string {
  return duration.format(BigInt(seconds));
}

function writeStateful(part: Part): string {
  return part.kind === 'opaque' && isJson(part.content) ? `nft ${writeJson(part.content)}` : partText(part);
}

function writeDetails({ timeout, expires, comment, statements = [] }: ElementDetails = {}): string {
  return [
    ...statements.map(writeStateful),
    ...(timeout === undefined ? [] : [`timeout ${writeSeconds(timeout)}`]),
    ...(expires === undefined ? [] : [`expires ${writeSeconds(expires)}`]),
    ...(comment === undefined ? [] : [`comment ${quote(comment)}`]),
  ]
    .map((word) => ` ${word}`)
    .join('');
}

function valuesOf(types: readonly DataType[], elements: SetElements): readonly string[] {
  const [type] = types;
  if (elements.kind === 'tuples') return elements.tuples.map((tuple) => writeTuple(types, tuple));
  if (elements.kind === 'names') return elements.names.map(quote);
  return type ? elements.ranges.map((range) => writeRange(type, range, true)) : [];
}

function writeEntry(keys: readonly DataType[], values: readonly DataType[], entry: Entry): string {
  const { key, data, details } = entry;
  const written = key === 'any' ? 'default' : writeTuple(keys, key);
  return `${written}${writeDetails(details)} : ${writeData(values, data)}`;
}

function writeData(types: readonly DataType[], data: EntryData): string {
  switch (data.kind) {
    case 'verdict':
      return writeVerdict(data.verdict);
    case 'object':
      return quote(data.name);
    case 'value':
      return writeTuple(types, data.value);
  }
}
