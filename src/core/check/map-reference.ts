// The names of maps where they are used: each stands for the part of a declared map that has the keys of the fields which
// are looked up, and the data that are wanted.
import { nameOfTypes, typesNamed } from '../datatype/by-name.ts';
import type { NamedMap } from '../ir/ruleset.ts';
import type { EntryValue, WantedData } from '../match/reader.ts';
import { complainAt, type Located } from './cursor.ts';
import type { ElementTypes } from './element-types.ts';
import type { ReaderState } from './reader-state.ts';
import type { DeclaredMap } from './set-part.ts';

/** The map of a name that was taken; one that nobody declares is looked for when all of the table is known. */
export function readNamedMap(
  state: ReaderState,
  at: Located,
  name: string,
  keys: ElementTypes,
  wanted?: WantedData,
): EntryValue | undefined {
  const { cursor, sets } = state;
  const map = sets.findMap(name);
  if (!map) return { kind: 'set', name };
  const part = map.parts.find(({ type }) => type === nameOfTypes(keys));
  sets.useMap(map, part);
  if (!part) return map.parts.length > 0 ? refuse(state, at, map, keys) : undefined;
  const problem = wanted && misfitOf(part, wanted);
  if (problem === undefined) return { kind: 'set', name: part.name };
  return complainAt(cursor, at, 'HK2069', problem, { labels: [declaredAt(map)], help: declare });
}

const declare = 'look up the fields that the map is declared for, or declare another one';

function refuse({ cursor }: ReaderState, at: Located, map: DeclaredMap, keys: ElementTypes): undefined {
  const held = map.parts.map(({ type }) => labelsOf(typesNamed(type), type)).join(' or ');
  const message = `map \`@${map.name.text}\` is looked up by ${held}, and this is ${labelsOf(keys, '')}`;
  return complainAt(cursor, at, 'HK2069', message, { labels: [declaredAt(map)], help: declare });
}

function labelsOf(types: ElementTypes | undefined, name: string): string {
  return types?.map(({ label }) => label).join(' with ') ?? name;
}

function declaredAt({ name }: DeclaredMap) {
  return { span: name.span, message: 'the map is declared here' };
}

/** Why the data are not what is wanted; verdicts and names of objects are held against their use elsewhere. */
function misfitOf({ name, data }: NamedMap, { types, found }: WantedData): string | undefined {
  const held = typesNamed(data);
  if (!held) return undefined;
  const fits = types.some((one) => nameOfTypes(one) === data);
  if (!fits)
    return `map \`@${name}\` has ${labelsOf(held, data)}, and ${labelsOf(types[0], 'another value')} is needed here`;
  found?.(held);
  return undefined;
}
