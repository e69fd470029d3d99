// What is wrong in a rule where neither a match nor a statement says so: words that begin none, values that none takes,
// and those of an IP version of which no packet is left.
import type { Called, Part } from '../ir/ruleset.ts';
import type { MatchDefinition } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import type { StatementDefinition } from '../statement/define.ts';
import { cover, type Span, textOf } from '../text/source.ts';
import { type Cursor, complainAt, type Located, takerPlaces, wasRefused } from './cursor.ts';
import type { Definitions } from './expansion.ts';
import { foreignMarks } from './foreign-words.ts';
import { explainUnknownKey, type MistypedKey } from './key.ts';
import { callLabels } from './origin.ts';
import { conflictOf, protocolText, type Transport } from './protocol-conflict.ts';
import type { Report } from './report.ts';
import { findConstant } from './scope.ts';

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

/** Reports something about the key that was just taken. */
export function complainOf(
  cursor: Cursor,
  code: 'HK2026' | 'HK2033',
  message: string,
  limit?: FamilyLimit,
): void {
  cursor.report.complain(code, message, {
    span: cursor.taker?.span,
    labels: [...takerPlaces(cursor), ...(limit ? [{ span: limit.span, message: limit.why }] : [])],
  });
}

/** Reports a value that no packet has that is left. */
export function reportExcluded(cursor: Cursor, excluded: Located, limit: FamilyLimit): void {
  const message = `\`${textOf(excluded.term.span)}\` matches no ${versions[limit.family]} packet`;
  complainAt(cursor, excluded, 'HK2026', message, { labels: [{ span: limit.span, message: limit.why }] });
}

/** How to say that a match looks in the header of another protocol than that which is left, if it does. */
export function protocolConflict(
  cursor: Cursor,
  definition: MatchDefinition<unknown>,
  transport: Transport | undefined,
): (() => void) | undefined {
  const header = conflictOf(definition, transport);
  if (header === undefined || !transport) return undefined;
  const message = `\`${cursor.taker?.text}\` never matches here: it is in the header of ${protocolText(header)}`;
  const why = `only packets of ${protocolText(transport.number)} are left here`;
  return () => {
    const labels = [...takerPlaces(cursor), { span: transport.span, message: why }];
    cursor.report.complain('HK2085', message, { span: cursor.taker?.span, labels });
  };
}

/** Reports a term that begins neither a match nor a statement, and that the part before it does not take. */
export function reportUnknownTerm(
  cursor: Cursor,
  next: Located,
  before: Part | undefined,
  definitions: Definitions,
): void {
  if (wasRefused(cursor, next)) return;
  const isWord = next.term.kind === 'word' && next.uses.length === 0;
  const text = textOf(next.term.span);
  if (isWord && !findConstant(next.scope, text))
    reportUnknownWord(cursor, next, explainDefined(text, definitions) ?? explainUnknownKey(cursor));
  else reportLeftOver(cursor, next, before);
}

/** What a name stands for that is no word of a rule, and how it is used. */
function explainDefined(name: string, { calls, services, zones }: Definitions): MistypedKey | undefined {
  if (calls.has(name)) return { words: 1, help: `\`${name}\` is a \`def\`: call it as \`${name}(…)\`` };
  if (zones.has(name)) return { words: 1, help: `\`${name}\` is a zone: write \`from zone ${name}\`` };
  return services.has(name)
    ? { words: 1, help: `\`${name}\` is a service: write \`service ${name}\`` }
    : undefined;
}

function reportUnknownWord(cursor: Cursor, next: Located, { words, help }: MistypedKey): void {
  const last = cursor.terms[cursor.at + words - 1] ?? next;
  const written = cover(next.term.span, last.term.span);
  const message = `\`${textOf(written)}\` is neither a match nor a statement`;
  if (next.expansions.length > 0) complainAt(cursor, next, 'HK2001', message, { help });
  else cursor.report.complain('HK2001', message, { span: written, help });
}

/** Reports a value that nothing takes. */
export function reportLeftOver(cursor: Cursor, next: Located, before: Part | undefined): void {
  const text = textOf(next.term.span);
  const several = before?.kind === 'match' && next.uses.length === 0;
  const help = isParameter(next)
    ? `\`${text}\` stands for a value, and none is taken here; a parameter is no match, statement or verdict`
    : (foreignMarks.get(text) ??
      (several ? 'several values are written as a set: `{ 80, 443 }`' : undefined));
  const behind = before && (next.expansions.length > 0 ? nameOf(before) : before.span && textOf(before.span));
  const message =
    behind === undefined
      ? `a rule begins with a match or statement, not with \`${text}\``
      : `\`${text}\` is left over behind \`${behind}\``;
  complainAt(cursor, next, 'HK2024', message, { help });
}

function nameOf(part: Part): string {
  return part.kind === 'opaque' ? part.text : part.key;
}

function isParameter({ term, scope }: Located): boolean {
  return term.kind === 'word' && findConstant(scope, term.text)?.argumentOf !== undefined;
}

/** A statement that names ports needs a match before it that leaves only packets that have some. */
export function reportPorts(
  cursor: Cursor,
  parts: readonly Part[],
  definition: StatementDefinition<unknown>,
): void {
  const statement = parts.at(-1);
  if (statement?.kind !== 'statement' || !definition.ported?.(statement.args)) return;
  const fits = parts.some(
    (part) =>
      part.kind === 'opaque' ||
      (part.kind === 'match' && findMatch(part.key)?.transports?.(part.args) === true),
  );
  if (fits) return;
  const message = `\`${definition.key}\` names a port, and the rule no protocol that has ports`;
  cursor.report.complain('HK2032', message, { span: statement.span, labels: takerPlaces(cursor) });
}

/** Where a rule stands. */
interface Line {
  readonly span: Span;
  readonly calls?: readonly Called[] | undefined;
}

/** A rule as far as it was read. */
interface Done {
  readonly parts: readonly Part[];
  readonly broken?: true;
}

/** Warns where a rule does nothing, all of it having been understood. */
export function warnIfIdle({ span, calls }: Line, drafts: readonly Done[], report: Report): void {
  const acts = (draft: Done): boolean => draft.parts.some(isStatement);
  if (drafts.length === 0 || drafts.some((draft) => draft.broken || acts(draft))) return;
  const help = 'end it with a verdict, or with `counter` to count';
  report.complain('HK2025', 'this rule has no statement', { span, labels: callLabels(calls), help });
}

function isStatement(part: Part): boolean {
  return part.kind === 'statement' || (part.kind === 'opaque' && part.role !== 'match');
}
