// The cursor with which a match or statement reads its arguments from a rule's terms. The checker implements it:
// it resolves constants and set names, types values, and reports what is wrong at the right place.
import type { AddressFamily } from '../datatype/address.ts';
import type { DataType } from '../datatype/define.ts';
import type { Range } from '../datatype/range.ts';
import type { Code } from '../diagnostic/catalogue.ts';
import type { Part, Tuples, Value } from '../ir/ruleset.ts';
import type { Atom, Entry, EntryData } from '../ir/tuple.ts';
import type { Span } from '../text/source.ts';
import type { Selector } from './selector.ts';

/** A rate such as `10/second` or `512 kbytes/second`. */
export interface Rate {
  readonly amount: bigint;
  readonly unit: 'packets' | 'bytes';
  readonly per: 'second' | 'minute' | 'hour' | 'day' | 'week';
}

/** A comparison as it is written; none is written for the implied one. */
export type WrittenOperator = '==' | '!=' | '<' | '>' | '<=' | '>=' | '!';

/** Where a translated packet goes: addresses of one family, ports, or both. */
export interface Endpoint {
  readonly family?: AddressFamily;
  readonly address?: Range;
  readonly port?: Range;
}

/** Values of several fields, or the name of a set of them. */
export type TupleValue = Tuples | NamedReference;

/** What a lookup finds, by key. */
export type EntryValue = { readonly kind: 'entries'; readonly entries: readonly Entry[] } | NamedReference;

/** The name of a set as it is written. */
export interface WrittenReference {
  readonly name: string;
  /** The name in the rule set of its part of these types; reports and returns undefined where there is none. */
  readonly resolve: (types: readonly DataType[]) => string | undefined;
  /** The same for a map with these keys and data. */
  readonly resolveMap: (keys: readonly DataType[], data: readonly DataType[]) => string | undefined;
}

/** What a named map must have where its values are taken. */
export interface WantedData {
  /** The types of which its values may be. */
  readonly types: readonly (readonly DataType[])[];
  /** Is told what they are. */
  readonly found?: (types: readonly DataType[]) => void;
}

interface NamedReference {
  readonly kind: 'set';
  readonly name: string;
}

export interface TermReader {
  /** The family that the rule's table and earlier matches leave possible. */
  readonly family: 'ip' | 'ip6' | undefined;
  /** The place of the next term, or of the end of the rule. */
  readonly span: Span;
  /** Nothing is left. */
  readonly atEnd: boolean;
  /** Takes the next term if it is one of these words, and says which. */
  readonly word: <const Text extends string>(...texts: readonly Text[]) => Text | undefined;
  /** The same behind a number, with which the word may come from a constant: `10 mbytes`. */
  readonly unit: <const Text extends string>(...texts: readonly Text[]) => Text | undefined;
  /** Takes the next term if it is this operator or punctuation. */
  readonly mark: (text: string) => boolean;
  /** Takes a comparison if one is written. */
  readonly operator: () => WrittenOperator | undefined;
  /** Takes a value, range, list, set or set name of a type; reports and returns undefined where there is none. */
  readonly value: (type: DataType) => Value | undefined;
  /** The key of a field is next, perhaps in parentheses, and no constant of that name. */
  readonly atField: boolean;
  /** The same, but for one word with nothing of a reading or map behind it: that names something. */
  readonly atLookup: boolean;
  /** Takes the key of a field. */
  readonly field: () => Selector | undefined;
  /** Takes the keys of several fields, `ip saddr . tcp dport`, or of one. */
  readonly selectors: () => readonly Selector[] | undefined;
  /** Takes a set of values of several fields, or the name of one. */
  readonly tuples: (types: readonly DataType[]) => TupleValue | undefined;
  /** Takes a map, of which `data` reads what is behind each `:`, or the name of one. */
  readonly entries: (
    types: readonly DataType[],
    data: (reader: TermReader) => EntryData | undefined,
    wanted?: WantedData,
  ) => EntryValue | undefined;
  /** Takes `@NAME`, of which is found out later what it is. */
  readonly reference: () => WrittenReference | undefined;
  /** Takes braces that hold one element, of which `data` reads what is behind the `:` where one is written. */
  readonly element: <Key, Data = never>(
    key: (reader: TermReader) => Key | undefined,
    data?: (reader: TermReader) => Data | undefined,
  ) => { readonly key: Key; readonly data?: Data } | undefined;
  /** Takes a statement that keeps a state, as an element of a set may have. */
  readonly stateful: () => Part | undefined;
  /** Takes one value, range or prefix of a type. */
  readonly atom: (type: DataType) => Atom | undefined;
  /** Takes one plain value of a type. */
  readonly single: (type: DataType) => bigint | undefined;
  /** Takes several constants joined by `,` or `|` (also in parentheses) and combines their bits. */
  readonly bits: (type: DataType) => bigint | undefined;
  /** Takes any name: a chain, a helper. */
  readonly name: () => string | undefined;
  /** Takes a string. */
  readonly text: () => string | undefined;
  /** Takes a string, name or number and says what was written; `wanted` is what a message calls it. */
  readonly literal: (wanted: string) => string | undefined;
  /** Takes `N/unit`. */
  readonly rate: () => Rate | undefined;
  /** Takes `10.0.0.2`, `10.0.0.2:80`, `10.0.0.2-10.0.0.9:80-90`, `[2001:db8::1]:80`, `:80`. */
  readonly endpoint: () => Endpoint | undefined;
  /** Reports a problem at the next term and returns undefined. */
  readonly fail: (code: Code, message: string, help?: string) => undefined;
  /** Reports a problem with what has been taken, the key included, and returns undefined. */
  readonly refuse: (code: Code, message: string, help?: string) => undefined;
}
