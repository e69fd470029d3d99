// Statements that send a packet elsewhere: addresses and ports behind their keywords.
import {
  type Cursor,
  expect,
  peek,
  peekText,
  placeFrom,
  take,
  takeIf,
  takeOneOf,
  unexpected,
} from './cursor.ts';
import { parseValue } from './parse-expression.ts';
import { fail } from './problem.ts';
import type { Expression, NatSyntax, Statement } from './syntax.ts';
import { Newline } from './tokens.ts';

const keywords = ['snat', 'dnat', 'masquerade', 'redirect', 'tproxy'] as const;

/** `snat`, `dnat`, `masquerade`, `redirect` and `tproxy`, if one stands at the cursor. */
export function parseNat(cursor: Cursor): Statement | undefined {
  const first = peek(cursor);
  const keyword = takeOneOf(cursor, keywords);
  if (keyword === undefined) return undefined;
  const family = ['to', 'prefix', 'interval', 'addr'].includes(peekText(cursor, 1))
    ? takeOneOf(cursor, ['ip', 'ip6'])
    : undefined;
  const form = parseForm(cursor);
  const target = hasTarget(cursor, keyword) ? parseTarget(cursor, keyword) : {};
  const flags = keyword === 'tproxy' ? [] : parseFlags(cursor);
  const statement: NatSyntax = { kind: 'nat', keyword, ...(family && { family }), ...form, ...target, flags };
  return { ...statement, at: placeFrom(cursor, first) };
}

/** `prefix`, `interval` and `addr . port` stand before `to`. */
function parseForm(cursor: Cursor): Pick<NatSyntax, 'isPrefix' | 'isPair'> {
  const isPrefix = takeIf(cursor, 'prefix');
  if (!isPrefix) takeIf(cursor, 'interval');
  const isPair = takeIf(cursor, 'addr');
  if (isPair) {
    expect(cursor, '.');
    expect(cursor, 'port');
  }
  return { isPrefix, isPair };
}

/** Only `snat` and `dnat` go without `to`. */
function hasTarget(cursor: Cursor, keyword: NatSyntax['keyword']): boolean {
  if (takeIf(cursor, 'to')) return true;
  if (keyword === 'tproxy') return unexpected(cursor, '`to`');
  return keyword === 'snat' || keyword === 'dnat';
}

function parseTarget(cursor: Cursor, keyword: NatSyntax['keyword']): Pick<NatSyntax, 'address' | 'port'> {
  if (takeIf(cursor, ':')) return { port: parseValue(cursor) };
  if (keyword === 'masquerade') return unexpected(cursor, '`:` and a port');
  if (keyword === 'tproxy' && endsHere(cursor)) return failUnlisted(cursor);
  const value = parseValue(cursor);
  if (keyword === 'redirect') return { port: value };
  if (peekText(cursor) === '/') return parseNetworkAndPort(cursor, value);
  return { address: value, ...(takeIf(cursor, ':') && { port: parseValue(cursor) }) };
}

/** `/30:1024-65535`: what nft lists of a range of addresses with ports, though it does not take it. */
function parseNetworkAndPort(cursor: Cursor, base: Expression): Pick<NatSyntax, 'address' | 'port'> {
  const [, length, port = ''] = /^(\d+):(\d+)$/.exec(peekText(cursor, 1)) ?? [];
  if (length === undefined) return unexpected(cursor, 'the end of the statement');
  expect(cursor, '/');
  const first = take(cursor);
  const at = placeFrom(cursor, first);
  const address: Expression = {
    kind: 'prefix',
    base,
    length: Number(length),
    at: { ...base.at, end: at.end },
  };
  const low: Expression = { kind: 'word', text: port, at };
  if (!takeIf(cursor, '-')) return { address, port: low };
  const high = parseValue(cursor);
  return { address, port: { kind: 'range', low, high, at: placeFrom(cursor, first) } };
}

/** What nft 1.0.6 prints of `tproxy to :PORT` where the port is looked up. */
function failUnlisted(cursor: Cursor): never {
  const help =
    'nft 1.0.6 leaves out a port that a map or a hash gives: import what `nft -j list ruleset` prints';
  return fail('HK5601', '`tproxy to` needs an address or a port', placeFrom(cursor, peek(cursor, -1)), help);
}

function endsHere(cursor: Cursor): boolean {
  return peek(cursor).tokenType === Newline || [';', '}'].includes(peekText(cursor));
}

const flagNames = ['random', 'fully-random', 'persistent'] as const;

/** In the order in which nft lists them. */
function parseFlags(cursor: Cursor): readonly string[] {
  const found = new Set<string>();
  for (let flag = takeOneOf(cursor, flagNames); flag !== undefined; ) {
    found.add(flag);
    if (!takeIf(cursor, ',')) break;
    flag = takeOneOf(cursor, flagNames);
    if (flag === undefined) unexpected(cursor, `one of ${flagNames.join(', ')}`);
  }
  return flagNames.filter((flag) => found.has(flag));
}

/** `dup to ADDRESS device NAME` and `fwd to NAME`, if one stands at the cursor. */
export function parseCopy(cursor: Cursor): Statement | undefined {
  const first = peek(cursor);
  const keyword = takeOneOf(cursor, ['dup', 'fwd']);
  if (keyword === undefined) return undefined;
  const family = keyword === 'fwd' ? takeOneOf(cursor, ['ip', 'ip6']) : undefined;
  expect(cursor, 'to');
  const to = parseValue(cursor);
  if (family && peekText(cursor) !== 'device') unexpected(cursor, '`device`');
  const device = (family || keyword === 'dup') && takeIf(cursor, 'device') ? parseValue(cursor) : undefined;
  const at = placeFrom(cursor, first);
  if (keyword === 'dup') return { kind: 'dup', to, ...(device && { device }), at };
  if (!device) return { kind: 'fwd', device: to, at };
  return { kind: 'fwd', device, ...(family && { family }), address: to, at };
}

const queueFlags = ['bypass', 'fanout'] as const;

/** `queue`, in its old form with the flags behind the number and in its new one, if it stands at the cursor. */
export function parseQueue(cursor: Cursor): Statement | undefined {
  const first = peek(cursor);
  if (!takeIf(cursor, 'queue')) return undefined;
  const flags = new Set<string>();
  if (takeIf(cursor, 'flags')) takeFlags(cursor, flags);
  const isFlagged = flags.size > 0;
  let to: NatSyntax['port'];
  if (takeIf(cursor, 'to')) to = parseValue(cursor);
  else if (isFlagged || peekText(cursor) === 'num') {
    expect(cursor, 'num');
    if (['numgen', 'jhash', 'symhash'].includes(peekText(cursor))) unexpected(cursor, 'a number');
    to = parseValue(cursor);
  }
  if (!isFlagged && queueFlags.some((flag) => flag === peekText(cursor))) takeFlags(cursor, flags);
  if (to === undefined && takeIf(cursor, 'num')) to = parseValue(cursor);
  const listed = queueFlags.filter((flag) => flags.has(flag));
  return { kind: 'queue', ...(to && { to }), flags: listed, at: placeFrom(cursor, first) };
}

function takeFlags(cursor: Cursor, into: Set<string>): void {
  do {
    const flag = takeOneOf(cursor, queueFlags);
    if (flag === undefined) unexpected(cursor, '`bypass` or `fanout`');
    into.add(flag);
  } while (takeIf(cursor, ','));
}
