// Named sets and maps in the language, with their types, so that empty ones have some too.
import { typesNamed } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import type { Changes, NamedMap, NamedSet, SetElements } from '../ir/ruleset.ts';
import type { Entry, EntryData } from '../ir/tuple.ts';
import { writeValue } from '../match/field-language.ts';
import { writeName } from '../match/quote.ts';
import { writeTuple } from '../match/tuple-language.ts';
import { writeVerdict } from '../statement/vmap.ts';

/** `set NAME : TYPE = { … }`. */
export function writeSet({ name, type, elements, changes }: NamedSet): string {
  const head = `set ${writeName(name)} : ${type}${writeChanges(changes)}`;
  return isEmpty(elements) ? head : `${head} = ${writeElements(typesNamed(type) ?? [], elements)}`;
}

/** `map NAME : TYPE -> TYPE = { … }`. */
export function writeMap({ name, type, data, entries, changes }: NamedMap): string {
  const head = `map ${writeName(name)} : ${type} -> ${data}${writeChanges(changes)}`;
  const types = typesNamed(type) ?? [];
  const pairs = entries.map((entry) => writeEntry(types, typesNamed(data) ?? [], entry));
  return pairs.length === 0 ? head : `${head} = { ${pairs.join(', ')} }`;
}

function writeChanges(changes: Changes | undefined): string {
  return changes ? { 'by-rules': ' dynamic', 'by-time': ' timeout' }[changes] : '';
}

function isEmpty(elements: SetElements): boolean {
  if (elements.kind === 'tuples') return elements.tuples.length === 0;
  return (elements.kind === 'names' ? elements.names : elements.ranges).length === 0;
}

function writeElements(types: readonly DataType[], elements: SetElements): string {
  const [type] = types;
  if (elements.kind === 'tuples')
    return `{ ${elements.tuples.map((tuple) => writeTuple(types, tuple)).join(', ')} }`;
  return type ? writeValue(type, { ...elements, braces: true }) : '';
}

function writeEntry(keys: readonly DataType[], values: readonly DataType[], { key, data }: Entry): string {
  return `${key === 'any' ? 'default' : writeTuple(keys, key)} : ${writeData(values, data)}`;
}

function writeData(types: readonly DataType[], data: EntryData): string {
  return data.kind === 'verdict' ? writeVerdict(data.verdict) : writeTuple(types, data.value);
}
