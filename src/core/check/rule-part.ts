// One part of a rule: a match, a statement, or what stands for several. A condition on both IP versions makes two of the
// rule, one for each.
import type { Part } from '../ir/ruleset.ts';
import type { MatchDefinition } from '../match/define.ts';
import { findMatch } from '../match/registry.ts';
import type { StatementDefinition } from '../statement/define.ts';
import { textOf } from '../text/source.ts';
import type { AgnosticKey } from './agnostic.ts';
import { compositeOf } from './composite.ts';
import { type Cursor, type Located, peek, takenSpan, takerPlaces, takerSince } from './cursor.ts';
import type { Definitions, Expand } from './expansion.ts';
import { warnIfKeyHides, warnIfWordHides } from './hidden-constant.ts';
import { findKey, type Key, skipToKey } from './key.ts';
import { type Transport, transportOf } from './protocol-conflict.ts';
import { type RawKey, readRaw } from './raw.ts';
import type { ArgumentReader } from './reader.ts';
import {
  complainOf,
  type FamilyLimit,
  protocolConflict,
  reportExcluded,
  reportPorts,
  reportUnknownTerm,
  versions,
} from './rule-problem.ts';

/** A rule as far as it has been read. */
export interface Draft {
  readonly cursor: Cursor;
  readonly parts: readonly Part[];
  readonly limit?: FamilyLimit;
  /** The transport protocol whose packets are left. */
  readonly transport?: Transport;
  /** The verdict that ended it. */
  readonly ended?: Part;
  /** Something in it was reported. */
  readonly broken?: true;
  /** It is one half of a rule about both IP versions. */
  readonly split?: true;
  /** Such a half that a later part contradicts, and how to say so should the other one be lost, too. */
  readonly contradicted?: () => void;
}

/** What one reading of a part came to; without a draft it has no value in the family that was asked for. */
interface Reading {
  readonly draft?: Draft;
  readonly cursor: Cursor;
  readonly excluded: readonly Located[];
}

/** What reads the parts. */
export interface PartTools {
  readonly readArguments: ArgumentReader;
  readonly definitions: Definitions;
}

/** Reads what comes next; several drafts where the rule splits. */
export function readPart(draft: Draft, tools: PartTools): readonly Draft[] {
  const cursor = { ...draft.cursor };
  const key = findKey(cursor);
  if (draft.ended) return [reportUnreached(cursor, draft.ended, draft)];
  if (!key) return [reportUnknown(cursor, draft, tools)];
  const start = cursor.at;
  cursor.at += key.words;
  cursor.taker = takerSince(cursor, start, key.text);
  warnIfKeyHides(cursor, start, key);
  const composite = compositeOf(cursor, key, draft.limit?.family);
  if (!composite) return readMeaning({ ...draft, cursor }, key, tools);
  warnIfWordHides(cursor);
  cursor.at = start;
  return readMeaning({ ...draft, cursor }, { ...key, meaning: composite }, tools);
}

function readMeaning(draft: Draft, { text, meaning }: Key, tools: PartTools): readonly Draft[] {
  const { readArguments, definitions } = tools;
  if (meaning.kind === 'expansion') return expand(draft, meaning.expand, definitions);
  if (meaning.kind === 'agnostic') return readAgnostic(draft, meaning.key, readArguments);
  if (meaning.kind === 'match') return [readMatch(draft, meaning.definition, readArguments)];
  if (meaning.kind === 'statement') return [readStatement(draft, meaning.definition, readArguments)];
  if (meaning.kind === 'raw') return [readKept(draft, meaning.key)];
  const help = `write \`${meaning.ours}\``;
  draft.cursor.report.complain('HK2080', `\`${text}\` is a word of iptables`, {
    span: draft.cursor.taker?.span,
    labels: takerPlaces(draft.cursor),
    help,
  });
  return [giveUp(draft, draft.cursor)];
}

/** Puts what a declaration says in the place of its name. */
function expand(draft: Draft, take: Expand, definitions: Definitions): readonly Draft[] {
  const cursor = { ...draft.cursor };
  const variants = take(cursor, definitions, draft.limit?.family);
  if (!variants) return [giveUp(draft, cursor)];
  return variants.map((terms) => ({
    ...draft,
    cursor: { ...cursor, terms: cursor.terms.toSpliced(cursor.at, 0, ...terms) },
    ...(variants.length > 1 && { split: true }),
  }));
}

/** A part in the words of another tool. */
function readKept(draft: Draft, key: RawKey): Draft {
  const cursor = { ...draft.cursor };
  const part = readRaw(key, cursor);
  if (!part) return giveUp(draft, cursor);
  return { ...draft, cursor, parts: [...draft.parts, { ...part, span: takenSpan(cursor) }] };
}

/** The rule is lost, but what follows is still checked. */
export function giveUp(draft: Draft, cursor: Cursor): Draft {
  skipToKey(cursor);
  return { ...draft, cursor, broken: true };
}

/** A part is about an IP version of which no packet is left: an error, but not for one half of a split rule. */
function contradict(draft: Draft, cursor: Cursor, complain: () => void): Draft {
  if (draft.split)
    return { ...draft, cursor: { ...cursor, at: cursor.terms.length }, contradicted: complain };
  complain();
  return giveUp(draft, cursor);
}

