// What several fields are compared with at once, and what a map finds for it.
import type { Range } from '../datatype/range.ts';
import type { ElementDetails } from './set.ts';

/** The values that one field may have: numbers, or a name that may end in `*`. */
export type Atom = Range | string;

/** One atom for each field of a concatenation; one for a field alone. */
export type Tuple = readonly Atom[];

/** One element of a map. No packet's values are those of two keys but `any`, which stands for whatever no other key is. */
export interface Entry {
  readonly key: Tuple | 'any';
  readonly data: EntryData;
  readonly details?: ElementDetails;
}

export type EntryData =
  | { readonly kind: 'verdict'; readonly verdict: MapVerdict }
  | { readonly kind: 'value'; readonly value: Tuple }
  /** A counter, limit, helper … of the table. */
  | { readonly kind: 'object'; readonly name: string };

/** The kinds of objects that a map may name (nftables: src/rule.c: obj_type_name). */
const objectTypes = [
  'counter',
  'quota',
  'limit',
  'ct helper',
  'ct timeout',
  'ct expectation',
  'secmark',
  'synproxy',
] as const;

/** Whether the data of a map are the names of objects. */
export function isObjectType(data: string): boolean {
  return objectTypes.some((type) => type === data);
}

/** The verdicts that a map can hold. */
export type MapVerdict =
  | { readonly kind: 'accept' | 'drop' | 'continue' | 'return' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };
