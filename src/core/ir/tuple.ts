// What several fields are compared with at once, and what a map finds for it.
import type { Range } from '../datatype/range.ts';

/** The values that one field may have: numbers, or a name that may end in `*`. */
export type Atom = Range | string;

/** One atom for each field of a concatenation; one for a field alone. */
export type Tuple = readonly Atom[];

/** One element of a map. No packet's values are those of two keys but `any`, which stands for whatever no other key is. */
export interface Entry {
  readonly key: Tuple | 'any';
  readonly data: EntryData;
}

export type EntryData =
  | { readonly kind: 'verdict'; readonly verdict: MapVerdict }
  | { readonly kind: 'value'; readonly value: Tuple };

/** The verdicts that a map can hold. */
export type MapVerdict =
  | { readonly kind: 'accept' | 'drop' | 'continue' | 'return' }
  | { readonly kind: 'jump' | 'goto'; readonly chain: string };