function readMatch(draft: Draft, definition: MatchDefinition<unknown>, readArguments: ArgumentReader): Draft {
  const { cursor, limit } = draft;
  const { family } = definition;
  if (family && limit && !limit.byValue && family !== limit.family)
    return contradict(draft, cursor, () =>
      complainOf(cursor, 'HK2026', `\`${cursor.taker?.text}\` never matches here`, limit),
    );
  if (definition.bothFamiliesOnly && limit?.ofTable)
    complainOf(cursor, 'HK2033', `\`${cursor.taker?.text}\` says nothing here`, limit);
  const conflict = protocolConflict(cursor, definition, draft.transport);
  if (conflict) return contradict(draft, cursor, conflict);
  const reading = read(draft, { kind: 'match', definition }, readArguments);
  if (!reading.draft) return giveUp(draft, reading.cursor);
  const left = definition.leaves?.(lastArgs(reading.draft));
  return left ? limited(reading.draft, left, true) : limited(reading.draft, family);
}

/** The arguments of the part that was read last. */
function lastArgs({ parts }: Draft): unknown {
  const last = parts.at(-1);
  return last?.kind === 'match' ? last.args : undefined;
}

function readStatement(
  draft: Draft,
  definition: StatementDefinition<unknown>,
  readArguments: ArgumentReader,
): Draft {
  const reading = read(draft, { kind: 'statement', definition }, readArguments);
  const ended = definition.terminal ? reading.draft?.parts.at(-1) : undefined;
  if (!reading.draft) return giveUp(draft, reading.cursor);
  reportPorts(reading.draft.cursor, reading.draft.parts, definition);
  return { ...reading.draft, ...(ended && { ended }) };
}

/** After a match of one family only its packets are left. */
function limited(draft: Draft, family: 'ip' | 'ip6' | undefined, byValue?: true): Draft {
  const { taker } = draft.cursor;
  const span = taker?.written?.span ?? taker?.span;
  if (!family || !span || draft.limit) return draft;
  const why = `only ${versions[family]} packets are left here`;
  return { ...draft, limit: { family, span, why, ...(byValue && { byValue }) } };
}

type Definition =
  | { readonly kind: 'match'; readonly definition: MatchDefinition<unknown>; readonly agnostic?: AgnosticKey }
  | { readonly kind: 'statement'; readonly definition: StatementDefinition<unknown> };

/** Has a definition read its arguments, on a cursor of its own. */
function read(draft: Draft, one: Definition, readArguments: ArgumentReader): Reading {
  const cursor = { ...draft.cursor };
  const { definition } = one;
  const agnostic = one.kind === 'match' ? one.agnostic : undefined;
  const { args, excluded } = readArguments(definition.read, {
    cursor,
    family: draft.limit?.byValue ? undefined : draft.limit?.family,
    agnostic,
  });
  if (args === undefined) {
    if (excluded.length === 0 && cursor.report.errors() === 0)
      throw new Error(`\`${definition.key}\` refuses its arguments without a reason`);
    return { cursor, excluded };
  }
  const part: Part = { kind: one.kind, key: definition.key, args, span: takenSpan(cursor) };
  const transport = draft.transport ?? (one.kind === 'match' ? transportOf(one.definition, part) : undefined);
  const parts = draft.parts.concat(part);
  return { draft: { ...draft, cursor, parts, ...(transport && { transport }) }, cursor, excluded };
}

/** Reads the value once for each IP version that is left, and keeps those that it says something about. */
function readAgnostic(draft: Draft, agnostic: AgnosticKey, readArguments: ArgumentReader): readonly Draft[] {
  const conflicts: (() => void)[] = [];
  const readings = (['ip', 'ip6'] as const).flatMap((family) => {
    const definition = findMatch(agnostic[family]);
    const conflict = definition && protocolConflict(draft.cursor, definition, draft.transport);
    if (conflict) conflicts.push(conflict);
    if (!definition || conflict || (draft.limit && draft.limit.family !== family)) return [];
    const { draft: done, ...rest } = read(draft, { kind: 'match', definition, agnostic }, readArguments);
    return [{ ...rest, ...(done && { draft: limited(done, family) }) }];
  });
  const drafts = readings.flatMap((reading) => reading.draft ?? []);
  const [conflict] = conflicts;
  if (readings.length === 0 && conflict) return [contradict(draft, draft.cursor, conflict)];
  if (drafts.length > 0) return drafts.length === 1 ? drafts : drafts.map((one) => ({ ...one, split: true }));
  const cursor = readings[0]?.cursor ?? draft.cursor;
  const excluded = readings.flatMap((reading) => reading.excluded)[0];
  const { limit } = draft;
  if (!excluded || !limit) return [giveUp(draft, cursor)];
  return [contradict(draft, cursor, () => reportExcluded(cursor, excluded, limit))];
}

function reportUnreached(cursor: Cursor, verdict: Part, draft: Draft): Draft {
  const end = { ...cursor, at: cursor.terms.length };
  const rest = takerSince(end, cursor.at, '');
  const labels = rest.written
    ? takerPlaces({ ...end, taker: rest })
    : verdict.span && [{ span: verdict.span, message: 'this verdict ends the rule' }];
  const text = textOf(rest.written?.span ?? rest.span);
  cursor.report.complain('HK2023', `\`${text}\` is never reached`, { span: rest.span, labels });
  return { ...draft, cursor: end, broken: true };
}

function reportUnknown(cursor: Cursor, draft: Draft, { definitions }: PartTools): Draft {
  const next = peek(cursor);
  if (next && !draft.broken) reportUnknownTerm(cursor, next, draft.parts.at(-1), definitions);
  cursor.at++;
  return giveUp(draft, cursor);
}
