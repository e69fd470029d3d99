// The data types by the names that nft gives them in the declarations of sets and maps.
import { type DataType, numberType } from './define.ts';
import * as types from './types.ts';

/** Of any width: only the field that is looked up says which. */
const integer = numberType('integer', 'a number', 64);

const byName: ReadonlyMap<string, DataType> = new Map(
  [...Object.values(types), integer].map((type) => [type.name, type]),
);

/** What stands between the types of a concatenation. */
export const typeSeparator = ' . ';

/** The types of a set's elements, several for a concatenation; undefined if one of them is not known. */
export function typesNamed(name: string): readonly DataType[] | undefined {
  const names = name.split(typeSeparator);
  const found = names.map((one) => byName.get(one)).filter((type) => type !== undefined);
  return found.length === names.length ? found : undefined;
}

/** The name of several types together. */
export function nameOfTypes(several: readonly DataType[]): string {
  return several.map(({ name }) => name).join(typeSeparator);
}
