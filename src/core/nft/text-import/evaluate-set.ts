// The elements of a set or map in the order and the form in which nft lists them: sorted, each once, intervals joined
// where they may be and split where they must (nftables: src/intervals.c, src/mergesort.c, src/segtree.c).
import { prefixLength } from '../../datatype/range.ts';
import { writeJson } from '../json-writer.ts';
import { termDataJson } from './print.ts';
import { fail } from './problem.ts';
import type { Place } from './syntax.ts';
import type { Constant, Element, Term } from './term.ts';

/** How a set keeps its elements. */
export interface SetTraits {
  readonly isInterval: boolean;
  /** Whether overlapping and adjacent intervals become one. */
  readonly joins: boolean;
  /** Whether elements may go by themselves. */
  readonly hasTimeouts?: boolean;
}

/** Whether elements make a set one of intervals. */
export function hasIntervals(items: readonly Element[]): boolean {
  return items.some(({ key }) => isInterval(key));
}

function isInterval(key: Term): boolean {
  if (key.kind === 'concat') return key.items.some(isInterval);
  return key.kind === 'range' || key.kind === 'prefix' || (key.kind === 'text' && key.text.endsWith('*'));
}

/** The elements as nft lists them. Throws where a map has two values for a key. */
export function arrange(items: readonly Element[], traits: SetTraits, at: Place): readonly Element[] {
  checkData(items, at);
  if (!traits.isInterval) return distinct(sortElements(items));
  // The kernel lists concatenations of intervals as they came.
  if (items.some(({ key }) => key.kind === 'concat')) return distinct(items);
  if (items.some(({ key }) => key.kind === 'text')) return distinct(arrangeNames(items, traits));
  return distinct(joinIntervals(items, traits, at));
}

function nameOf({ key }: Element): string {
  return key.kind === 'text' ? key.text : '\u{ffff}';
}

/** Names with wildcards are intervals of bytes, the first of which counts most. */
function arrangeNames(items: readonly Element[], { joins }: SetTraits): readonly Element[] {
  const sorted = items.toSorted((a, b) =>
    stem(nameOf(a)) < stem(nameOf(b)) ? -1 : Number(nameOf(a) !== nameOf(b)),
  );
  const wildcards = sorted.map(nameOf).filter((name) => name.endsWith('*'));
  const isCovered = (name: string): boolean =>
    wildcards.some((wildcard) => wildcard !== name && stem(name).startsWith(stem(wildcard)));
  return joins ? sorted.filter((item) => !isCovered(nameOf(item))) : sorted;
}

function stem(name: string): string {
  return name.endsWith('*') ? name.slice(0, -1) : name;
}

function sortElements(items: readonly Element[]): readonly Element[] {
  const keyed = items.map((item) => ({ item, weight: weightOf(item.key) }));
  keyed.sort((a, b) => compare(a.weight, b.weight));
  return keyed.map(({ item }) => item);
}

/** What cannot be weighed, the rest of a set (`*`), comes last. */
function compare(a: bigint | undefined, b: bigint | undefined): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  return a < b ? -1 : Number(a > b);
}

/** By what nft sorts: the value, of names and concatenations the bytes with the first one the least. */
function weightOf(key: Term): bigint | undefined {
  if (key.kind === 'constant') return lowestBitOf(key);
  if (key.kind === 'range') return key.low.value;
  if (key.kind === 'prefix') return key.base.value;
  return key.kind === 'any' ? undefined : fromLittleEndian(bytesOf(key));
}

/** Several bits are an operation on single ones, of which the first counts. */
function lowestBitOf({ type, value }: Constant): bigint {
  return type.base === 'bitmask' ? value & -value : value;
}

function fromLittleEndian(bytes: readonly number[]): bigint {
  const digits = bytes.toReversed().map((byte) => byte.toString(16).padStart(2, '0'));
  return BigInt(`0x0${digits.join('')}`);
}

/** The names that the kernel compares have this many bytes. */
const nameBytes = 16;

function bytesOf(key: Term): readonly number[] {
  if (key.kind === 'constant') return constantBytes(key);
  if (key.kind === 'range') return constantBytes(key.low);
  if (key.kind === 'prefix') return constantBytes(key.base);
  if (key.kind === 'text') return textBytes(key.text, key.type.name);
  return key.kind === 'concat' ? key.items.flatMap(bytesOf) : [];
}

