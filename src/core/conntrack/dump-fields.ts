// The fields of one line of a conntrack listing, read from left to right. The order is that of
// libnetfilter_conntrack's snprintf_default.c and the kernel's ct_seq_show, which print the same.
import { parseIpv6 } from '../datatype/address.ts';
import type { DumpedEntry } from './dumped.ts';
import { nextWord, parseDecimal, parseDotted, type Scanner, scanner, wordOf } from './scan.ts';

/** One tuple with what is printed behind it. */
export interface Half {
  source?: bigint;
  destination?: bigint;
  isIpv6: boolean;
  sport?: number;
  dport?: number;
  type?: number;
  code?: number;
  /** The ICMP identifier. */
  id?: number;
  srckey?: number;
  dstkey?: number;
  packets?: number;
  bytes?: number;
}

/** What is listed but is no part of the tuples. */
type Extras = {
  -readonly [Name in
    | 'id'
    | 'use'
    | 'helper'
    | 'labels'
    | 'secctx'
    | 'secmark'
    | 'age'
    | 'started'
    | 'stopped']?: DumpedEntry[Name];
};

/** A line's fields. */
export interface Fields {
  /** The words before the first tuple: protocol, timeout, state. */
  readonly head: string[];
  readonly halves: Half[];
  readonly flags: string[];
  readonly extras: Extras;
  mark?: number;
  zone: { original: number; reply: number };
}

/** The fields, or what is wrong with the line. */
export function readFields(text: string): Fields | string {
  const line = scanner(text);
  const fields: Fields = {
    head: [],
    halves: [],
    flags: [],
    extras: {},
    zone: { original: 0, reply: 0 },
  };
  let before = '';
  while (nextWord(line)) {
    const equals = text.indexOf('=', line.start);
    const key = equals === -1 || equals > line.end ? '' : text.slice(line.start, equals);
    const problem = readWord(fields, line, key, before);
    if (problem !== undefined) return problem;
    before = key;
  }
  return fields;
}

const bracket = 0x5b;

/** One word: a flag in brackets, `key=value`, or before the first tuple a plain word. The result is a problem. */
function readWord(fields: Fields, line: Scanner, key: string, before: string): string | undefined {
  if (line.text.charCodeAt(line.start) === bracket) return readBracket(fields, line);
  if (key === 'src') fields.halves.push({ isIpv6: false });
  const half = fields.halves.at(-1);
  if (half && key !== '')
    return readPair({ fields, half, line, from: line.start + key.length + 1 }, key, before);
  if (half) return unexpected(line);
  // /proc/net/nf_conntrack prints `timeout=0, stream_timeout=0` as the state of GRE.
  if (key === '') fields.head.push(wordOf(line));
  return undefined;
}

/** A flag, or `[start=Fri Nov 21 03:08:55 2025]`, which has spaces; `[stop=…]` when it has ended. */
function readBracket({ flags, extras }: Fields, line: Scanner): string | undefined {
  const close = line.text.indexOf(']', line.start);
  if (close === -1) return unexpected(line);
  const content = line.text.slice(line.start + 1, close);
  line.end = close + 1;
  if (content.startsWith('start=')) extras.started = content.slice('start='.length);
  else if (content.startsWith('stop=')) extras.stopped = content.slice('stop='.length);
  else flags.push(content);
  return undefined;
}

function unexpected(line: Scanner): string {
  return `\`${wordOf(line)}\` does not belong there`;
}

/** A value, from `from` to the word's end, and where it goes. */
interface Pair {
  readonly fields: Fields;
  readonly half: Half;
  readonly line: Scanner;
  readonly from: number;
}

function readPair(pair: Pair, key: string, before: string): string | undefined {
  switch (key) {
    case 'src':
    case 'dst':
      return readAddress(pair, key === 'src' ? 'source' : 'destination');
    case 'srckey':
    case 'dstkey':
      return readKey(pair, key);
    case 'sport':
    case 'dport':
    case 'type':
    case 'code':
    case 'packets':
    case 'bytes':
      return readNumber(pair, (value) => put(pair.half, key, value));
    case 'id':
      return readNumber(pair, (value) => put(before === 'code' ? pair.half : pair.fields.extras, key, value));
    default:
      return readExtra(pair, key);
  }
}

/** What follows the tuples; keys that later versions may add are passed over. */
function readExtra(pair: Pair, key: string): string | undefined {
  const { fields, line, from } = pair;
  const { extras, zone } = fields;
  switch (key) {
    case 'mark':
      return readNumber(pair, (value) => put(fields, key, value));
    case 'use':
      return readNumber(pair, (value) => put(extras, key, value));
    case 'secmark':
      return readNumber(pair, (value) => put(extras, key, value));
    case 'delta-time':
      return readNumber(pair, (value) => put(extras, 'age', value));
    case 'zone':
      return readNumber(pair, (value) => Object.assign(zone, { original: value, reply: value }));
    case 'zone-orig':
      return readNumber(pair, (value) => put(zone, 'original', value));
    case 'zone-reply':
      return readNumber(pair, (value) => put(zone, 'reply', value));
    case 'helper':
    case 'labels':
    case 'secctx':
      extras[key] = line.text.slice(from, line.end);
      return undefined;
    default:
      return undefined;
  }
}

function put<Key extends string>(target: Partial<Record<Key, number>>, key: Key, value: number): void {
  target[key] = value;
}

function readNumber({ line, from }: Pair, store: (value: number) => void): string | undefined {
  const value = parseDecimal(line.text, from, line.end);
  if (value === undefined) return `\`${wordOf(line)}\` has no number`;
  store(value);
  return undefined;
}

/** GRE keys are printed in hexadecimal. */
function readKey({ half, line, from }: Pair, key: 'srckey' | 'dstkey'): string | undefined {
  const text = line.text.slice(from, line.end);
  if (!/^0x[0-9a-f]{1,8}$/.test(text)) return `\`${wordOf(line)}\` has no key`;
  half[key] = Number(text);
  return undefined;
}

function readAddress({ half, line, from }: Pair, side: 'source' | 'destination'): string | undefined {
  const dotted = parseDotted(line.text, from, line.end);
  const value = dotted ?? parseIpv6(line.text.slice(from, line.end));
  if (value === undefined) return `\`${wordOf(line)}\` has no address`;
  half[side] = value;
  half.isIpv6 = dotted === undefined;
  return undefined;
}
