// The words of a packet spec, and the diagnostics that are found on the way through them.

import type { Code } from '../diagnostic/catalogue.ts';
import { type Diagnostic, diagnostic } from '../diagnostic/diagnostic.ts';
import type { Help } from '../diagnostic/meant.ts';
import type { Source, Span } from '../text/source.ts';

/** One word; quotes are taken off. */
export interface Word {
  readonly text: string;
  readonly quoted: boolean;
  readonly span: Span;
}

/** A position among the words. */
export interface Cursor {
  readonly words: readonly Word[];
  readonly found: Diagnostic[];
  /** Where the text ends: the place of everything that is missing. */
  readonly end: Span;
  at: number;
}

const wordPattern = /"([^"\n]*)"?|->|[()]|(?:(?!->)[^\s"()])+/g;

/** Splits at blanks; `->` and parentheses stand for themselves. */
export function openCursor(
  source: Source,
  span: Span = { source, start: 0, end: source.text.length },
): Cursor {
  const words = [...source.text.slice(span.start, span.end).matchAll(wordPattern)].map((match): Word => {
    const start = span.start + match.index;
    const quoted = match[0].startsWith('"');
    return { text: match[1] ?? match[0], quoted, span: { source, start, end: start + match[0].length } };
  });
  const last = words.at(-1)?.span.end ?? span.start;
  return { words, found: [], end: { source, start: last, end: last }, at: 0 };
}

/** The next word, left where it is. */
export function peek(cursor: Cursor): Word | undefined {
  return cursor.words[cursor.at];
}

/** The next word, taken. */
export function take(cursor: Cursor): Word | undefined {
  const word = peek(cursor);
  if (word) cursor.at += 1;
  return word;
}

/** Takes the next word if it is this one. */
export function takeIf(cursor: Cursor, text: string): Word | undefined {
  const word = peek(cursor);
  return word && !word.quoted && word.text === text ? take(cursor) : undefined;
}

/** Notes a problem; the result is always undefined, for the caller to return. */
export function complain(cursor: Cursor, code: Code, message: string, span: Span, help?: Help): undefined {
  cursor.found.push(diagnostic(code, message, { span, help }));
}

/** Notes that something is missing at the next word. */
export function missing(cursor: Cursor, what: string, help?: Help): undefined {
  const word = peek(cursor);
  const instead = word ? `\`${word.text}\` stands where ${what} is expected` : `${what} is missing`;
  return complain(cursor, 'HK6001', instead, word?.span ?? cursor.end, help);
}
