// Looking the values of several fields up at once, in a set or a map.
import { normalize } from '../datatype/range.ts';
import { isUnknown, type PacketView, type Unknown } from '../field/view.ts';
import type { Atom, Tuple } from '../ir/tuple.ts';
import { interfaceMatches } from './interface-pattern.ts';
import type { Selector } from './selector.ts';

/** What a lookup came to; `actual` is what the packet has there. */
export type Found<Item> =
  | { readonly kind: 'found'; readonly item: Item; readonly actual: string }
  | { readonly kind: 'none'; readonly actual: string }
  /** A field is missing, which ends a rule whatever it asks (net/netfilter/nft_payload.c: NFT_BREAK). */
  | { readonly kind: 'missing'; readonly actual: string }
  /** `possible`: what may be found; `mayMiss`: it may also be nothing. */
  | {
      readonly kind: 'unknown';
      readonly why: string;
      readonly possible: readonly Item[];
      readonly mayMiss: boolean;
    };

type Value = bigint | string | Unknown;

/** Finds the item whose key has the packet's values (net/netfilter/nft_lookup.c: nft_lookup_eval). */
export function findByFields<Item>(
  selectors: readonly Selector[],
  view: PacketView,
  items: readonly Item[],
  keyOf: (item: Item) => Tuple | 'any',
): Found<Item> {
  const values: Value[] = [];
  for (const { field } of selectors) {
    const value = field.read(view);
    if (value === undefined) return { kind: 'missing', actual: `no ${field.name}` };
    values.push(value);
  }
  const actual = values.map((value, at) => shown(value, selectors[at])).join(' . ');
  const possible = items.filter((item) => keyMatches(keyOf(item), values));
  const item = possible.find((one) => keyOf(one) !== 'any') ?? possible[0];
  if (!item) return { kind: 'none', actual };
  const unknown = keyOf(item) === 'any' ? undefined : values.find(isUnknown);
  if (!unknown) return { kind: 'found', item, actual };
  const mayMiss = !possible.some((one) => keyOf(one) === 'any') && !isCovered(unknown, possible.map(keyOf));
  return { kind: 'unknown', why: unknown.unknown, possible, mayMiss };
}

/** Whether the keys are of one field and hold every number that the value may be. */
function isCovered({ among }: Unknown, keys: readonly (Tuple | 'any')[]): boolean {
  const ranges = keys.flatMap((key) => (key.length === 1 && typeof key[0] === 'object' ? [key[0]] : []));
  return among !== undefined && normalize(ranges).some(({ lo, hi }) => lo <= among.lo && among.hi <= hi);
}

function shown(value: Value, selector: Selector | undefined): string {
  if (isUnknown(value)) return '?';
  if (typeof value === 'string') return JSON.stringify(value);
  return selector?.field.type.format(value) ?? value.toString();
}

/** Whether the key may be that of the values; one that is not known may be any. */
function keyMatches(key: Tuple | 'any', values: readonly Value[]): boolean {
  return key === 'any' || key.every((atom, at) => atomMatches(atom, values[at] ?? ''));
}

function mayBe(atom: Atom, { among }: Unknown): boolean {
  return !among || (typeof atom === 'object' && atom.lo <= among.hi && among.lo <= atom.hi);
}

function atomMatches(atom: Atom, value: Value): boolean {
  if (isUnknown(value)) return mayBe(atom, value);
  if (typeof value === 'string') return typeof atom === 'string' && interfaceMatches(atom, value);
  return typeof atom !== 'string' && atom.lo <= value && value <= atom.hi;
}
