// What may stand in a rule where a match or statement should begin, and is none.
import type { Part } from '../ir/ruleset.ts';
import { textOf } from '../text/source.ts';
import { type Cursor, complainAt, type Located, spanSince } from './cursor.ts';
import { explainUnknownKey } from './key.ts';

/** Reports a word that begins neither a match nor a statement. */
export function reportUnknownWord(cursor: Cursor): void {
  const { words, help } = explainUnknownKey(cursor);
  const span = spanSince({ ...cursor, at: cursor.at + words }, cursor.at);
  const message = `\`${textOf(span)}\` is neither a match nor a statement`;
  cursor.report.complain('HK2001', message, { span, help });
}

/** Reports a value that nothing takes. */
export function reportLeftOver(cursor: Cursor, next: Located, before: Part | undefined): void {
  const text = textOf(next.term.span);
  const several = before?.kind === 'match' && next.uses.length === 0;
  const help = several ? 'several values are written as a set: `{ 80, 443 }`' : undefined;
  const message = before?.span
    ? `\`${text}\` is left over behind \`${textOf(before.span)}\``
    : `a rule begins with a match or statement, not with \`${text}\``;
  complainAt(cursor, next, 'HK2024', message, { help });
}