function constantBytes({ bits, value, type }: Constant): readonly number[] {
  const digits = value.toString(16).padStart(2 * Math.ceil(bits / 8), '0');
  const bytes = (digits.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16));
  return type.order === 'host' ? bytes.toReversed() : bytes;
}

/** An index is not known here, but that the loopback interface has the first one. */
function textBytes(text: string, type: string): readonly number[] {
  if (type === 'iface_index') return [text === 'lo' ? 1 : 2, 0, 0, 0];
  return Array.from({ length: nameBytes }, (_, index) => (text.charCodeAt(index) || 0) & 0xff);
}

function checkData(items: readonly Element[], at: Place): void {
  const known = new Map<string, string>();
  for (const { key, data } of items) {
    if (!data || key.kind === 'any') continue;
    const [name, value] = [identify(key), writeJson(termDataJson(data))];
    if ((known.get(name) ?? value) !== value) fail('HK5604', 'the map has two values for a key', at);
    known.set(name, value);
  }
}

function distinct(items: readonly Element[]): readonly Element[] {
  const seen = new Set<string>();
  return items.filter(({ key }) => {
    const name = key.kind === 'any' ? '*' : identify(key);
    return !seen.has(name) && seen.add(name);
  });
}

function identify(key: Term): string {
  if (key.kind === 'constant') return key.value.toString();
  if (key.kind === 'text') return JSON.stringify(key.text);
  if (key.kind === 'range') return `${key.low.value}-${key.high.value}`;
  if (key.kind === 'prefix') return `${key.base.value}/${key.length}`;
  return key.kind === 'concat' ? key.items.map(identify).join('.') : key.kind;
}

interface Interval {
  readonly low: bigint;
  readonly high: bigint;
  readonly model: Constant;
  readonly item: Element;
}

function limitsOf(key: Term): Omit<Interval, 'item'> | undefined {
  if (key.kind === 'constant') return { low: key.value, high: key.value, model: key };
  if (key.kind === 'range') return { low: key.low.value, high: key.high.value, model: key.low };
  if (key.kind !== 'prefix') return undefined;
  const rest = (1n << BigInt(key.base.bits - key.length)) - 1n;
  return { low: key.base.value, high: key.base.value + rest, model: key.base };
}

function joinIntervals(items: readonly Element[], { joins }: SetTraits, at: Place): readonly Element[] {
  const intervals = items
    .flatMap((item) => {
      const limits = limitsOf(item.key);
      return limits ? [{ ...limits, item }] : [];
    })
    .toSorted((a, b) => compare(a.low, b.low) || compare(a.high, b.high));
  const joined: Interval[] = [];
  for (const next of intervals) {
    const last = joined.at(-1);
    const relation = last && relate(last, next);
    if (!last || relation === 'apart' || (relation === 'adjacent' && !joins)) joined.push(next);
    else if (joins)
      joined[joined.length - 1] = { ...last, high: next.high > last.high ? next.high : last.high };
    else if (relation === 'overlapping') fail('HK5604', 'intervals of the set overlap', at);
  }
  const rest = items.filter(({ key }) => key.kind === 'any');
  return [...joined.map(toElement), ...rest];
}

function relate(last: Interval, next: Interval): 'apart' | 'adjacent' | 'overlapping' | 'same' {
  if (last.low === next.low && last.high === next.high) return 'same';
  if (next.low <= last.high) return 'overlapping';
  return next.low === last.high + 1n ? 'adjacent' : 'apart';
}

function toElement({ low, high, model, item }: Interval): Element {
  return { ...item, key: intervalTerm(low, high, model) };
}

/** A single value, a prefix where nft lists such, or a range. */
export function intervalTerm(low: bigint, high: bigint, model: Constant): Term {
  const base = { ...model, value: low };
  if (low === high) return base;
  const length = model.type.prefixes ? prefixLength({ lo: low, hi: high }, model.bits) : undefined;
  return length === undefined
    ? { kind: 'range', low: base, high: { ...model, value: high } }
    : { kind: 'prefix', base, length };
}
