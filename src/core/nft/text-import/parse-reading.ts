// Selectors with a grammar of their own: options, chunks, connections, routes, sockets, hashes of nothing.
import type { JsonObject } from '../json-value.ts';
import {
  type Cursor,
  expect,
  isNumeral,
  peek,
  peekText,
  placeFrom,
  take,
  takeIf,
  takeOneOf,
  takeSize,
  unexpected,
} from './cursor.ts';
import { fail } from './problem.ts';
import {
  countedCtKeys,
  ctKeys,
  directedCtKeys,
  extensionHeaders,
  ipOptions,
  type Reading,
  sctpChunks,
  tcpOptionAliases,
  tcpOptionFields,
  tcpOptionKinds,
} from './selector.ts';

import { type NftType, types } from './types.ts';

type Parse = (cursor: Cursor, next: string) => Reading | undefined;

/** By the word that each begins with; undefined where it begins something else there. */
export const otherSelectors: ReadonlyMap<string, Parse> = new Map<string, Parse>([
  ['ct', parseCt],
  ['tcp', (cursor, next) => (next === 'option' ? parseTcpOption(cursor) : undefined)],
  ['ip', (cursor, next) => (next === 'option' ? parseIpOption(cursor) : undefined)],
  ['sctp', (cursor, next) => (next === 'chunk' ? parseChunk(cursor) : undefined)],
  ['rt', parseRoute],
  ['socket', parseSocket],
  ['osf', parseFingerprint],
  ['ipsec', (cursor, next) => (next === 'in' || next === 'out' ? parseIpsec(cursor) : undefined)],
  ['fib', parseFib],
  ['numgen', parseNumgen],
  ['symhash', parseSymhash],
  ['exthdr', parseExtensionTest],
]);

function reading(
  group: Reading['group'],
  json: JsonObject,
  type: NftType,
  bits: number = type.bits,
  max?: bigint,
): Reading {
  return { kind: 'reading', group, json, type, bits, ...(max !== undefined && { max }) };
}

/** Statements such as `ct count 3` and `ct helper set "ftp"` begin the same way and are not for here. */
function parseCt(cursor: Cursor, next: string): Reading | undefined {
  if (next === 'original' || next === 'reply') return parseDirectedCt(cursor, next);
  const key = ctKeys.get(next);
  if (!key) return undefined;
  cursor.at += 2;
  return { kind: 'reading', group: 'ct', key: next, json: { ct: { key: next } }, ...key };
}

function parseDirectedCt(cursor: Cursor, dir: string): Reading {
  cursor.at += 2;
  const family = takeOneOf(cursor, ['ip', 'ip6']);
  const name = peekText(cursor);
  const key = ctKeys.get(name);
  if (!key || !directedCtKeys.has(name) || (family && !name.endsWith('addr')))
    unexpected(cursor, 'a key of `ct` with a direction');
  take(cursor);
  const full = family === undefined ? name : `${family} ${name}`;
  const type = family === 'ip6' ? types.ipv6 : key.type;
  // The kernel keeps no direction for what is the same in both.
  const isSame = name === 'protocol' || name === 'l3proto';
  const json = { ct: { key: full, ...(!isSame && { dir }) } };
  return { kind: 'reading', group: 'ct', key: full, json, type, bits: family ? type.bits : key.bits };
}

/** Whether a direction may stand before a key that is set. */
export function isSettable({ key, json }: Reading): boolean {
  const body = json.ct;
  const isDirected = typeof body === 'object' && body !== null && 'dir' in body;
  return !isDirected || (key !== undefined && countedCtKeys.has(key));
}

/** `tcp option maxseg size`, `tcp option 255`, `tcp option @34,8,8`. */
function parseTcpOption(cursor: Cursor): Reading {
  cursor.at += 2;
  if (takeIf(cursor, '@')) return parseRawOption(cursor);
  const name = takeTcpOption(cursor);
  if (typeof name === 'number')
    return reading('tcp option', { 'tcp option': { base: name, offset: 0, len: 8 } }, types.boolean, 1);
  const field = peekText(cursor);
  const key = tcpOptionFields.get(name)?.get(field);
  if (key) take(cursor);
  else if (/^sack[123]$/.test(name)) unexpected(cursor, 'a field of the option');
  if (!key) return reading('tcp option', { 'tcp option': { name } }, types.boolean, 1);
  return reading('tcp option', { 'tcp option': { name, field } }, key.type, key.bits);
}

