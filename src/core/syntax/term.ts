// The smallest nodes of the syntax tree: names, values and marks, of which rules and statements are made.
import type { Span } from '../text/source.ts';

/** A name where it is defined or used as one; any word may be a name. */
export interface Name {
  readonly text: string;
  /** Written as a string: a chain of this name is no built-in one. */
  readonly quoted?: true;
  readonly span: Span;
}

/** The smallest things of a rule, a value or a statement. */
export type Term =
  | Word
  | NumberTerm
  | AddressTerm
  | MacTerm
  | DurationTerm
  | Text
  | SetReference
  | Braces
  | Mark;

/** A name or contextual keyword: `tcp`, `established`, `lan_net`, `br-lan`. */
export interface Word {
  readonly kind: 'word';
  readonly text: string;
  readonly span: Span;
}

/** A whole number, decimal or `0x…`. */
export interface NumberTerm {
  readonly kind: 'number';
  readonly value: bigint;
  readonly text: string;
  readonly span: Span;
}

/** Something with the shape of an address: four dotted numbers, or groups with colons. May yet be invalid. */
export interface AddressTerm {
  readonly kind: 'ipv4' | 'ipv6';
  readonly text: string;
  readonly span: Span;
}

/** `02:00:00:00:00:01`. */
export interface MacTerm {
  readonly kind: 'mac';
  readonly text: string;
  readonly span: Span;
}

/** `30s`, `1d12h`. */
export interface DurationTerm {
  readonly kind: 'duration';
  readonly text: string;
  readonly span: Span;
}

/** `"…"`; `value` without the quotes and with `\"` and `\\` resolved. */
export interface Text {
  readonly kind: 'string';
  readonly value: string;
  readonly span: Span;
}

/** `@NAME`, `@"NAME"`. */
export interface SetReference {
  readonly kind: 'set-reference';
  readonly name: Name;
  readonly span: Span;
}

/** `{ a, b, c }`; newlines and commas separate elements, and `:` a key from what it maps to. */
export interface Braces {
  readonly kind: 'braces';
  readonly elements: readonly Element[];
  readonly span: Span;
}

/** One element of a set, or one pair of a map. */
export interface Element {
  readonly terms: readonly Term[];
  readonly mapped?: readonly Term[];
  readonly span: Span;
}

/** An operator or punctuation. */
export interface Mark {
  readonly kind: 'mark';
  readonly text: MarkText;
  readonly span: Span;
}

export type MarkText =
  | '=='
  | '!='
  | '<='
  | '>='
  | '<'
  | '>'
  | '->'
  | '='
  | '&'
  | '|'
  | '/'
  | '-'
  | '+'
  | '.'
  | ':'
  | ','
  | '('
  | ')'
  | '['
  | ']'
  | '!';
