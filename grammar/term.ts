// From one token to one term of the syntax tree, with its span.
import type { IToken, TokenType } from 'chevrotain';
import type { MarkText, Name, Term, Text as TextTerm } from '../src/core/syntax/term.ts';
import type { Source, Span } from '../src/core/text/source.ts';
import * as token from './tokens.ts';

/** The span from the beginning of one token to the end of another, or of itself. */
export function spanOf(source: Source, first: IToken, last: IToken = first): Span {
  return { source, start: first.startOffset, end: last.startOffset + last.image.length };
}

/** A word or a string where a name is wanted. */
export function nameOf(source: Source, one: IToken): Name {
  return nameFrom(one.image, spanOf(source, one));
}

function nameFrom(written: string, span: Span): Name {
  return written.startsWith('"') ? { text: unquote(written), quoted: true, span } : { text: written, span };
}

function unquote(written: string): string {
  return written.slice(1, -1).replace(/\\(.)/g, '$1');
}

/** A string with its escapes resolved. */
export function textOf(source: Source, string: IToken): TextTerm {
  return { kind: 'string', value: unquote(string.image), span: spanOf(source, string) };
}

const shapes = new Map<TokenType, (text: string, span: Span) => Term>([
  [token.Integer, (text, span) => ({ kind: 'number', value: BigInt(text), text, span })],
  [token.Ipv4, (text, span) => ({ kind: 'ipv4', text, span })],
  [token.Ipv6, (text, span) => ({ kind: 'ipv6', text, span })],
  [token.Mac, (text, span) => ({ kind: 'mac', text, span })],
  [token.Duration, (text, span) => ({ kind: 'duration', text, span })],
  [token.SetReference, setReference],
  [token.Text, (text, span) => ({ kind: 'string', value: unquote(text), span })],
]);

const markTexts: readonly MarkText[] = [
  ...(['==', '!=', '<=', '>=', '<', '>', '->', '=', '&', '|', '/', '-', '+'] as const),
  ...(['.', ':', ',', '(', ')', '[', ']', '!'] as const),
];
const marks = new Map<string, MarkText>(markTexts.map((text) => [text, text]));

/** Whether a token of the category InLine stands for a term; a lonely parenthesis does, though it is reported. */
export function isTerm(one: IToken): boolean {
  return !token.isBad(one) || marks.has(one.image);
}

/** The term that a token of the category InLine stands for; undefined for a bad one. */
export function termOf(source: Source, one: IToken): Term | undefined {
  return isTerm(one) ? termFrom(one.tokenType, one.image, spanOf(source, one)) : undefined;
}

/** The same from what a good token is, what it says and where; every keyword is a word. */
export function termFrom(type: TokenType, text: string, span: Span): Term {
  const shape = shapes.get(type);
  if (shape) return shape(text, span);
  const mark = marks.get(text);
  return mark ? { kind: 'mark', text: mark, span } : { kind: 'word', text, span };
}

function setReference(text: string, span: Span): Term {
  return {
    kind: 'set-reference',
    name: nameFrom(text.slice(1), { ...span, start: span.start + 1 }),
    span,
  };
}
