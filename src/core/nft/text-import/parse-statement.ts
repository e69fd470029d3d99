// Statements of a rule, each by the word that it begins with; a comparison begins with anything that is read.
import type { JsonObject } from '../json-value.ts';
import {
  atSeparator,
  type Cursor,
  expect,
  isNumeral,
  nested,
  peek,
  peekText,
  placeFrom,
  take,
  takeComment,
  takeIf,
  takeOneOf,
  takeOwnName,
  takeSize,
  unexpected,
} from './cursor.ts';
import {
  parseAttachments,
  parseBits,
  parseConcat,
  parseList,
  parseMap,
  parseReference,
  parseRight,
  parseValue,
  parseVerdict,
} from './parse-expression.ts';
import { parseLog } from './parse-log.ts';
import { parseCopy, parseNat, parseQueue } from './parse-nat.ts';
import { isSettable, takeTcpOption } from './parse-reading.ts';
import { parseStateful } from './parse-stateful.ts';
import { fail } from './problem.ts';
import type { Comparison, Expression, RejectType, RuleSyntax, Statement } from './syntax.ts';

/** Reads the statements of a rule up to where it ends. */
export function parseRule(cursor: Cursor): RuleSyntax {
  const first = peek(cursor);
  const statements: Statement[] = [];
  while (!atSeparator(cursor) && !['}', 'comment'].includes(peekText(cursor)))
    statements.push(parseStatement(cursor));
  if (statements.length === 0) unexpected(cursor, 'a statement');
  const comment = takeIf(cursor, 'comment') ? takeComment(cursor) : undefined;
  return { statements, ...(comment !== undefined && { comment }), at: placeFrom(cursor, first) };
}

function parseStatement(cursor: Cursor): Statement {
  const first = peek(cursor);
  const verdict = peekText(cursor, 1) === '{' ? undefined : parseVerdict(cursor);
  if (verdict) return { kind: 'fixed', json: verdict.json, at: verdict.at };
  const stateful = parseStateful(cursor);
  if (stateful) return { kind: 'fixed', json: stateful, at: placeFrom(cursor, first) };
  return (
    parseNat(cursor) ??
    parseCopy(cursor) ??
    parseQueue(cursor) ??
    parseWithKeyword(cursor) ??
    parseComparison(cursor)
  );
}

type Part = Statement extends infer Each ? (Each extends Statement ? Omit<Each, 'at'> : never) : never;

/** Statements that begin with a keyword of their own. */
function parseWithKeyword(cursor: Cursor): Statement | undefined {
  const first = peek(cursor);
  const word = peekText(cursor);
  const part = Object.hasOwn(keywords, word) ? keywords[word]?.(cursor) : undefined;
  return part && { ...part, at: placeFrom(cursor, first) };
}

const keywords: Readonly<Record<string, (cursor: Cursor) => Part | undefined>> = {
  log: (cursor) => {
    take(cursor);
    return { kind: 'fixed', json: parseLog(cursor) };
  },
  notrack: (cursor) => fixed(cursor, { notrack: null }),
  reject: parseReject,
  synproxy: parseSynproxy,
  counter: parseObject,
  limit: parseObject,
  quota: parseObject,
  ct: parseCtObject,
  add: parseUpdate,
  update: parseUpdate,
  delete: parseUpdate,
  set: parseOldUpdate,
  meter: parseMeter,
  flow: parseFlow,
  reset: parseReset,
  jump: parseBlock,
  goto: parseBlock,
};

function fixed(cursor: Cursor, json: JsonObject): Part {
  take(cursor);
  return { kind: 'fixed', json };
}

/** `counter name "x"`. */
function parseObject(cursor: Cursor): Part {
  const object = take(cursor).image;
  expect(cursor, 'name');
  return { kind: 'object', object, name: parseValue(cursor) };
}

/** `ct helper set "ftp"` and the like; all other statements that begin with `ct` are for the comparisons. */
function parseCtObject(cursor: Cursor): Part | undefined {
  const object = peekText(cursor, 1);
  if (!['helper', 'timeout', 'expectation'].includes(object) || peekText(cursor, 2) !== 'set')
    return undefined;
  cursor.at += 3;
  return { kind: 'object', object: `ct ${object}`, name: parseValue(cursor) };
}

const rejectTypes: ReadonlyMap<string, RejectType> = new Map([
  ['icmp', 'icmp'],
  ['icmpv6', 'icmpv6'],
  ['icmpx', 'icmpx'],
]);

function parseReject(cursor: Cursor): Part {
  take(cursor);
  if (!takeIf(cursor, 'with')) return { kind: 'reject' };
  if (takeIf(cursor, 'tcp')) {
    expect(cursor, 'reset');
    return { kind: 'reject', type: 'tcp reset' };
  }
  const type = rejectTypes.get(peekText(cursor));
  if (!type) unexpected(cursor, '`icmp`, `icmpv6`, `icmpx` or `tcp reset`');
  take(cursor);
  takeIf(cursor, 'type');
  return { kind: 'reject', type, code: parseBits(cursor, 'right') };
}

/** `synproxy mss 1460 wscale 7 timestamp sack-perm`. */
function parseSynproxy(cursor: Cursor): Part {
  if (peekText(cursor, 1) === 'name') return parseObject(cursor);
  take(cursor);
  const json = parseSynproxyOptions(cursor);
  return { kind: 'fixed', json: { synproxy: Object.keys(json).length === 0 ? null : json } };
}

