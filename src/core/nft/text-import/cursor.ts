// The tokens of one text with the place that the parser has reached, and the variables that are defined there.
import { type IToken, tokenMatcher } from 'chevrotain';
import type { Diagnostic } from '../../diagnostic/diagnostic.ts';
import { byteLength } from '../../match/quote.ts';
import type { Source } from '../../text/source.ts';
import { isReserved } from '../reserved.ts';
import { fail } from './problem.ts';
import { type Expression, type Place, placeOf } from './syntax.ts';
import { Literal, Newline, Numeral, numberOf, Quoted, tokenize, Wildcard, Word } from './tokens.ts';

/** Variables of a block, and those around it. */
export interface Scope {
  readonly outer: Scope | undefined;
  readonly values: Map<string, Expression>;
}

export interface Cursor {
  readonly source: Source;
  readonly tokens: readonly IToken[];
  at: number;
  /** How many brackets the parser is inside of. */
  depth: number;
  scope: Scope;
  readonly report: (problem: Diagnostic) => void;
}

/** Stands at the end of every text. */
const endToken: IToken = {
  image: '',
  startOffset: 0,
  tokenTypeIdx: -1,
  tokenType: Newline,
};

/** A cursor at the beginning of a text. */
export function newCursor(source: Source, scope: Scope, report: Cursor['report']): Cursor {
  const end = { ...endToken, startOffset: source.text.length };
  return { source, tokens: [...tokenize(source.text), end], at: 0, depth: 0, scope, report };
}

/** The token at the cursor, or one behind it. */
export function peek(cursor: Cursor, ahead = 0): IToken {
  return cursor.tokens[cursor.at + ahead] ?? cursor.tokens.at(-1) ?? endToken;
}

/** The text of the token at the cursor; empty for quotes, so that no keyword is found in them. */
export function peekText(cursor: Cursor, ahead = 0): string {
  const token = peek(cursor, ahead);
  return token.tokenType === Quoted ? '' : token.image;
}

export function atEnd(cursor: Cursor): boolean {
  return cursor.at >= cursor.tokens.length - 1;
}

/** Takes the token at the cursor. */
export function take(cursor: Cursor): IToken {
  const token = peek(cursor);
  if (!atEnd(cursor)) cursor.at += 1;
  return token;
}

/** Takes a keyword or sign if it is there. */
export function takeIf(cursor: Cursor, text: string): boolean {
  if (peekText(cursor) !== text || atEnd(cursor)) return false;
  cursor.at += 1;
  return true;
}

/** Takes one of several keywords if it is there. */
export function takeOneOf<const Text extends string>(
  cursor: Cursor,
  texts: readonly Text[],
): Text | undefined {
  const found = texts.find((text) => text === peekText(cursor));
  if (found !== undefined) take(cursor);
  return found;
}

/** Takes a keyword or sign that has to be there. */
export function expect(cursor: Cursor, text: string): void {
  if (!takeIf(cursor, text)) unexpected(cursor, `\`${text}\``);
}

/** Ends the statement: something else was expected. */
export function unexpected(cursor: Cursor, wanted: string): never {
  const token = peek(cursor);
  const found = atEnd(cursor)
    ? 'the end of the text'
    : token.tokenType === Newline
      ? 'the end of the line'
      : `\`${token.image.slice(0, 60)}\``;
  const { start } = placeOf(cursor.source, token);
  const length = token.tokenType === Newline ? 1 : Math.max(1, token.image.length);
  const end = Math.min(start + length, cursor.source.text.length);
  return fail('HK5601', `expected ${wanted}, found ${found}`, { source: cursor.source, start, end });
}

/** The place from a token to the one before the cursor. */
export function placeFrom(cursor: Cursor, first: IToken): Place {
  return placeOf(cursor.source, first, cursor.tokens[cursor.at - 1] ?? first);
}

export function isNumeral(token: IToken): boolean {
  return token.tokenType === Numeral;
}

