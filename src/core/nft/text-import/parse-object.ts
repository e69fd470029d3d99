// Stateful objects: counters, quotas, limits, helpers and so on, as JSON.
import type { JsonObject, JsonValue } from '../json-value.ts';
import {
  type Cursor,
  expect,
  isNumeral,
  peek,
  peekText,
  placeFrom,
  skipNewlines,
  takeComment,
  takeIf,
  takeName,
  takeOneOf,
  takeOwnName,
  takeSize,
  takeString,
  unexpected,
} from './cursor.ts';
import type { ObjectSyntax } from './declaration.ts';
import { type BlockReader, parseBlock } from './parse-block.ts';
import { takeMilliseconds } from './parse-expression.ts';
import { parseCounts, parseLimitObject, parseQuotaObject } from './parse-stateful.ts';
import { parseSynproxyOptions } from './parse-statement.ts';

const ctObjects = ['helper', 'timeout', 'expectation'] as const;
const families = ['ip', 'ip6', 'inet', 'arp', 'bridge', 'netdev'] as const;

/** The kind of the object whose declaration begins at the cursor, taken. */
export function takeObjectKind(cursor: Cursor): string | undefined {
  const word = takeOneOf(cursor, ['counter', 'quota', 'limit', 'secmark', 'synproxy', 'ct']);
  if (word !== 'ct') return word;
  const kind = takeOneOf(cursor, ctObjects);
  return kind === undefined ? unexpected(cursor, `one of ${ctObjects.join(', ')}`) : `ct ${kind}`;
}

type Body = Record<string, JsonValue>;
type ParseLine = (cursor: Cursor, body: Body) => void;

/** What an object has where nothing is said. */
const defaults: Readonly<Record<string, JsonObject>> = {
  counter: { packets: 0, bytes: 0 },
  quota: { bytes: 0, used: 0, inv: false },
  synproxy: { mss: 0, wscale: 0 },
};

const lines: Readonly<Record<string, ParseLine>> = {
  counter: (cursor, body) => {
    Object.assign(body, parseCounts(cursor));
  },
  quota: (cursor, body) => {
    Object.assign(body, parseQuotaObject(cursor));
  },
  limit: (cursor, body) => {
    Object.assign(body, parseLimitObject(cursor));
  },
  secmark: (cursor, body) => {
    body['context'] = takeString(cursor, 'a security context');
  },
  synproxy: (cursor, body) => {
    const options = parseSynproxyOptions(cursor);
    if (Object.keys(options).length === 0) unexpected(cursor, 'an option of `synproxy`');
    Object.assign(body, options);
  },
  'ct helper': (cursor, body) => {
    if (!takeIf(cursor, 'type')) return parseProtocols(cursor, body);
    body['type'] = takeString(cursor, 'the name of a helper');
    return parseProtocols(cursor, body);
  },
  'ct timeout': (cursor, body) => {
    if (!takeIf(cursor, 'policy')) return parseProtocols(cursor, body);
    expect(cursor, '=');
    body['policy'] = parsePolicy(cursor);
    return undefined;
  },
  'ct expectation': (cursor, body) => {
    const key = takeOneOf(cursor, ['dport', 'timeout', 'size']);
    if (key === undefined) return parseProtocols(cursor, body);
    body[key] = key === 'timeout' ? takeMilliseconds(cursor) : takeSize(cursor);
    return undefined;
  },
};

function parseProtocols(cursor: Cursor, body: Body): void {
  const key = takeOneOf(cursor, ['protocol', 'l3proto']);
  if (key === undefined) unexpected(cursor, 'a property of the object');
  const value = takeOneOf(cursor, key === 'protocol' ? ['tcp', 'udp'] : families);
  if (value === undefined) unexpected(cursor, key === 'protocol' ? '`tcp` or `udp`' : 'a family');
  body[key] = value;
}

/** `{ established : 122, close : 16 }`; durations are in seconds. */
function parsePolicy(cursor: Cursor): JsonObject {
  const policy: Body = {};
  expect(cursor, '{');
  do {
    skipNewlines(cursor);
    if (peekText(cursor) === '}') break;
    const state = takeName(cursor, 'a state').toLowerCase();
    expect(cursor, ':');
    policy[state] = isNumeral(peek(cursor)) ? takeSize(cursor) : Math.floor(takeMilliseconds(cursor) / 1000);
    skipNewlines(cursor);
  } while (takeIf(cursor, ','));
  expect(cursor, '}');
  return policy;
}

/** An object from its name on, in a block or, as some commands have it, without. */
export function parseObject(cursor: Cursor, reader: BlockReader, object: string): ObjectSyntax {
  const first = peek(cursor);
  const name = takeOwnName(cursor, 'the name of an object');
  const body: Body = { ...defaults[object] };
  const parseLine = lines[object] ?? (() => unexpected(cursor, 'an object'));
  const parseItem = (inner: Cursor): void => {
    if (takeIf(inner, 'comment')) body['comment'] = takeComment(inner);
    else parseLine(inner, body);
  };
  if (peekText(cursor) === '{') parseBlock(cursor, reader, parseItem);
  else if (!isAtEnd(cursor)) parseLine(cursor, body);
  return { kind: 'object', object, name, body, at: placeFrom(cursor, first) };
}

function isAtEnd(cursor: Cursor): boolean {
  const text = peek(cursor).image.trim();
  return text === '' || text === ';' || text === '}';
}
