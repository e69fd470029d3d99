// Expressions: what is compared, and with what. On the left of a comparison words are selectors, on the right they are
// constants; a value that is assigned may be either.

import { parseDuration } from '../../datatype/written-types.ts';
import type { JsonObject, JsonValue } from '../json-value.ts';
import {
  atEnd,
  type Cursor,
  expect,
  isConstant,
  isNumeral,
  nested,
  peek,
  peekText,
  placeFrom,
  skipNewlines,
  take,
  takeComment,
  takeIf,
  takeOneOf,
  takeOwnName,
  takeSize,
  takeVariable,
  textOf,
  unexpected,
} from './cursor.ts';
import { parseModulus } from './parse-reading.ts';
import { parseSelector } from './parse-selector.ts';
import { parseStateful } from './parse-stateful.ts';
import { fail } from './problem.ts';
import {
  type BitOperator,
  type ElementSyntax,
  type Expression,
  type MapSyntax,
  placeOf,
  type ReferenceSyntax,
  type VerdictSyntax,
} from './syntax.ts';
import { numberOf } from './tokens.ts';

/** `left` of a comparison, `right` of one, or a `value` that is assigned. */
export type Side = 'left' | 'right' | 'value';

/** A number or a word as it stands; numbers in decimal, as types read them. */
function parsePrimary(cursor: Cursor, side: Side): Expression {
  const first = peek(cursor);
  const text = peekText(cursor);
  if (text === '(') return parseParenthesis(cursor, side);
  if (text === '$') return takeVariable(cursor);
  if (text === '[') return parseBracket(cursor);
  if (side !== 'right') {
    if (text === 'jhash') return parseHash(cursor);
    const selector = parseSelector(cursor);
    if (selector) return { kind: 'selector', selector, at: placeFrom(cursor, first) };
  }
  if (!isConstant(first)) unexpected(cursor, side === 'left' ? 'a statement' : 'a value');
  take(cursor);
  const word = isNumeral(first) ? numberOf(first.image).toString() : textOf(first);
  return { kind: 'word', text: word, at: placeOf(cursor.source, first) };
}

function parseParenthesis(cursor: Cursor, side: Side): Expression {
  return nested(cursor, () => {
    expect(cursor, '(');
    const inside = parseBits(cursor, side);
    expect(cursor, ')');
    return inside;
  });
}

/** `[2001:db8::1]`, before a port. */
function parseBracket(cursor: Cursor): Expression {
  expect(cursor, '[');
  const inside = parsePrimary(cursor, 'right');
  expect(cursor, ']');
  return inside;
}

function parseHash(cursor: Cursor): Expression {
  const first = take(cursor);
  const of = parseConcat(cursor, 'left');
  const { seed, ...settings } = parseModulus(cursor, true);
  const json: JsonObject = { ...settings, ...(seed !== undefined && { seed }) };
  return { kind: 'hash', of, settings: json, at: placeFrom(cursor, first) };
}

/** The operators of bits with what they bind like: the higher, the more. */
const operators: ReadonlyMap<string, { readonly operator: BitOperator; readonly level: number }> = new Map([
  ['<<', { operator: '<<', level: 3 }],
  ['lshift', { operator: '<<', level: 3 }],
  ['>>', { operator: '>>', level: 3 }],
  ['rshift', { operator: '>>', level: 3 }],
  ['&', { operator: '&', level: 2 }],
  ['and', { operator: '&', level: 2 }],
  ['^', { operator: '^', level: 1 }],
  ['xor', { operator: '^', level: 1 }],
  ['|', { operator: '|', level: 0 }],
  ['or', { operator: '|', level: 0 }],
]);

/** Operands and operators of at least a level; what is combined with the left operand is constant on either side. */
export function parseBits(cursor: Cursor, side: Side, least = 0): Expression {
  const first = peek(cursor);
  let left = parsePrimary(cursor, side);
  for (;;) {
    const found = operators.get(peekText(cursor));
    if (!found || found.level < least) return left;
    take(cursor);
    const right = parseBits(cursor, side === 'left' ? 'right' : side, found.level + 1);
    left = { kind: 'operation', operator: found.operator, left, right, at: placeFrom(cursor, first) };
  }
}

/** One part of a concatenation: on the right it may be a range or a prefix. */
function parsePart(cursor: Cursor, side: Side): Expression {
  const first = peek(cursor);
  const base = parseBits(cursor, side);
  if (side === 'left') return base;
  if (peekText(cursor) === '/' && isNumeral(peek(cursor, 1))) {
    take(cursor);
    const length = takeSize(cursor, 'the length of a prefix');
    return { kind: 'prefix', base, length, at: placeFrom(cursor, first) };
  }
  if (!takeIf(cursor, '-')) return base;
  return { kind: 'range', low: base, high: parseBits(cursor, side), at: placeFrom(cursor, first) };
}

/** Parts with dots between. */
export function parseConcat(cursor: Cursor, side: Side): Expression {
  const first = peek(cursor);
  const items = [parsePart(cursor, side)];
  while (takeIf(cursor, '.')) items.push(parsePart(cursor, side));
  const [only] = items;
  if (only && items.length === 1) return only;
  return { kind: 'concat', items, at: placeFrom(cursor, first) };
}

/** Parts with commas between: flags. */
export function parseList(cursor: Cursor, side: 'right' | 'value'): Expression {
  const first = peek(cursor);
  const items = [parseConcat(cursor, side)];
  while (takeIf(cursor, ',')) items.push(parseBits(cursor, 'right'));
  const [only] = items;
  if (only && items.length === 1) return only;
  return { kind: 'list', items, at: placeFrom(cursor, first) };
}

