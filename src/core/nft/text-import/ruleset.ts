// The rule set that the commands of a text build up, table by table, as nft keeps it.
import type { Family } from '../../ir/ruleset.ts';
import type { JsonObject, JsonValue } from '../json-value.ts';
import type { SetTraits } from './evaluate-set.ts';
import type { Place } from './syntax.ts';
import type { Element, Reference, Shape } from './term.ts';

/** A rule as it is listed. */
export interface ListedRule {
  readonly expr: readonly JsonValue[];
  readonly comment?: string;
  readonly at: Place;
}

export interface ListedChain {
  body: JsonObject;
  readonly rules: ListedRule[];
  readonly at: Place;
}

export interface ListedSet {
  readonly kind: 'set' | 'map';
  readonly reference: Reference;
  readonly traits: SetTraits;
  /** What JSON says of it, but for its elements. */
  readonly body: JsonObject;
  /** As they came; sorted and joined when they are listed. */
  elements: Element[];
  readonly at: Place;
}

export interface ListedTable {
  readonly family: Family;
  readonly name: string;
  body: JsonObject;
  readonly chains: Map<string, ListedChain>;
  readonly sets: Map<string, ListedSet>;
  /** Counters, helpers and so on by kind and name, each as its JSON. */
  readonly objects: Map<string, { readonly kind: string; readonly body: JsonObject; readonly at: Place }>;
  readonly flowtables: Map<string, { readonly body: JsonObject; readonly at: Place }>;
  readonly at: Place;
}

/** By family and name. */
export type ListedTables = Map<string, ListedTable>;

export function tableKey(family: string, name: string): string {
  return `${family} ${name}`;
}

export function objectKey(kind: string, name: string): string {
  return `${kind} ${name}`;
}

/** What a set's key or data is called in JSON: a name, or several. */
export function shapeNames(shape: Shape): JsonValue {
  const names = shape.map(({ type }) => type.name);
  const [only = 'integer'] = names;
  return names.length === 1 ? only : names;
}
