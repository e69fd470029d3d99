// The names of sets where they are used: each stands for a part of a declared set, which the rule's table then has.
import { nameOfTypes } from '../datatype/by-name.ts';
import type { DataType } from '../datatype/define.ts';
import { nearestName } from '../diagnostic/meant.ts';
import type { Value } from '../ir/ruleset.ts';
import type { TupleValue, WrittenReference } from '../match/reader.ts';
import { complainAt, type Located, peekValue } from './cursor.ts';
import { readNamedMap } from './map-reference.ts';
import { type ReaderState, writtenTypes } from './reader-state.ts';
import { partsFor } from './set-part.ts';

/** Takes the name of a set of one field's values. */
export function readSet(state: ReaderState, at: Located, name: string, type: DataType): Value | undefined {
  const { cursor, sets } = state;
  const set = sets.find(name);
  if (!set && sets.isKept(name)) return { kind: 'set', name };
  if (!set) return reportUnknownSet(state, at, name);
  const parts = partsFor(cursor, at, set, writtenTypes(state, type));
  const part = parts?.find((one) => one.type === type);
  sets.use(set, part);
  if (parts && !part) state.excluded = [...state.excluded, at];
  return part && { kind: 'set', name: part.set.name };
}

function reportUnknownSet({ cursor, sets }: ReaderState, at: Located, name: string): undefined {
  const help = nearestName(
    `@${name}`,
    Array.from(sets.names(), (one) => `@${one}`),
  );
  return complainAt(cursor, at, 'HK2008', `no set is called \`${name}\``, { help });
}

/** Takes the name of a set of several fields' values. */
export function readTupleSet(
  state: ReaderState,
  at: Located,
  name: string,
  types: readonly DataType[],
): TupleValue | undefined {
  state.cursor.at++;
  return tupleSet(state, at, name, types);
}

/** The set of a name as one of these types. */
function tupleSet(
  state: ReaderState,
  at: Located,
  name: string,
  types: readonly DataType[],
): TupleValue | undefined {
  const { cursor, sets } = state;
  const set = sets.find(name);
  if (!set && sets.isKept(name)) return { kind: 'set', name };
  if (!set) return reportUnknownSet(state, at, name);
  const part = set.parts.find((one) => one.set.type === nameOfTypes(types));
  sets.use(set, part);
  if (part || set.parts.length === 0) return part && { kind: 'set', name: part.set.name };
  const message = `set \`@${name}\` is of type ${set.parts[0]?.set.type}, and this is ${nameOfTypes(types)}`;
  return complainAt(cursor, at, 'HK3007', message);
}

/** Takes the name of any set. */
export function readReference(state: ReaderState): WrittenReference | undefined {
  const { cursor } = state;
  const next = peekValue(cursor);
  if (next === 'broken') return undefined;
  if (next?.term.kind !== 'set-reference')
    return complainAt(cursor, next, 'HK3009', 'expected the name of a set, such as `@seen`');
  cursor.at++;
  const { text: name } = next.term.name;
  return {
    name,
    resolve: (types) => {
      const value = tupleSet(state, next, name, types);
      return value?.kind === 'set' ? value.name : undefined;
    },
    resolveMap: (keys, data) => {
      if (!state.sets.findMap(name) && !state.sets.isKept(name))
        return complainAt(cursor, next, 'HK2069', `no map is called \`${name}\``);
      const value = readNamedMap(state, next, name, keys, { types: [data] });
      return value?.kind === 'set' ? value.name : undefined;
    },
  };
}