/** What stands on the right of a comparison. */
export function parseRight(cursor: Cursor): Expression {
  if (peekText(cursor) === '{') return parseSet(cursor);
  if (peekText(cursor) === '@') return parseReference(cursor);
  return parseList(cursor, 'right');
}

/** What is assigned: a value, something that is read, or a map that chooses one. */
export function parseValue(cursor: Cursor): Expression {
  const value = parseList(cursor, 'value');
  return peekText(cursor) === 'map' ? parseMap(cursor, value, 'map') : value;
}

/** `key map { … }` or `key vmap @name`, from the keyword on. */
export function parseMap(cursor: Cursor, key: Expression, keyword: 'map' | 'vmap'): MapSyntax {
  expect(cursor, keyword);
  const text = peekText(cursor);
  const data = text === '{' ? parseSet(cursor) : text === '$' ? takeVariable(cursor) : parseReference(cursor);
  return { kind: 'map', key, data, at: { ...key.at, end: data.at.end } };
}

/** `@name`. */
export function parseReference(cursor: Cursor): ReferenceSyntax {
  const first = peek(cursor);
  expect(cursor, '@');
  const name = takeOwnName(cursor, 'the name of a set');
  return { kind: 'reference', name, at: placeFrom(cursor, first) };
}

/** `{ … }`; newlines may stand around each element, and a comma behind the last one. */
export function parseSet(cursor: Cursor): Expression {
  const first = peek(cursor);
  const items = nested(cursor, () => {
    expect(cursor, '{');
    const found: ElementSyntax[] = [];
    do {
      skipNewlines(cursor);
      if (peekText(cursor) === '}') break;
      addElement(cursor, found);
      skipNewlines(cursor);
    } while (takeIf(cursor, ','));
    expect(cursor, '}');
    return found;
  });
  return { kind: 'set', items, at: placeFrom(cursor, first) };
}

function addElement(cursor: Cursor, found: ElementSyntax[]): void {
  const first = peek(cursor);
  const key = parseKey(cursor);
  const extra = parseExtras(cursor);
  const data = takeIf(cursor, ':') ? parseData(cursor) : undefined;
  const more = { ...(data && { data }), at: placeFrom(cursor, first) };
  // A set in a set stands for its elements, and what stands behind it for each of them.
  const items: readonly ElementSyntax[] = key.kind === 'set' ? key.items : [{ key, extra: {}, at: more.at }];
  for (const item of items) found.push({ ...item, ...more, extra: { ...item.extra, ...extra } });
}

function parseKey(cursor: Cursor): Expression | { readonly kind: 'any'; readonly at: Expression['at'] } {
  if (peekText(cursor) === '{') return parseSet(cursor);
  const first = peek(cursor);
  return takeIf(cursor, '*')
    ? { kind: 'any', at: placeOf(cursor.source, first) }
    : parseConcat(cursor, 'right');
}

function parseData(cursor: Cursor): Expression {
  return parseVerdict(cursor) ?? parseConcat(cursor, 'right');
}

/** Timeout, comment and statements of an element, as nft JSON has them beside its value. */
function parseExtras(cursor: Cursor): JsonObject {
  const { options, statements } = parseAttachments(cursor);
  return Object.assign({}, options, ...statements);
}

/** What stands behind the value of an element: options and statements, in any order. */
export function parseAttachments(cursor: Cursor): {
  readonly options: JsonObject;
  readonly statements: readonly JsonObject[];
} {
  const options: Record<string, JsonValue> = {};
  const statements: JsonObject[] = [];
  for (;;) {
    const option = takeOneOf(cursor, ['timeout', 'expires', 'comment']);
    const statement = option === undefined ? parseStateful(cursor) : undefined;
    if (option === 'comment') options[option] = takeComment(cursor);
    else if (option !== undefined) options[option] = takeSeconds(cursor);
    else if (statement) statements.push(statement);
    else return { options, statements };
  }
}

/** A duration in whole seconds, as nft's JSON has it. */
export function takeSeconds(cursor: Cursor): number {
  return Math.floor(takeMilliseconds(cursor) / 1000);
}

/** A duration; a number is seconds. */
export function takeMilliseconds(cursor: Cursor): number {
  const token = peek(cursor);
  if (atEnd(cursor)) unexpected(cursor, 'a duration');
  take(cursor);
  const value = parseDuration(textOf(token));
  if (value === undefined)
    fail(
      'HK5601',
      `expected a duration such as \`1h30m\`, found \`${token.image}\``,
      placeOf(cursor.source, token),
    );
  return Number(value);
}

/** `accept`, `jump chain` … as nft JSON has them, if one stands at the cursor. */
export function parseVerdict(cursor: Cursor): VerdictSyntax | undefined {
  const first = peek(cursor);
  const word = takeOneOf(cursor, ['accept', 'drop', 'continue', 'return', 'jump', 'goto']);
  if (word === undefined) return undefined;
  const json =
    word === 'jump' || word === 'goto' ? { [word]: { target: takeChain(cursor) } } : { [word]: null };
  return { kind: 'verdict', json, at: placeFrom(cursor, first) };
}

function takeChain(cursor: Cursor): string {
  if (peekText(cursor) !== '$') return takeOwnName(cursor, 'the name of a chain');
  const value = takeVariable(cursor);
  return value.kind === 'word' ? value.text : fail('HK5601', 'expected the name of a chain', value.at);
}