/** The name of an option, or its kind where it has none. */
export function takeTcpOption(cursor: Cursor): string | number {
  const word = peekText(cursor);
  if (isNumeral(peek(cursor))) {
    const kind = takeSize(cursor);
    return nameOfKind(kind) ?? kind;
  }
  const name = tcpOptionAliases.get(word) ?? word;
  if (word === 'echo') {
    take(cursor);
    return 6;
  }
  if (!tcpOptionFields.has(name)) unexpected(cursor, 'a TCP option');
  take(cursor);
  return name;
}

function nameOfKind(kind: number): string | undefined {
  for (const [name, known] of tcpOptionKinds) if (known === kind) return name;
  return undefined;
}

function parseRawOption(cursor: Cursor): Reading {
  const kind = takeTcpOption(cursor);
  expect(cursor, ',');
  const offset = takeSize(cursor, 'an offset in bits');
  expect(cursor, ',');
  const len = takeSize(cursor, 'a length in bits');
  const base = typeof kind === 'number' ? kind : (tcpOptionKinds.get(kind) ?? 0);
  return reading('tcp option', { 'tcp option': { base, offset, len } }, types.integer, len);
}

/** A header that is an option or a chunk: `ip option rr ptr`, `sctp chunk data tsn`. */
function parsePart(
  cursor: Cursor,
  group: 'ip option' | 'sctp chunk',
  parts: typeof ipOptions,
  wanted: string,
): Reading {
  cursor.at += 2;
  const name = peekText(cursor);
  const fields = parts.get(name);
  if (!fields) unexpected(cursor, wanted);
  take(cursor);
  const field = peekText(cursor);
  const key = fields.get(field);
  if (!key) return reading(group, { [group]: { name } }, types.boolean, 1);
  take(cursor);
  return reading(group, { [group]: { name, field } }, key.type, key.bits);
}

function parseIpOption(cursor: Cursor): Reading {
  return parsePart(cursor, 'ip option', ipOptions, 'an IP option');
}

function parseChunk(cursor: Cursor): Reading {
  return parsePart(cursor, 'sctp chunk', sctpChunks, 'an SCTP chunk');
}

/** The route, not the header of the same name. */
function parseRoute(cursor: Cursor, next: string): Reading | undefined {
  if (extensionHeaders.get('rt')?.has(next)) return undefined;
  take(cursor);
  const family = takeOneOf(cursor, ['ip', 'ip6']);
  const key = takeOneOf(cursor, ['classid', 'nexthop', 'mtu', 'ipsec']);
  if (key === undefined) unexpected(cursor, 'a key of `rt`');
  if (key === 'classid') return reading('rt', { rt: { key } }, types.realm);
  if (key === 'mtu') return reading('rt', { rt: { key } }, types.hostInteger, 16);
  if (key === 'ipsec') return reading('rt', { rt: { key } }, types.boolean, 8);
  const type = family === 'ip6' ? types.ipv6 : types.ipv4;
  return { ...reading('rt', { rt: { key, ...(family && { family }) } }, type), key: family ?? '' };
}

function parseSocket(cursor: Cursor): Reading {
  take(cursor);
  const key = takeOneOf(cursor, ['transparent', 'mark', 'wildcard', 'cgroupv2']);
  if (key === undefined) unexpected(cursor, 'a key of `socket`');
  if (key === 'mark') return reading('other', { socket: { key } }, types.mark);
  if (key !== 'cgroupv2') return reading('other', { socket: { key } }, types.hostInteger, 8, 1n);
  expect(cursor, 'level');
  const level = takeSize(cursor, 'a level');
  return reading('other', { socket: { key, level } }, types.cgroup, 0);
}

