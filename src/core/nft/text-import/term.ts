// Expressions once their types are known.
import type { JsonObject } from '../json-value.ts';
import type { Payload, Reading } from './selector.ts';
import type { BitOperator } from './syntax.ts';
import { type NftType, types } from './types.ts';

/** What a value is of: its type, and as many bits as its field has. */
export interface Slot {
  readonly type: NftType;
  readonly bits: number;
  /** The largest value, where the bits hold more. */
  readonly max?: bigint;
}

/** One slot, or one for each part of a concatenation. */
export type Shape = readonly Slot[];

export interface Constant {
  readonly kind: 'constant';
  readonly type: NftType;
  readonly value: bigint;
  readonly bits: number;
}

/** A constant that is a name. */
export interface Text {
  readonly kind: 'text';
  readonly type: NftType;
  readonly text: string;
}

export interface Range {
  readonly kind: 'range';
  readonly low: Constant;
  readonly high: Constant;
}

export interface Prefix {
  readonly kind: 'prefix';
  readonly base: Constant;
  readonly length: number;
}

export interface Concat {
  readonly kind: 'concat';
  readonly items: readonly Term[];
}

/** An element of a set, or of a map where it has data. */
export interface Element {
  readonly key: Term;
  readonly data?: Term;
  readonly extra: JsonObject;
}

export interface SetTerm {
  readonly kind: 'set';
  readonly items: readonly Element[];
}

/** A named set or map. */
export interface Reference {
  readonly kind: 'reference';
  readonly name: string;
  readonly key: Shape;
  /** Of a map: what its keys lead to; nothing for verdicts and objects. */
  readonly data?: Shape | 'verdict' | { readonly object: string };
}

export interface MapTerm {
  readonly kind: 'map';
  readonly key: Term;
  readonly data: SetTerm | Reference;
  readonly shape: Shape;
}

export interface Operation {
  readonly kind: 'operation';
  readonly operator: BitOperator;
  readonly left: Term;
  readonly right: Constant;
}

export interface Hash {
  readonly kind: 'hash';
  readonly of: Term;
  readonly settings: JsonObject;
  readonly max: bigint;
}

export type Term =
  | Constant
  | Text
  | Range
  | Prefix
  | Concat
  | SetTerm
  | Reference
  | MapTerm
  | Operation
  | Payload
  | Reading
  | Hash
  | { readonly kind: 'verdict'; readonly json: JsonObject }
  | { readonly kind: 'any' };

const noSlot: Slot = { type: types.integer, bits: 0 };

/** What a term is of; constants of any kind are of what they were read as. */
export function shapeOf(term: Term): Shape {
  switch (term.kind) {
    case 'constant':
    case 'payload':
    case 'reading':
      return [term];
    case 'text':
      return [{ type: term.type, bits: term.type.bits }];
    case 'range':
      return [term.low];
    case 'prefix':
      return [term.base];
    case 'concat':
      return term.items.flatMap(shapeOf);
    case 'operation':
      return shapeOf(term.left);
    case 'hash':
      return [{ type: types.hostInteger, bits: 32, max: term.max }];
    case 'map':
      return term.shape;
    case 'reference':
      return term.key;
    case 'set':
    case 'verdict':
    case 'any':
      return [noSlot];
  }
}

/** Whether two shapes are of the same types; numbers of any width are. */
export function isSameShape(left: Shape, right: Shape): boolean {
  return (
    left.length === right.length && left.every(({ type }, index) => type.name === right[index]?.type.name)
  );
}

/** How messages speak of a shape. */
export function labelOf(shape: Shape): string {
  return shape.map(({ type }) => type.label).join(' and ');
}

/** Whether a term is a value that is known. */
export function isConstantTerm(term: Term): boolean {
  if (term.kind === 'concat') return term.items.every(isConstantTerm);
  return ['constant', 'text', 'range', 'prefix', 'set', 'verdict', 'any'].includes(term.kind);
}

/** A rule once it is evaluated: comparisons, what they depend on among them, and actions in between. */
export type Step =
  | {
      readonly kind: 'match';
      readonly op: 'implicit' | '==' | '!=' | '<' | '>' | '<=' | '>=' | '!';
      readonly left: Term;
      readonly right: Term;
    }
  | { readonly kind: 'vmap'; readonly key: Term; readonly data: SetTerm | Reference }
  | {
      readonly kind: 'reject';
      readonly type: 'tcp reset' | 'icmp' | 'icmpv6' | 'icmpx';
      readonly code: Constant;
    }
  | { readonly kind: 'assign'; readonly target: Payload | Reading; readonly value: Term }
  /** Whatever else; its terms are written in their order. `plain` leaves what only asked for their headers. */
  | { readonly kind: 'action'; readonly write: (print: Print, plain: Print) => JsonObject };

/** Writes a term as JSON. */
export type Print = (term: Term) => JsonObject[string];
