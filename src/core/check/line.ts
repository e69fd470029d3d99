// Lines of host and test blocks: a first word that says what the line is, and what belongs to it.

import { nearestWord } from '../diagnostic/meant.ts';
import type { Statement } from '../syntax/ast.ts';
import { textOf } from '../text/source.ts';
import { type Cursor, complainAt, makeCursor, peek } from './cursor.ts';
import type { Report } from './report.ts';
import type { Scope } from './scope.ts';

/** What is done with the rest of a line, by its first word. */
export type LineReaders = ReadonlyMap<string, (cursor: Cursor, line: Statement) => void>;

/** Reads each line with the reader of its first word; reports other words, and what the reader leaves over. */
export function readLines(
  lines: readonly Statement[],
  readers: LineReaders,
  scope: Scope,
  report: Report,
): void {
  for (const line of lines) {
    const cursor = makeCursor(line.terms, line.span, scope, report);
    const first = peek(cursor)?.term;
    const read = first?.kind === 'word' ? readers.get(first.text) : undefined;
    if (read) {
      cursor.at++;
      read(cursor, line);
    } else reportUnknownWord(cursor, readers.keys());
  }
}

/** Reports a word where one of some others should stand. */
export function reportUnknownWord(cursor: Cursor, known: Iterable<string>): undefined {
  const next = peek(cursor);
  const words = [...known];
  const text = next && textOf(next.term.span);
  const meant = text === undefined ? undefined : nearestWord(text, words);
  const listed = `here stands ${words.map((word) => `\`${word}\``).join(', ')}`;
  const message = text === undefined ? 'a word is missing' : `\`${text}\` is not known here`;
  return complainAt(cursor, next, 'HK2001', message, {
    help: meant ?? listed,
  });
}

/** Reports what is left of a line; nothing where an error has been reported in it. */
export function finishLine(cursor: Cursor): void {
  const rest = peek(cursor);
  if (rest) complainAt(cursor, rest, 'HK2024', `\`${textOf(rest.term.span)}\` is left over in this line`);
}

/** Reports a block behind a line that has none. */
export function refuseBlock({ block, span }: Statement, report: Report): void {
  if (block) report.complain('HK2031', 'a block cannot stand here', { span: block[0]?.span ?? span });
}
