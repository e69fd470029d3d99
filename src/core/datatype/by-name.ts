// The data types by the names that nft gives them in the declarations of sets and maps.
import { type DataType, numberType } from './define.ts';
import {
  addressType,
  arpOperation,
  dccpType,
  deviceGroup,
  etherType,
  igmpType,
  interfaceType,
  mobilityType,
  realm,
} from './nft-types.ts';
import * as types from './types.ts';
import { macType } from './written-types.ts';

/** Of any width: only the field that is looked up says which. */
const integer = numberType('integer', 'a number', 64);

/** Beside the types that everybody uses. */
const furtherTypes = [
  macType,
  etherType,
  arpOperation,
  igmpType,
  dccpType,
  mobilityType,
  interfaceType,
  addressType,
  deviceGroup,
  realm,
];

/** All of them. */
export const namedTypes: ReadonlyMap<string, DataType> = new Map(
  [...Object.values(types), ...furtherTypes, integer].map((type) => [type.name, type]),
);

/** What stands between the types of a concatenation. */
export const typeSeparator = ' . ';

/** The types of a set's elements, several for a concatenation; undefined if one of them is not known. */
export function typesNamed(name: string): readonly DataType[] | undefined {
  const names = name.split(typeSeparator);
  const found = names.map((one) => namedTypes.get(one)).filter((type) => type !== undefined);
  return found.length === names.length ? found : undefined;
}

/** The name of several types together. */
export function nameOfTypes(several: readonly DataType[]): string {
  return several.map(({ name }) => name).join(typeSeparator);
}