/** The options as nft JSON has them. */
export function parseSynproxyOptions(cursor: Cursor): JsonObject {
  const sizes: Record<string, number> = {};
  const found = new Set<string>();
  for (;;) {
    const word = takeOneOf(cursor, ['mss', 'wscale', 'timestamp', 'sack-perm']);
    if (word === undefined) break;
    if (word === 'mss' || word === 'wscale') sizes[word] = takeSize(cursor);
    else found.add(word);
  }
  const flags = ['timestamp', 'sack-perm'].filter((flag) => found.has(flag));
  const { mss, wscale } = sizes;
  return {
    ...(mss !== undefined && { mss }),
    ...(wscale !== undefined && { wscale }),
    ...(flags.length > 0 && { flags }),
  };
}

/** `add @set { key timeout 1m counter }`, and for maps with data behind a colon. */
function parseUpdate(cursor: Cursor): Part {
  const op = take(cursor).image;
  const set = parseReference(cursor);
  expect(cursor, '{');
  const key = parseConcat(cursor, 'left');
  const { options, statements } = parseAttachments(cursor);
  const data = takeIf(cursor, ':') ? parseConcat(cursor, 'left') : undefined;
  expect(cursor, '}');
  return { kind: 'update', op, set, key, extra: options, statements, ...(data && { data }) };
}

/** `set add key @set`, as nft listed it until 0.9. */
function parseOldUpdate(cursor: Cursor): Part {
  take(cursor);
  const op = takeOneOf(cursor, ['add', 'update', 'delete']);
  if (op === undefined) unexpected(cursor, '`add`, `update` or `delete`');
  const key = parseConcat(cursor, 'left');
  const { options, statements } = parseAttachments(cursor);
  return { kind: 'update', op, set: parseReference(cursor), key, extra: options, statements };
}

/** nft makes room for so many elements where it is told no number. */
const meterSize = 65_535;

function parseMeter(cursor: Cursor): Part {
  take(cursor);
  const name = takeOwnName(cursor, 'the name of a meter');
  const size = takeIf(cursor, 'size') ? takeSize(cursor) : meterSize;
  expect(cursor, '{');
  const key = parseConcat(cursor, 'left');
  const { options, statements } = parseAttachments(cursor);
  const [statement] = statements;
  if (!statement || statements.length > 1) unexpected(cursor, 'one counter, limit or quota');
  expect(cursor, '}');
  return { kind: 'meter', name, size, key, extra: options, statement };
}

function parseFlow(cursor: Cursor): Part {
  take(cursor);
  if (takeOneOf(cursor, ['add', 'offload']) === undefined) unexpected(cursor, '`add`');
  const { name } = parseReference(cursor);
  return { kind: 'fixed', json: { flow: { op: 'add', flowtable: `@${name}` } } };
}

/** `reset tcp option NAME`. */
function parseReset(cursor: Cursor): Part {
  take(cursor);
  expect(cursor, 'tcp');
  expect(cursor, 'option');
  const name = takeTcpOption(cursor);
  const option = typeof name === 'number' ? { base: name, offset: 0, len: 0 } : { name };
  return { kind: 'fixed', json: { reset: { 'tcp option': option } } };
}

/** `jump { … }`. */
function parseBlock(cursor: Cursor): Part {
  const verb = take(cursor).image === 'jump' ? 'jump' : 'goto';
  const rules = nested(cursor, () => {
    expect(cursor, '{');
    const found: RuleSyntax[] = [];
    while (!takeIf(cursor, '}')) {
      if (peekText(cursor) !== '' && atSeparator(cursor)) take(cursor);
      else found.push(parseRule(cursor));
    }
    return found;
  });
  return { kind: 'block', verb, rules };
}

const comparisons: Readonly<Record<string, Comparison>> = {
  '==': '==',
  eq: '==',
  '!=': '!=',
  ne: '!=',
  '<': '<',
  lt: '<',
  '>': '>',
  gt: '>',
  '<=': '<=',
  le: '<=',
  '>=': '>=',
  ge: '>=',
  '!': '!',
  not: '!',
};

/** Something that is read, and what it is compared with, set to or looked up in. */
function parseComparison(cursor: Cursor): Statement {
  const first = peek(cursor);
  const left = parseConcat(cursor, 'left');
  const word = peekText(cursor);
  if (word === 'vmap') {
    const { key, data } = parseMap(cursor, left, 'vmap');
    return { kind: 'vmap', key, data, at: placeFrom(cursor, first) };
  }
  if (word === 'set') return { ...parseAssignment(cursor, left), at: placeFrom(cursor, first) };
  const op = Object.hasOwn(comparisons, word) ? comparisons[word] : undefined;
  if (op !== undefined) take(cursor);
  const part = parseCompared(cursor, left, op ?? 'implicit');
  return { ...part, at: placeFrom(cursor, first) };
}

function parseCompared(cursor: Cursor, left: Expression, op: Comparison): Part {
  const right = parseRight(cursor);
  if (peekText(cursor) !== '/' || isNumeral(peek(cursor, 1))) return { kind: 'match', op, left, right };
  // `flags syn / syn,ack`: the bits that are looked at stand behind the slash.
  take(cursor);
  const mask = parseList(cursor, 'right');
  const masked: Expression = { kind: 'operation', operator: '&', left, right: mask, at: left.at };
  return { kind: 'match', op: op === 'implicit' ? '==' : op, left: masked, right };
}

function parseAssignment(cursor: Cursor, target: Expression): Part {
  if (target.kind !== 'selector') fail('HK5601', 'this cannot be set', target.at);
  const { selector } = target;
  if (selector.kind === 'reading' && selector.group === 'ct' && !isSettable(selector))
    unexpected(cursor, 'a comparison');
  expect(cursor, 'set');
  const value = parseValue(cursor);
  const isNamed = value.kind !== 'selector' && 'key' in selector && selector.key === 'secmark';
  if (isNamed) return { kind: 'object', object: 'secmark', name: value };
  return { kind: 'assign', target: selector, value };
}