function parseFingerprint(cursor: Cursor): Reading {
  take(cursor);
  const ttl = takeIf(cursor, 'ttl') ? takeOneOf(cursor, ['loose', 'skip']) : undefined;
  const key = takeOneOf(cursor, ['name', 'version']);
  if (key === undefined) unexpected(cursor, '`name`, `version` or `ttl`');
  return reading('other', { osf: { key, ...(ttl && { ttl }) } }, types.string, 0);
}

function parseIpsec(cursor: Cursor): Reading {
  take(cursor);
  const dir = take(cursor).image;
  const spnum = takeIf(cursor, 'spnum') ? takeSize(cursor, 'a number') : 0;
  const family = takeOneOf(cursor, ['ip', 'ip6']);
  const key = takeOneOf(cursor, family ? ['saddr', 'daddr'] : ['spi', 'reqid']);
  if (key === undefined) unexpected(cursor, 'a key of `ipsec`');
  const ofFamily = family && { ip: types.ipv4, ip6: types.ipv6 }[family];
  const type = ofFamily ?? (key === 'spi' ? types.integer : types.hostInteger);
  const json = { ipsec: { key, ...(family && { family }), dir, spnum } };
  return reading('other', json, type, family ? type.bits : 32);
}

const fibFlags = ['saddr', 'daddr', 'mark', 'iif', 'oif'] as const;

/** `fib saddr . iif oif`; one of the addresses has to be there. */
function parseFib(cursor: Cursor): Reading {
  const first = take(cursor);
  const flags = new Set<string>();
  do {
    const flag = takeOneOf(cursor, fibFlags);
    if (flag === undefined) unexpected(cursor, `one of ${fibFlags.join(', ')}`);
    flags.add(flag);
  } while (takeIf(cursor, '.'));
  const result = takeOneOf(cursor, ['oif', 'oifname', 'type']);
  if (result === undefined) unexpected(cursor, '`oif`, `oifname` or `type`');
  const place = placeFrom(cursor, first);
  if (flags.has('saddr') === flags.has('daddr'))
    fail('HK5604', '`fib` needs one of `saddr` and `daddr`', place);
  if (flags.has('iif') && flags.has('oif')) fail('HK5604', '`fib` takes one of `iif` and `oif`', place);
  const type = { oif: types.ifindex, oifname: types.ifname, type: types.addressType }[result];
  return reading('fib', { fib: { result, flags: fibFlags.filter((flag) => flags.has(flag)) } }, type);
}

/** `mod N [seed N] [offset N]` as JSON, in nft's order. */
export function parseModulus(
  cursor: Cursor,
  hasSeed: boolean,
): { mod: number; seed?: number; offset?: number } {
  expect(cursor, 'mod');
  const mod = takeSize(cursor, 'a number');
  const seed = hasSeed && takeIf(cursor, 'seed') ? takeSize(cursor, 'a number') : undefined;
  const offset = takeIf(cursor, 'offset') ? takeSize(cursor, 'a number') : 0;
  return { mod, ...(seed !== undefined && { seed }), ...(offset !== 0 && { offset }) };
}

function maximum({ mod, offset = 0 }: { mod: number; offset?: number }): bigint {
  return BigInt(mod + offset - 1);
}

function parseNumgen(cursor: Cursor): Reading {
  take(cursor);
  const mode = takeOneOf(cursor, ['inc', 'random']);
  if (mode === undefined) unexpected(cursor, '`inc` or `random`');
  const modulus = parseModulus(cursor, false);
  const json = { numgen: { mode, offset: 0, ...modulus } };
  return reading('other', json, types.hostInteger, 32, maximum(modulus));
}

function parseSymhash(cursor: Cursor): Reading {
  take(cursor);
  const modulus = parseModulus(cursor, false);
  return reading('other', { symhash: modulus }, types.hostInteger, 32, maximum(modulus));
}

/** `exthdr hbh`: whether there is one. */
function parseExtensionTest(cursor: Cursor): Reading {
  take(cursor);
  const name = takeOneOf(cursor, ['hbh', 'rt', 'frag', 'dst', 'mh']);
  if (name === undefined) unexpected(cursor, 'an extension header');
  return reading('exthdr', { exthdr: { name } }, types.boolean, 1);
}
