// What stands beside an element of a set or map, or for all of them in its block: counters, limits, times, comments.
import { duration } from '../datatype/duration.ts';
import type { Part } from '../ir/ruleset.ts';
import type { ElementDetails } from '../ir/set.ts';
import type { TermReader } from '../match/reader.ts';
import { isStateful } from '../nft/spell-stateful.ts';
import { textOf } from '../text/source.ts';
import { type Cursor, complainAt, peek, spanSince, takenSpan, takeWord } from './cursor.ts';
import { findKey, type Key } from './key.ts';
import { readRaw } from './raw.ts';
import { makeArgumentReader, type SetsInReach } from './reader.ts';

/** Nothing here refers to a set. */
const noSets: SetsInReach = { find: () => undefined, names: () => [], isKept: () => false, use: () => {} };

/** Has a reader read from the cursor. */
export function readWith<Read>(cursor: Cursor, read: (reader: TermReader) => Read): Read | undefined {
  const options = { cursor, family: undefined };
  let found: Read | undefined;
  makeArgumentReader(options, noSets)((reader) => {
    found = read(reader);
  }, options);
  return found;
}

/** Takes a number of seconds, written as a duration. */
export function readSeconds(cursor: Cursor): number | undefined {
  const seconds = readWith(cursor, (reader) => reader.single(duration));
  return seconds === undefined ? undefined : Number(seconds);
}

/** Takes `timeout 30s`, `expires 5s`, `comment "…"` and statements with a state, in any order, up to the end. */
export function readBeside(cursor: Cursor): ElementDetails | undefined {
  let details: ElementDetails = {};
  while (peek(cursor)) {
    const next = readDetail(cursor, details);
    if (!next) return undefined;
    details = next;
  }
  return details;
}

function readDetail(cursor: Cursor, details: ElementDetails): ElementDetails | undefined {
  const word = takeWord(cursor, 'timeout', 'expires', 'comment');
  if (word === 'comment') {
    const comment = readWith(cursor, (reader) => reader.text());
    return comment === undefined ? undefined : { ...details, comment };
  }
  if (word) {
    const seconds = readSeconds(cursor);
    return seconds === undefined ? undefined : { ...details, [word]: seconds };
  }
  const part = readStateful(cursor);
  return part && { ...details, statements: [...(details.statements ?? []), part] };
}

/** Takes a statement that keeps a state for each element. */
export function readStateful(cursor: Cursor): Part | undefined {
  const start = cursor.at;
  const part = readPart(cursor);
  if (!part || isStateful(part)) return part;
  return cursor.report.complain(
    'HK2001',
    `\`${textOf(spanSince(cursor, start))}\` keeps nothing for an element`,
    {
      span: spanSince(cursor, start),
      help: 'an element may have a `counter`, a `limit`, a quota or a count of connections',
    },
  );
}

function readPart(cursor: Cursor): Part | undefined {
  const key = findKey(cursor);
  const meaning = key?.meaning;
  if (!key || !meaning || !isPart(meaning)) return reportUnknown(cursor);
  const start = cursor.at;
  cursor.at += key.words;
  cursor.taker = { text: key.text, span: spanSince(cursor, start) };
  if (meaning.kind === 'raw') return readRaw(meaning.key, cursor);
  const { definition, kind } = meaning;
  const args = readWith(cursor, (reader) => definition.read(reader));
  return args === undefined ? undefined : { kind, key: definition.key, args, span: takenSpan(cursor) };
}

type PartMeaning = Extract<Key['meaning'], { kind: 'match' | 'statement' | 'raw' }>;

function isPart(meaning: Key['meaning']): meaning is PartMeaning {
  return meaning.kind === 'match' || meaning.kind === 'statement' || meaning.kind === 'raw';
}

function reportUnknown(cursor: Cursor): undefined {
  const next = peek(cursor);
  const text = next ? textOf(next.term.span) : '';
  return complainAt(cursor, next, 'HK2024', `\`${text}\` is left over in this element`, {
    help: 'beside an element stand `timeout`, `comment`, `counter` and limits',
  });
}
