// What a rule means, as a text that is the same for all its spellings: so that a rule that the kernel lists is told by
// what it does and not by how it is written.
import { normalize } from '../datatype/range.ts';
import type { Part, Rule } from '../ir/ruleset.ts';
import { withoutComments } from '../match/comment.ts';

/** The same text for rules that do the same. Comments say nothing, and what was counted changes from packet to packet. */
export function meaningOf({ parts }: Rule): string {
  return JSON.stringify(withoutComments(parts).map(meaningOfPart));
}

/** The same of one part. */
export function wordsOfPart(part: Part): string {
  return JSON.stringify(meaningOfPart(part));
}

/** The same for values of which only the spelling differs, or what packets that passed have changed. */
export function wordsOf(value: unknown): string {
  return textOf(plain(value));
}

function meaningOfPart(part: Part): unknown {
  if (part.kind === 'opaque') return [part.origin, part.role, plain(part.content)];
  return [part.kind, part.key, plain(part.args)];
}

/** Lists in which the order says nothing. */
const unordered: ReadonlySet<string> = new Set(['names', 'entries', 'tuples', 'elements', 'flags']);

/** What the kernel changes by itself, and marks of how something was written. */
const passing: ReadonlySet<string> = new Set(['used', 'braces', 'span', 'expires']);

/** A value that JSON can hold, with what may be written in several ways in one of them. */
function plain(value: unknown, key = ''): unknown {
  if (typeof value === 'bigint') return `${value}n`;
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return plainList(value, key);
  const entries = Object.entries(value).filter(([name]) => !passing.has(name) && !isCount(value, name));
  return Object.fromEntries(
    entries.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, plain(one, name)]),
  );
}

function plainList(list: readonly unknown[], key: string): unknown {
  if (key === 'ranges' && list.every(isRange)) return normalize(list).map((range) => plain(range));
  const items = list.map((item) => plain(item));
  return unordered.has(key) ? items.toSorted((a, b) => (textOf(a) < textOf(b) ? -1 : 1)) : items;
}

function textOf(value: unknown): string {
  return JSON.stringify(value) ?? '';
}

function isRange(value: unknown): value is { readonly lo: bigint; readonly hi: bigint } {
  return (
    typeof value === 'object' &&
    value !== null &&
    'lo' in value &&
    typeof value.lo === 'bigint' &&
    'hi' in value &&
    typeof value.hi === 'bigint'
  );
}

/** Packets and bytes together are what a counter has counted. */
function isCount(value: object, name: string): boolean {
  return (name === 'packets' || name === 'bytes') && 'packets' in value && 'bytes' in value;
}