/** Whether a token can be a constant. */
export function isConstant(token: IToken): boolean {
  const { tokenType } = token;
  return (
    tokenType === Numeral ||
    tokenType === Quoted ||
    tokenType === Wildcard ||
    tokenMatcher(token, Word) ||
    tokenMatcher(token, Literal)
  );
}

/** A number; a leading zero makes it octal. */
export function takeNumber(cursor: Cursor, wanted = 'a number'): bigint {
  if (!isNumeral(peek(cursor))) unexpected(cursor, wanted);
  return numberOf(take(cursor).image);
}

/** A number that fits the unsigned 32 bits which nft has for sizes and offsets. */
export function takeSize(cursor: Cursor, wanted?: string): number {
  const token = peek(cursor);
  const value = takeNumber(cursor, wanted);
  if (value >> 32n !== 0n) fail('HK5604', `\`${token.image}\` is too large`, placeOf(cursor.source, token));
  return Number(value);
}

/** A word, not in quotes. */
export function takeName(cursor: Cursor, wanted: string): string {
  if (!tokenMatcher(peek(cursor), Word)) unexpected(cursor, wanted);
  return take(cursor).image;
}

/** Words that became reserved later; texts of nft 1.0.6 may have them as names. */
const lateWords = new Set(['destroy', 'last']);

/** The name of a table, of what stands in it, or of a variable: a word that nft has no other use for. */
export function takeOwnName(cursor: Cursor, wanted: string): string {
  const token = peek(cursor);
  const name = takeName(cursor, wanted);
  if (!isReserved(name) || lateWords.has(name)) return name;
  const help = 'give it another name: nft has no way to quote one';
  return fail(
    'HK5601',
    `\`${name}\` is a word of nft and can not be ${wanted}`,
    placeOf(cursor.source, token),
    help,
  );
}

/** A string, in quotes or not. */
export function takeString(cursor: Cursor, wanted: string): string {
  const token = peek(cursor);
  if (token.tokenType !== Quoted && token.tokenType !== Wildcard && !tokenMatcher(token, Word))
    unexpected(cursor, wanted);
  take(cursor);
  return textOf(token);
}

/** A comment, of which nft keeps 128 bytes (NFTNL_UDATA_COMMENT_MAXLEN). */
export function takeComment(cursor: Cursor): string {
  const token = peek(cursor);
  const comment = takeString(cursor, 'a comment');
  if (byteLength(comment) <= 128) return comment;
  return fail('HK5604', 'a comment has at most 128 bytes', placeOf(cursor.source, token));
}

/** The text of a token, without its quotes. */
export function textOf(token: IToken): string {
  return token.tokenType === Quoted ? token.image.slice(1, -1) : token.image;
}

/** Whether the statement ends here. */
export function atSeparator(cursor: Cursor): boolean {
  return atEnd(cursor) || peek(cursor).tokenType === Newline || peekText(cursor) === ';';
}

export function skipNewlines(cursor: Cursor): void {
  while (!atEnd(cursor) && peek(cursor).tokenType === Newline) cursor.at += 1;
}

/** Reads something in brackets; nesting is bounded, as the parser calls itself. */
export function nested<Result>(cursor: Cursor, read: () => Result): Result {
  if (cursor.depth >= 64) {
    const span = placeOf(cursor.source, peek(cursor));
    fail('HK5602', 'this nests more than 64 levels deep', span);
  }
  cursor.depth += 1;
  try {
    return read();
  } finally {
    cursor.depth -= 1;
  }
}

/** The value of a variable, which has to be defined. */
export function takeVariable(cursor: Cursor): Expression {
  const first = peek(cursor);
  expect(cursor, '$');
  const name = takeOwnName(cursor, 'the name of a variable');
  const value = findVariable(cursor.scope, name);
  if (!value) fail('HK5603', `variable \`${name}\` is not defined`, placeFrom(cursor, first));
  return value;
}

/** The value of a variable in the innermost block that defines it. */
export function findVariable(scope: Scope, name: string): Expression | undefined {
  for (let block: Scope | undefined = scope; block; block = block.outer) {
    const value = block.values.get(name);
    if (value) return value;
  }
  return undefined;
}
