// Selectors in a rule: which words read something from a packet. Whether a word begins one depends on what follows:
// `ip` is a header before `saddr`, and a constant elsewhere.
import type { JsonObject } from '../json-value.ts';
import { type Cursor, expect, peekText, take, takeSize, unexpected } from './cursor.ts';
import { otherSelectors } from './parse-reading.ts';
import { fail } from './problem.ts';
import { isHeader, type Layer } from './protocols.ts';
import {
  bareMetaKeys,
  extensionHeaders,
  fieldSelector,
  metaAliases,
  metaKeys,
  type Payload,
  type Reading,
  rawSelector,
  type Selector,
} from './selector.ts';
import { placeOf } from './syntax.ts';

/** Reads the selector at the cursor, if one is there. */
export function parseSelector(cursor: Cursor): Selector | undefined {
  const word = peekText(cursor);
  const next = peekText(cursor, 1);
  const special = otherSelectors.get(word)?.(cursor, next);
  if (special) return special;
  if (word === '@') return layers.has(next) ? parseRaw(cursor) : undefined;
  if (extensionHeaders.get(word)?.has(next)) return parseExtension(cursor, word);
  if (isHeader(word)) return parseField(cursor, word, next);
  if (word === 'meta') {
    take(cursor);
    return parseMeta(cursor);
  }
  return bareMetaKeys.has(word) ? parseMeta(cursor) : undefined;
}

const layers: ReadonlyMap<string, Layer> = new Map([
  ['ll', 'll'],
  ['nh', 'nh'],
  ['th', 'th'],
  ['ih', 'ih'],
]);

/** `@th,16,16`. */
function parseRaw(cursor: Cursor): Payload {
  take(cursor);
  const layer = layers.get(take(cursor).image) ?? 'll';
  expect(cursor, ',');
  const offset = takeSize(cursor, 'an offset in bits');
  expect(cursor, ',');
  const bits = takeSize(cursor, 'a length in bits');
  return rawSelector(layer, offset, bits);
}

const fieldAliases: Readonly<Record<string, string>> = { cfi: 'dei', hdrversion: 'version' };

function parseField(cursor: Cursor, protocol: string, next: string): Payload | undefined {
  const words = protocol === 'arp' && /^[sd]addr$/.test(next) ? `${next} ${peekText(cursor, 2)}` : next;
  const name = fieldAliases[words] ?? words;
  const found = fieldSelector(protocol, name);
  if (found) cursor.at += 1 + words.split(' ').length;
  return found;
}

/** The key of `meta` at the cursor. */
function parseMeta(cursor: Cursor): Reading {
  const word = peekText(cursor);
  const name = metaAliases.get(word) ?? word;
  const key = metaKeys.get(name);
  if (!key) unexpected(cursor, 'a key of `meta`');
  take(cursor);
  return { kind: 'reading', group: 'meta', key: name, json: { meta: { key: name } }, ...key };
}

/** A field of an IPv6 extension header. */
function parseExtension(cursor: Cursor, header: string): Reading {
  take(cursor);
  const token = take(cursor);
  const key = extensionHeaders.get(header)?.get(token.image);
  const index = /^(?:addr|sid)$/.test(token.image) && header !== 'rt2' ? parseIndex(cursor) : '';
  const json: JsonObject = { exthdr: { name: header, field: `${token.image}${index}` } };
  if (!key) fail('HK5601', 'expected a field', placeOf(cursor.source, token));
  return { kind: 'reading', group: 'exthdr', json, ...key };
}

function parseIndex(cursor: Cursor): string {
  expect(cursor, '[');
  const index = takeSize(cursor, 'the number of a segment');
  expect(cursor, ']');
  return `[${index}]`;
}
