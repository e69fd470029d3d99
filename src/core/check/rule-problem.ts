// What is wrong in a rule where neither a match nor a statement says so: words that begin none, values that none takes,
// and those of an IP version of which no packet is left.
import type { Part } from '../ir/ruleset.ts';
import { type Span, textOf } from '../text/source.ts';
import { type Cursor, complainAt, type Located, spanSince } from './cursor.ts';
import { explainUnknownKey } from './key.ts';

/** Packets of one IP version are left, and what made it so. */
export interface FamilyLimit {
  readonly family: 'ip' | 'ip6';
  readonly span: Span;
  readonly why: string;
  /** A value says so; further conditions may contradict it, as in a rule set from elsewhere. */
  readonly byValue?: true;
  /** It holds for the whole table. */
  readonly ofTable?: true;
}

/** How people speak of the families. */
export const versions = { ip: 'IPv4', ip6: 'IPv6' } as const;

/** Reports a value that no packet has that is left. */
export function reportExcluded(cursor: Cursor, excluded: Located, limit: FamilyLimit): void {
  const message = `\`${textOf(excluded.term.span)}\` matches no ${versions[limit.family]} packet`;
  complainAt(cursor, excluded, 'HK2026', message, { labels: [{ span: limit.span, message: limit.why }] });
}

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
