// Blocks: their items one after another with newlines and semicolons between, definitions and includes among them. What
// cannot be read ends with its line, and reading goes on behind it.
import type { Include } from '../../text/include.ts';
import {
  atEnd,
  atSeparator,
  type Cursor,
  expect,
  nested,
  newCursor,
  peek,
  peekText,
  placeFrom,
  type Scope,
  skipNewlines,
  take,
  takeIf,
  takeOwnName,
  takeString,
  unexpected,
} from './cursor.ts';
import { parseRight, parseSet } from './parse-expression.ts';
import { attempt, fail } from './problem.ts';
import { type Expression, placeOf } from './syntax.ts';

/** Reads one item of a block; what ends it is for the block. */
export type ParseItem = (cursor: Cursor) => void;

export interface BlockReader {
  readonly include: Include;
  /** The files that include each other up to here. */
  readonly within: readonly string[];
}

/** nftables: include/nftables.h: MAX_INCLUDE_DEPTH. */
const includeDepth = 16;

/** `{ … }` with a scope of its own. */
export function parseBlock(cursor: Cursor, reader: BlockReader, parseItem: ParseItem): void {
  nested(cursor, () => {
    expect(cursor, '{');
    const outer = cursor.scope;
    cursor.scope = { outer, values: new Map() };
    parseItems(cursor, reader, parseItem);
    cursor.scope = outer;
    expect(cursor, '}');
  });
}

/** Items up to the brace or the end of the text that ends them. */
export function parseItems(cursor: Cursor, reader: BlockReader, parseItem: ParseItem): void {
  while (!atEnd(cursor) && peekText(cursor) !== '}') {
    if (atSeparator(cursor)) {
      take(cursor);
      continue;
    }
    const { at: start, depth, scope } = cursor;
    const isRead = attempt(() => {
      parseCommon(cursor, reader, parseItem);
      if (!atSeparator(cursor) && peekText(cursor) !== '}') unexpected(cursor, 'the end of the statement');
      return true;
    }, cursor.report);
    if (isRead) continue;
    Object.assign(cursor, { depth, scope });
    recover(cursor, start);
  }
}

/** Goes to where the statement that began at `start` ends, past what is wrong in it. */
function recover(cursor: Cursor, start: number): void {
  const wrong = cursor.at;
  cursor.at = start;
  for (let open = 0; !atEnd(cursor); cursor.at += 1) {
    const text = peekText(cursor);
    if (text === '{') open += 1;
    else if (text === '}') {
      if (open === 0 && cursor.at >= wrong) return;
      open = Math.max(0, open - 1);
    } else if (open === 0 && cursor.at >= wrong && atSeparator(cursor)) return;
  }
}

/** What may stand in any block, or an item of this one. */
function parseCommon(cursor: Cursor, reader: BlockReader, parseItem: ParseItem): void {
  const word = peekText(cursor);
  if (word === 'include') parseInclude(cursor, reader, parseItem);
  else if (word === 'define' || word === 'redefine') parseDefinition(cursor, cursor.scope);
  else if (word === 'undefine') parseUndefine(cursor);
  else parseItem(cursor);
}

function parseDefinition(cursor: Cursor, scope: Scope): void {
  const isAgain = take(cursor).image === 'redefine';
  const token = peek(cursor);
  const name = takeOwnName(cursor, 'the name of a variable');
  if (!isAgain && scope.values.has(name)) {
    const help = 'write `redefine` to change it';
    fail('HK5609', `variable \`${name}\` is defined already`, placeOf(cursor.source, token), help);
  }
  expect(cursor, '=');
  scope.values.set(name, parseInitializer(cursor));
}

/** A constant of any form; `-5` is for priorities. */
function parseInitializer(cursor: Cursor): Expression {
  const first = peek(cursor);
  if (peekText(cursor) === '{') return parseSet(cursor);
  if (!takeIf(cursor, '-')) return parseRight(cursor);
  const number = take(cursor).image;
  return { kind: 'word', text: `-${number}`, at: placeFrom(cursor, first) };
}

function parseUndefine(cursor: Cursor): void {
  take(cursor);
  // nft says nothing if there is none.
  cursor.scope.values.delete(takeOwnName(cursor, 'the name of a variable'));
}

/** The items of the included texts stand here, in this scope. */
function parseInclude(cursor: Cursor, reader: BlockReader, parseItem: ParseItem): void {
  const first = take(cursor);
  const path = takeString(cursor, 'the path of a file');
  const at = placeFrom(cursor, first);
  const within = [...reader.within, cursor.source.name];
  if (within.length > includeDepth) fail('HK5608', `\`${path}\` is included too deeply`, at);
  const included = reader.include(path, cursor.source);
  if ('problem' in included) fail('HK5608', included.problem, at);
  for (const source of included.sources) {
    if (within.includes(source.name)) fail('HK5608', `\`${path}\` includes itself`, at);
    const inner = newCursor(source, cursor.scope, cursor.report);
    inner.depth = cursor.depth;
    parseItems(inner, { ...reader, within }, parseItem);
    if (!atEnd(inner)) attempt(() => unexpected(inner, 'a statement'), cursor.report);
  }
}

/** `{ "eth0", $other }` or a variable, as names of devices. */
export function parseDevices(cursor: Cursor): readonly string[] {
  const devices = parseDeviceValue(cursor);
  return namesIn(devices);
}

function parseDeviceValue(cursor: Cursor): Expression {
  skipNewlines(cursor);
  return parseRight(cursor);
}

/** The words that an expression consists of. */
function namesIn(value: Expression): readonly string[] {
  if (value.kind === 'word') return [value.text];
  if (value.kind === 'set') return value.items.flatMap(({ key }) => (key.kind === 'any' ? [] : namesIn(key)));
  return fail('HK5601', 'expected names of devices', value.at);
}
